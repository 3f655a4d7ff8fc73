/* Series that are new to an event type: from the words of a key to the text of labels. */
#include "exporter/rule/rule_binding_private.h"

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
	uint64_t missing = *words++;
	struct event_view of_type = *view;
	size_t i;

	of_type.type = binding->type;
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

struct cell *rule_binding_ask_for_cell(const struct rule_sides *sides, struct event_view *view,
				       struct rule_scratch *scratch, bool *overflow)
{
	struct rule *rule = sides->end->rule;
	struct cell *cell;

	scratch->name_count = 0;
	render_side(sides->end, sides->words, view, scratch);
	if (sides->start)
		render_side(sides->start, sides->words + sides->start_at, view, scratch);
	cell = ask_registry(rule, scratch, overflow);
	if (rule->config->expire_ns && !*overflow)
		rule_expiry_add(&rule->expiry, cell, scratch->names, scratch->name_count);
	return cell;
}
