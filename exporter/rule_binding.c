#include "exporter/rule_binding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/value_number.h"

/*
 * The first words of a key: the value where it is ours, which is no part of what is looked up; and
 * which labels have no value.
 */
enum {
	KEY_VALUE,
	KEY_MISSING,
	KEY_FIRST
};

void rule_binding_free(struct rule_binding *binding)
{
	if (!binding)
		return;
	free(binding->by_record);
	free(binding->conditions);
	free(binding->labels);
	free(binding->keys);
	free(binding->key_forms);
	key_parts_done(&binding->label_parts);
	key_parts_done(&binding->pair_parts);
	series_cache_done(&binding->own_cache);
	free(binding);
}

__attribute__((cold, noinline)) static void count_error(struct rule_binding *binding,
							enum rule_error error)
{
	rule_health_count(&binding->rule->health.errors[error]);
}

/* False: no match takes events of this type, or no memory. */
static bool find_matches(struct rule_binding *binding, const struct match_config *matches,
			 size_t count, const struct schema *schema, bool *no_memory)
{
	bool all = false;
	size_t i;

	binding->by_record = calloc(count + 1, sizeof(*binding->by_record));
	*no_memory = !binding->by_record;
	for (i = 0; binding->by_record && i < count; i++) {
		if (!match_type(&matches[i], binding->type, schema))
			continue;
		if (!match_rest(&matches[i], schema,
				&binding->by_record[binding->by_record_count++]))
			all = true;
	}
	if (!binding->by_record_count)
		return false;
	if (all) {
		free(binding->by_record);
		binding->by_record = NULL;
	}
	return true;
}

static bool find_field(struct rule_binding *binding, const char *path, enum label_state state,
		       const struct schema *schema, struct rule_field *field)
{
	if (!rule_field_find(path, state, schema, binding->extraction, field))
		return false;
	if (field->kind == RULE_FIELD_NONE && !binding->extraction)
		binding->lacks_schema = true;
	return true;
}

static bool find_conditions(struct rule_binding *binding, const struct schema *schema)
{
	const struct condition *where = binding->rule->where;
	size_t count = condition_leaf_count(where), i;

	binding->conditions = calloc(count + 1, sizeof(*binding->conditions));
	if (!binding->conditions)
		return false;
	for (i = 0; binding->side == SIDE_END && i < count; i++) {
		if (!find_field(binding, condition_leaf(where, i)->path,
				condition_leaf_state(where, i), schema, &binding->conditions[i]))
			return false;
		if (binding->conditions[i].kind == RULE_FIELD_PAYLOAD)
			binding->where_has_payload = true;
	}
	binding->where_lacks_schema = binding->lacks_schema;
	return true;
}

static bool find_labels(struct rule_binding *binding, const struct schema *schema)
{
	const struct rule_config *config = binding->rule->config;
	size_t i;

	binding->labels = calloc(config->label_count + 1, sizeof(*binding->labels));
	if (!binding->labels)
		return false;
	for (i = 0; i < config->label_count; i++) {
		struct rule_label_field *label = &binding->labels[i];

		label->is_ours = config->labels[i].field.side == binding->side;
		if (!label->is_ours)
			continue;
		if (!find_field(binding, config->labels[i].field.path,
				label_state(binding->rule->labels[i]), schema, &label->field))
			return false;
		label->form = rule_key_form(&label->field, binding->extraction);
	}
	return true;
}

static bool find_pair_key(struct rule_binding *binding, const struct schema *schema)
{
	const struct pair_config *pair = &binding->rule->config->pair;
	size_t i;

	binding->keys = calloc(pair->key_count + 1, sizeof(*binding->keys));
	binding->key_forms = calloc(pair->key_count + 1, sizeof(*binding->key_forms));
	if (!binding->keys || !binding->key_forms)
		return false;
	for (i = 0; i < pair->key_count; i++) {
		const char *path =
			binding->side == SIDE_START ? pair->keys[i].start : pair->keys[i].end;

		if (!find_field(binding, path, LABEL_PURE, schema, &binding->keys[i]))
			return false;
		binding->key_forms[i] = rule_key_form(&binding->keys[i], binding->extraction);
		if (binding->keys[i].kind == RULE_FIELD_HEADER &&
		    binding->key_forms[i] == KEY_FORM_NOTHING)
			binding->key_forms[i] = KEY_FORM_BYTES;
	}
	return true;
}

static bool find_value(struct rule_binding *binding, const struct schema *schema)
{
	const struct field_config *value = &binding->rule->config->value;

	binding->has_value = value->path && value->side == binding->side;
	return !binding->has_value ||
	       find_field(binding, value->path, LABEL_PURE, schema, &binding->value);
}

static bool find_fields(struct rule_binding *binding, const struct schema *schema)
{
	const struct rule_config *config = binding->rule->config;

	return key_parts_init(&binding->label_parts, config->label_count) &&
	       key_parts_init(&binding->pair_parts, config->pair.key_count) &&
	       find_conditions(binding, schema) && find_labels(binding, schema) &&
	       find_pair_key(binding, schema) && find_value(binding, schema);
}

struct rule_binding *rule_binding_new(struct rule *rule, enum rule_side side,
				      const struct event_type *type, const struct schema *schema,
				      struct extraction *extraction, bool *no_memory)
{
	const struct rule_config *config = rule->config;
	struct rule_binding *binding = calloc(1, sizeof(*binding));
	bool is_start = side == SIDE_START;

	*no_memory = !binding;
	if (!binding)
		return NULL;
	binding->rule = rule;
	binding->type = type;
	binding->side = side;
	binding->extraction = extraction;
	binding->cache = &binding->own_cache;
	binding->classic = schema && schema->has_variants;
	binding->only_counts = rule_only_counts(config);
	if (find_matches(binding, is_start ? config->pair.starts : config->matches,
			 is_start ? config->pair.start_count : config->match_count, schema,
			 no_memory)) {
		if (find_fields(binding, schema))
			return binding;
		*no_memory = true;
	}
	rule_binding_free(binding);
	return NULL;
}

static bool takes(const struct rule_binding *binding, struct event_view *view)
{
	size_t i;

	if (!binding->by_record)
		return true;
	for (i = 0; i < binding->by_record_count; i++)
		if (match_record(&binding->by_record[i], view->record))
			return true;
	return false;
}

/* A label that is the same in all events of the type is no part, unless none of them has it. */
__attribute__((cold, noinline)) static void make_parts(struct rule_binding *binding)
{
	const struct rule_config *config = binding->rule->config;
	const struct extraction *extraction = binding->extraction;
	size_t i;

	for (i = 0; i < config->label_count; i++) {
		const struct rule_label_field *label = &binding->labels[i];

		if (label->is_ours &&
		    (label->form != KEY_FORM_NOTHING || label->field.kind == RULE_FIELD_NONE))
			key_parts_add(&binding->label_parts, &label->field, label->form, i,
				      extraction);
	}
	for (i = 0; i < config->pair.key_count; i++)
		key_parts_add(&binding->pair_parts, &binding->keys[i], binding->key_forms[i], i,
			      extraction);
	binding->has_parts = true;
}

bool rule_binding_set_direct(struct rule_binding *binding)
{
	if (binding->where_has_payload || binding->value.kind == RULE_FIELD_PAYLOAD)
		return false;
	if (!binding->has_parts)
		make_parts(binding);
	return key_parts_set_direct(&binding->label_parts, binding->extraction) &&
	       key_parts_set_direct(&binding->pair_parts, binding->extraction);
}

/* The key's part that this side knows. */
static void make_key(struct rule_binding *binding, struct event_view *view, struct rule_key *key)
{
	uint64_t missing;

	rule_key_clear(key);
	if (!rule_key_has_room(key, KEY_FIRST + binding->label_parts.count))
		return;
	key->words[KEY_VALUE] = 0;
	key->words[KEY_MISSING] = 0;
	key->count = KEY_FIRST;
	missing = key_parts_append(&binding->label_parts, view, binding->extraction, key);
	if (!missing || key->failed)
		return;
	key->words[KEY_MISSING] = missing;
	if (!binding->lacks_schema)
		count_error(binding, RULE_ERROR_FIELD);
}

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
			count_error(binding, RULE_ERROR_LABEL);
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

/* The two sides of an event: of one that is no pair the same twice. */
struct sides {
	struct rule_binding *end, *start;
	const uint64_t *end_words, *start_words;
	size_t end_count, start_count;
};

/* The words that are looked up: of both sides, but for the values, which are no labels. */
static void join(const struct sides *sides, struct rule_key *joined)
{
	rule_key_clear(joined);
	rule_key_words(joined, sides->end_words + KEY_MISSING, sides->end_count - KEY_MISSING);
	rule_key_word(joined, sides->start->id);
	rule_key_words(joined, sides->start_words + KEY_MISSING, sides->start_count - KEY_MISSING);
}

/* Cold: the cell of a key that the cache does not have. */
__attribute__((cold, noinline)) static struct cell *ask_for_cell(const struct sides *sides,
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

static struct cell *find_cell(const struct sides *sides, struct event_view *view,
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

/* Before a series is made for it. */
static bool is_fit(const struct rule *rule, double value)
{
	return isfinite(value) && isfinite(metric_scale_apply(rule->family->info.scale, value)) &&
	       (value >= 0 || rule->config->type != RULE_COUNTER);
}

static void add_value(const struct rule *rule, struct cell *cell, double value,
		      struct event_view *view)
{
	int64_t time_ns;

	switch (rule->config->type) {
	case RULE_COUNTER:
		cell_add_f64(cell, value);
		break;
	case RULE_GAUGE:
		event_view_time(view, &time_ns);
		cell_set(cell, value, time_ns);
		break;
	default:
		cell_observe(cell, &rule->family->info, value);
	}
}

static void count_value(const struct sides *sides, double value, struct event_view *view,
			struct rule_scratch *scratch)
{
	struct rule_binding *binding = sides->end;
	struct rule *rule = binding->rule;
	bool overflow = false;
	struct cell *cell;

	if (!binding->only_counts && !is_fit(rule, value)) {
		count_error(binding, RULE_ERROR_VALUE);
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

/* Seconds; false: the frequency is not known. */
static bool ticks_to_seconds(double ticks, uint64_t frequency_hz, double *seconds)
{
	if (!frequency_hz)
		return false;
	*seconds = ticks / (double)frequency_hz;
	return true;
}

/* False: the time stamp is none, or it is later than the event. */
static bool seconds_since(const struct value_number *timestamp, const struct event_view *view,
			  double *seconds)
{
	const struct event_record *record = view->record;

	if (timestamp->kind == NUMBER_REAL || !record->has_time ||
	    view->clock->type == CLOCK_UNKNOWN || timestamp->u > record->timestamp)
		return false;
	return ticks_to_seconds((double)(record->timestamp - timestamp->u),
				view->clock->frequency_hz, seconds);
}

/* The number in the unit of the metric; false: the recording's clock does not give it. */
static bool convert(const struct rule *rule, const struct value_number *read,
		    const struct event_view *view, double *number)
{
	switch (rule->config->unit) {
	case VALUE_IS_TICKS:
		return ticks_to_seconds(value_number_double(read), view->clock->perf_frequency_hz,
					number);
	case VALUE_IS_SINCE:
		return seconds_since(read, view, number);
	default:
		*number = value_number_double(read);
		return true;
	}
}

/* What the value's field holds; false: no number, and that is counted. */
static bool read_value(struct rule_binding *binding, struct event_view *view, double *number)
{
	const struct value *value;
	struct value_number read;
	struct made_value made;

	*number = 1;
	if (!binding->has_value)
		return true;
	value = rule_field_value(&binding->value, view, binding->extraction, &made);
	if (value && value_number(value, &read)) {
		if (convert(binding->rule, &read, view, number))
			return true;
		count_error(binding, RULE_ERROR_TIME);
		return false;
	}
	if (!binding->lacks_schema)
		count_error(binding, value ? RULE_ERROR_VALUE : RULE_ERROR_FIELD);
	return false;
}

/* False: a part of it is missing, and that is counted. */
static bool make_pair_key(struct rule_binding *binding, struct event_view *view,
			  struct rule_key *key)
{
	rule_key_clear(key);
	if (!rule_key_has_room(key, binding->pair_parts.count))
		return false;
	if (!key_parts_append(&binding->pair_parts, view, binding->extraction, key))
		return !key->failed;
	if (!binding->lacks_schema)
		count_error(binding, RULE_ERROR_FIELD);
	return false;
}

static double double_of(uint64_t word)
{
	double number;

	memcpy(&number, &word, sizeof(number));
	return number;
}

static uint64_t word_of(double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof(word));
	return word;
}

static struct sides sides_of(struct rule_binding *binding, const struct rule_key *key,
			     struct rule_binding *other, const struct rule_key *other_key)
{
	if (binding->side == SIDE_END)
		return (struct sides){binding,		other,	    key->words,
				      other_key->words, key->count, other_key->count};
	return (struct sides){other,	  binding,	    other_key->words,
			      key->words, other_key->count, key->count};
}

/* The value, by the configuration, of one of the sides; or the time between them. */
static double pair_value(const struct sides *sides, int64_t time_ns, const struct paired *with)
{
	const struct field_config *value = &sides->end->rule->config->value;
	uint64_t between;

	if (value->path)
		return double_of(value->side == SIDE_END ? sides->end_words[KEY_VALUE]
							 : sides->start_words[KEY_VALUE]);
	between = time_ns > with->time_ns ? (uint64_t)time_ns - (uint64_t)with->time_ns
					  : (uint64_t)with->time_ns - (uint64_t)time_ns;
	return (double)between;
}

/* A note is a key, without what would be zeros at its begin, so that it takes less memory. */
static size_t note_begins(const struct rule_binding *binding)
{
	if (binding->has_value)
		return KEY_VALUE;
	return binding->label_parts.count ? KEY_MISSING : KEY_FIRST;
}

static void read_note(const struct rule_binding *owner, const struct paired *with,
		      struct rule_key *key)
{
	size_t left_out = note_begins(owner);

	rule_key_clear(key);
	for (; left_out; left_out--)
		rule_key_word(key, 0);
	rule_key_read(key, with->note, with->note_bytes);
}

static void count_pair(struct rule_binding *binding, double value, struct event_view *view,
		       struct rule_scratch *scratch)
{
	struct rule_key *key = &scratch->key, *other = &scratch->other;
	size_t begin = note_begins(binding);
	struct rule_binding *owner;
	struct paired with;
	struct sides sides;
	int64_t time_ns;

	if (!event_view_time(view, &time_ns)) {
		count_error(binding, RULE_ERROR_TIME);
		return;
	}
	if (!make_pair_key(binding, view, &scratch->pair_key))
		return;
	key->words[KEY_VALUE] = word_of(value);
	pairs_set_event(binding->rule->pairs, scratch->event);
	if (!pairs_add(binding->rule->pairs, binding->side == SIDE_START ? PAIR_START : PAIR_END,
		       (const uint8_t *)scratch->pair_key.words, scratch->pair_key.count * 8,
		       time_ns, binding, (const uint8_t *)(key->words + begin),
		       (key->count - begin) * 8, &with))
		return;
	memcpy(&owner, &with.owner, sizeof(owner));
	read_note(owner, &with, other);
	if (other->failed)
		return;
	sides = sides_of(binding, key, owner, other);
	count_value(&sides, pair_value(&sides, time_ns, &with), view, scratch);
}

static void count_single(struct rule_binding *binding, double value, struct event_view *view,
			 struct rule_scratch *scratch)
{
	const struct sides sides = {
		.end = binding,
		.end_words = scratch->key.words,
		.end_count = scratch->key.count,
	};

	count_value(&sides, value, view, scratch);
}

/* An event of which nobody can say whether it fulfils the condition is not passed over in silence.
 */
static void count_undecided(struct rule_binding *binding, enum payload_result result)
{
	if (binding->where_lacks_schema)
		count_error(binding, RULE_ERROR_SCHEMA);
	if (binding->where_has_payload && result != PAYLOAD_OK)
		count_error(binding, RULE_ERROR_PAYLOAD);
}

/* Whether the event is one of the rule's, which is counted. */
static bool is_taken(struct rule_binding *binding, struct event_view *view,
		     enum payload_result result)
{
	struct rule *rule = binding->rule;

	if (!takes(binding, view))
		return false;
	view->classic = binding->classic;
	if (binding->side == SIDE_START)
		return true;
	if (rule->config->where.child_count &&
	    !condition_holds(rule->where, binding->conditions, view, binding->extraction)) {
		count_undecided(binding, result);
		return false;
	}
	rule_health_count(&rule->health.matched);
	return true;
}

void rule_binding_count(struct rule_binding *binding, struct event_view *view,
			enum payload_result result, struct rule_scratch *scratch)
{
	double value;

	if (!is_taken(binding, view, result))
		return;
	if (result != PAYLOAD_OK)
		count_error(binding, RULE_ERROR_PAYLOAD);
	if (binding->lacks_schema)
		count_error(binding, RULE_ERROR_SCHEMA);
	if (!read_value(binding, view, &value))
		return;
	if (!binding->has_parts)
		make_parts(binding);
	make_key(binding, view, &scratch->key);
	if (scratch->key.failed)
		return;
	if (binding->rule->pairs)
		count_pair(binding, value, view, scratch);
	else
		count_single(binding, value, view, scratch);
}
