#include "exporter/rule/extraction_private.h"

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
	free(extraction->values);
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
	struct value *values;
	struct slot *slots;
	size_t i;

	for (i = 0; i < extraction->count; i++)
		if (same_path(&extraction->slots[i].path, path))
			return (int)i;
	slots = realloc(extraction->slots, (i + 1) * sizeof(*slots));
	if (!slots)
		return -1;
	extraction->slots = slots;
	values = realloc(extraction->values, (i + 1) * sizeof(*values));
	if (!values)
		return -1;
	extraction->values = values;
	slots[i] = (struct slot){.path = *path};
	values[i] = (struct value){.field = path->length ? &length_field
							 : extraction_field(extraction, path)};
	values[i].type = values[i].field->type;
	extraction->count++;
	return (int)i;
}

size_t extraction_fixed_bytes(const struct extraction *extraction, int slot)
{
	const struct value *value = &extraction->values[slot];
	size_t bytes = value_type_bytes((enum value_type)value->type, 8);

	return bytes <= 8 ? bytes : 0;
}

bool extraction_layout(const struct extraction *extraction, struct fixed_layout *layout)
{
	const struct plan *plan = extraction->sized;

	if (!plan || plan->stretches[0].step)
		return false;
	layout->bytes = plan->stretches[0].bytes + plan->tail;
	layout->is_exact = extraction->whole;
	layout->is_narrow = plan->pointer_bytes == 4;
	return true;
}

uint32_t extraction_place(const struct extraction *extraction, int slot)
{
	const struct offset *offset = extraction->sized->offsets;

	while (offset->value != &extraction->values[slot])
		offset++;
	return offset->at;
}

const struct value *extraction_value(const struct extraction *extraction, int slot)
{
	const struct value *value = &extraction->values[slot];

	return value->bytes ? value : NULL;
}

enum payload_result extraction_fit(const struct extraction *extraction)
{
	return (enum payload_result)extraction->fit;
}

const struct value *extraction_template(const struct extraction *extraction, int slot)
{
	return &extraction->values[slot];
}
