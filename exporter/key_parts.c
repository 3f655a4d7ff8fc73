#include "exporter/key_parts.h"

#include <stdlib.h>

bool key_parts_init(struct key_parts *parts, size_t most)
{
	parts->list = calloc(most + 1, sizeof(*parts->list));
	parts->count = 0;
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
}
