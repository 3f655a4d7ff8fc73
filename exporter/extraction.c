#include "exporter/extraction_private.h"

#include <stdlib.h>

static const struct field length_field = {.name = "length", .type = VALUE_U32};

struct extraction *extraction_new(const struct schema *schema)
{
	struct extraction *extraction = calloc(1, sizeof(*extraction));

	if (extraction)
		extraction->schema = schema;
	return extraction;
}

void extraction_free(struct extraction *extraction)
{
	if (!extraction)
		return;
	extraction_plan_done(&extraction->plans[0]);
	extraction_plan_done(&extraction->plans[1]);
	free(extraction->slots);
	free(extraction);
}

static bool same_path(const struct field_path *a, const struct field_path *b)
{
	uint8_t i;

	if (a->count != b->count || a->length != b->length)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->steps[i].field != b->steps[i].field ||
		    a->steps[i].element != b->steps[i].element)
			return false;
	return true;
}

int extraction_add(struct extraction *extraction, const struct field_path *path)
{
	struct slot *slots;
	size_t i;

	for (i = 0; i < extraction->count; i++)
		if (same_path(&extraction->slots[i].path, path))
			return (int)i;
	slots = realloc(extraction->slots, (i + 1) * sizeof(*slots));
	if (!slots)
		return -1;
	extraction->slots = slots;
	slots[i] = (struct slot){.path = *path};
	slots[i].value.field = path->length ? &length_field : extraction_field(extraction, path);
	slots[i].value.type = slots[i].value.field->type;
	extraction->count++;
	return (int)i;
}

size_t extraction_fixed_bytes(const struct extraction *extraction, int slot)
{
	const struct value *value = &extraction->slots[slot].value;
	size_t bytes = value_type_bytes((enum value_type)value->type, 8);

	return bytes <= 8 ? bytes : 0;
}

enum payload_result extraction_run(struct extraction *extraction, const struct event_record *record)
{
	static const uint8_t nothing[1];
	struct bytes rest = {record->payload_bytes ? record->payload : nothing,
			     record->payload_bytes};
	uint8_t pointer_bytes = record->pointer_bytes == 4 ? 4 : 8;
	const struct plan *plan = &extraction->plans[pointer_bytes == 8];
	enum payload_result result;

	if (!extraction->count)
		return PAYLOAD_OK;
	if (!extraction->compiled)
		extraction_compile(extraction);
	if (extraction->visits)
		return extraction_visit(extraction, record);
	result = extraction_run_plan(extraction, plan, &rest, pointer_bytes);
	if (extraction->whole && (result != PAYLOAD_OK || rest.left != plan->tail))
		return extraction_visit(extraction, record);
	return result;
}

const struct value *extraction_value(const struct extraction *extraction, int slot)
{
	const struct value *value = &extraction->slots[slot].value;

	return value->bytes ? value : NULL;
}

const struct value *extraction_template(const struct extraction *extraction, int slot)
{
	return &extraction->slots[slot].value;
}
