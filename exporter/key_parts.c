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

/* Of the header what is a number of a fixed place; all ones of 4 bytes mean that there is none. */
static void set_record_number(struct key_part *part, enum header_field field)
{
	switch (field) {
	case HEADER_CPU:
		part->record_at = offsetof(struct event_record, cpu);
		part->record_bytes = sizeof(uint16_t);
		break;
	case HEADER_PID:
		part->record_at = offsetof(struct event_record, pid);
		part->record_bytes = sizeof(uint32_t);
		break;
	case HEADER_TID:
		part->record_at = offsetof(struct event_record, tid);
		part->record_bytes = sizeof(uint32_t);
		break;
	default:
		break;
	}
}

void key_parts_add(struct key_parts *parts, const struct rule_field *field, enum rule_key_form form,
		   size_t label, const struct extraction *extraction)
{
	struct key_part *part = &parts->list[parts->count++];

	*part = (struct key_part){.field = field, .form = form, .label = (uint8_t)label};
	if (form == KEY_FORM_NUMBER && field->kind == RULE_FIELD_PAYLOAD) {
		part->number = extraction_template(extraction, field->slot);
		part->type = part->number->type;
	}
	if (form == KEY_FORM_NUMBER && field->kind == RULE_FIELD_HEADER)
		set_record_number(part, field->header);
	parts->numbers = parts->numbers && (part->number || part->record_bytes);
}

static bool set_direct(struct key_part *part, const struct extraction *extraction)
{
	if (!part->number)
		return part->field->kind != RULE_FIELD_PAYLOAD;
	if (!part->number->bytes)
		return false;
	part->at = extraction_place(extraction, part->field->slot);
	part->length = (uint8_t)part->number->length;
	return true;
}

bool key_parts_set_direct(struct key_parts *parts, const struct extraction *extraction)
{
	size_t i;

	for (i = 0; i < parts->count; i++)
		if (!set_direct(&parts->list[i], extraction))
			return false;
	return true;
}

static bool append(const struct key_part *part, struct event_view *view,
		   const struct extraction *extraction, struct rule_key *key)
{
	if (!view->is_direct || !part->number)
		return rule_key_add(key, part->field, part->form, view, extraction);
	rule_key_word(key,
		      rule_key_number(view->record->payload + part->at, part->length, part->type));
	return true;
}

uint64_t key_parts_append_any(const struct key_parts *parts, struct event_view *view,
			      const struct extraction *extraction, struct rule_key *key)
{
	uint64_t missing = 0;
	size_t i;

	for (i = 0; i < parts->count; i++)
		if (!append(&parts->list[i], view, extraction, key))
			missing |= (uint64_t)1 << parts->list[i].label;
	return missing;
}
