/* Exemplars: of the events that are counted, the last in each place, by labels of its own. */
#include <string.h>

#include "exporter/rule/rule_binding_private.h"
#include "metrics/exemplar.h"

/* The label's text, terminated; "": it has no value. */
static const char *value_of(const struct rule_binding *binding, size_t label,
			    struct event_view *view, struct text *text)
{
	const struct rule_label_field *field = &binding->exemplar[label];
	struct made_value made;
	const struct value *value =
		rule_field_value(&field->field, view, binding->extraction, &made);

	text_clear(text);
	label_apply(binding->rule->exemplar[label], value, binding->classic, field->map, text);
	text_char(text, '\0');
	return text->failed ? "" : text->bytes;
}

/* Appends a label of which `left` bytes may be used; returns how many were. */
static size_t add_label(struct text *to, const char *name, const char *value, size_t left)
{
	size_t name_length = strlen(name), value_length = strlen(value), before = to->length;

	if (!value_length || name_length >= left)
		return 0;
	left -= name_length;
	if (before)
		text_char(to, ',');
	text_string(to, name);
	text_string(to, "=\"");
	text_label_value(to, value, left);
	text_char(to, '"');
	if (!to->failed)
		return name_length + (value_length < left ? value_length : left);
	to->failed = false;
	to->length = before;
	return 0;
}

void rule_binding_put_exemplar(const struct rule_binding *binding, struct cell *cell, double shown,
			       struct event_view *view, struct rule_scratch *scratch)
{
	const struct rule_config *config = binding->rule->config;
	struct exemplar exemplar; /* filled as far as is used: it is large */
	struct text labels = {.bytes = exemplar.labels,
			      .capacity = sizeof(exemplar.labels),
			      .limit = sizeof(exemplar.labels)};
	size_t left = EXEMPLAR_CHARACTERS_MAX, i;

	/* Where the end of a pair waited, the event at hand is its start. */
	if (view->type != binding->type)
		return;
	for (i = 0; i < config->exemplar_count; i++)
		left -= add_label(&labels, config->exemplar[i].name,
				  value_of(binding, i, view, &scratch->values[0]), left);
	if (!labels.length)
		return;
	exemplar.value = shown;
	exemplar.length = labels.length;
	if (!event_view_time(view, &exemplar.time_ns))
		exemplar.time_ns = 0;
	cell_put_exemplar(cell, &binding->rule->family->info, &exemplar);
}
