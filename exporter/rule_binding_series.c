/* From a key to its series, and what is counted there. */
#include <math.h>

#include "exporter/rule_binding_private.h"

/* What the expiry wants to know of the labels. */
static void note_process(const struct rule *rule, size_t label,
			 const struct rule_label_field *field, const uint64_t *words,
			 struct rule_scratch *scratch)
{
	if (field->form == KEY_FORM_NAME && scratch->name_count < RULE_EXPIRY_NAMES_MAX &&
	    rule_label_is_process(rule->config->labels[label].field.path,
				  (enum label_state)field->field.state))
		scratch->names[scratch->name_count++] =
			(const struct state_name *)(uintptr_t)*words;
}

/* Text of the labels that one side of a pair has, from its part of the key. */
static void render_side(struct rule_binding *binding, const uint64_t *words,
			struct event_view *view, struct rule_scratch *scratch)
{
	const struct rule *rule = binding->rule;
	uint64_t missing = words[KEY_MISSING];
	struct event_view of_type = *view;
	size_t i;

	of_type.type = binding->type;
	words += KEY_FIRST;
	for (i = 0; i < rule->config->label_count; i++) {
		const struct rule_label_field *label = &binding->labels[i];
		const struct value *value = NULL;
		struct made_value made;

		if (!label->is_ours)
			continue;
		if (missing & (uint64_t)1 << i) {
			;
		} else if (label->form == KEY_FORM_NOTHING) {
			value = rule_field_value(&label->field, &of_type, binding->extraction,
						 &made);
		} else {
			note_process(rule, i, label, words, scratch);
			value = rule_key_take(&words, &label->field, label->form,
					      binding->extraction, &made);
		}
		text_clear(&scratch->values[i]);
		if (label_apply(rule->labels[i], value, binding->classic, label->map,
				&scratch->values[i]) == LABEL_UNFIT)
			rule_binding_count_error(binding, RULE_ERROR_LABEL);
		text_char(&scratch->values[i], '\0');
	}
}

static struct cell *ask_registry(const struct rule *rule, struct rule_scratch *scratch,
				 bool *overflow)
{
	const char *values[RULE_LABELS_MAX];
	size_t i;

	for (i = 0; i < rule->config->label_count; i++)
		values[i] = scratch->values[i].failed ? "" : scratch->values[i].bytes;
	return shard_series_cell(scratch->shard, rule->family->family, values, overflow);
}

/* The words that are looked up: of both sides, but for the values, which are no labels. */
static void join(const struct rule_sides *sides, struct rule_key *joined)
{
	rule_key_clear(joined);
	rule_key_words(joined, sides->end_words + KEY_MISSING, sides->end_count - KEY_MISSING);
	rule_key_word(joined, sides->start->id);
	rule_key_words(joined, sides->start_words + KEY_MISSING, sides->start_count - KEY_MISSING);
}

/* Cold: the cell of a key that the cache does not have. */
__attribute__((cold, noinline)) static struct cell *ask_for_cell(const struct rule_sides *sides,
								 struct event_view *view,
								 struct rule_scratch *scratch,
								 bool *overflow)
{
	struct rule *rule = sides->end->rule;
	struct cell *cell;

	scratch->name_count = 0;
	render_side(sides->end, sides->end_words, view, scratch);
	if (sides->start)
		render_side(sides->start, sides->start_words, view, scratch);
	cell = ask_registry(rule, scratch, overflow);
	if (rule->config->expire_ns && !*overflow)
		rule_expiry_add(&rule->expiry, cell, scratch->names, scratch->name_count);
	return cell;
}

static struct cell *find_cell(const struct rule_sides *sides, struct event_view *view,
			      struct rule_scratch *scratch, bool *overflow)
{
	struct series_cache *cache = sides->end->cache;
	const uint64_t *words = sides->end_words + KEY_MISSING;
	size_t count = sides->end_count - KEY_MISSING;
	const struct series_cache_slot *slot;
	struct cell *cell;
	uint64_t hash;

	if (sides->start) {
		join(sides, &scratch->joined);
		words = scratch->joined.words;
		count = scratch->joined.count;
		if (scratch->joined.failed)
			return NULL;
	}
	hash = series_cache_hash(words, count, scratch->seed.words);
	slot = series_cache_find(cache, words, count, hash);
	if (slot) {
		*overflow = slot->overflow;
		return slot->cell;
	}
	cell = ask_for_cell(sides, view, scratch, overflow);
	series_cache_add(cache, words, count, hash, cell, *overflow);
	return cell;
}

/* The sum of a histogram only grows, as a counter does, unless it has a bucket for less than 0. */
static bool may_be_negative(const struct rule *rule)
{
	const struct family_info *info = &rule->family->info;

	return info->type == METRIC_GAUGE ||
	       (info->type == METRIC_HISTOGRAM && info->bound_count && info->bounds[0] < 0);
}

/* Before a series is made for it. */
static bool is_fit(const struct rule *rule, double value)
{
	return isfinite(value) && isfinite(metric_scale_apply(rule->family->info.scale, value)) &&
	       (value >= 0 || may_be_negative(rule));
}

static void add_value(const struct rule *rule, struct cell *cell, double value,
		      struct event_view *view)
{
	uint64_t pass = rule->pass;
	int64_t time_ns;

	switch (rule->config->type) {
	case RULE_COUNTER:
		cell_add_f64(cell, value);
		break;
	case RULE_GAUGE:
		/* Without a time, what comes last is the last. */
		if (!event_view_time(view, &time_ns))
			pass = UINT64_MAX;
		cell_set(cell, value, time_ns, pass);
		break;
	default:
		cell_observe(cell, &rule->family->info, value);
	}
}

void rule_binding_count_value(const struct rule_sides *sides, double value, struct event_view *view,
			      struct rule_scratch *scratch)
{
	struct rule_binding *binding = sides->end;
	struct rule *rule = binding->rule;
	bool overflow = false;
	struct cell *cell;

	if (!binding->only_counts && !is_fit(rule, value)) {
		rule_binding_count_error(binding, RULE_ERROR_VALUE);
		return;
	}
	cell = find_cell(sides, view, scratch, &overflow);
	if (!cell)
		return;
	if (overflow) {
		shard_count_overflow(scratch->shard, rule->family->family);
		scratch->overflow = rule->overflowed ? scratch->overflow : rule;
		rule->overflowed = true;
	}
	if (binding->only_counts)
		cell_add(cell, 1);
	else
		add_value(rule, cell, value, view);
}
