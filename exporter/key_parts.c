#include "exporter/key_parts.h"

#include <stdlib.h>

bool key_parts_init(struct key_parts *parts, size_t most)
{
	parts->list = calloc(most + 1, sizeof(*parts->list));
	parts->count = 0;
	parts->numbers = true;
	return parts->list != NULL;
}

void key_parts_done(struct key_parts *parts)
{
	free(parts->list);
}

void key_parts_add(struct key_parts *parts, const struct rule_field *field, enum rule_key_form form,
		   size_t label, const struct extraction *extraction)
{
	struct key_part *part = &parts->list[parts->count++];

	*part = (struct key_part){.field = field, .form = form, .label = (uint8_t)label};
	if (form == KEY_FORM_NUMBER && field->kind == RULE_FIELD_PAYLOAD)
		part->number = extraction_template(extraction, field->slot);
	parts->numbers = parts->numbers && part->number;
}

uint64_t key_parts_append_any(const struct key_parts *parts, struct event_view *view,
			      const struct extraction *extraction, struct rule_key *key)
{
	uint64_t missing = 0;
	size_t i;

	for (i = 0; i < parts->count; i++)
		if (!rule_key_add(key, parts->list[i].field, parts->list[i].form, view, extraction))
			missing |= (uint64_t)1 << parts->list[i].label;
	return missing;
}
