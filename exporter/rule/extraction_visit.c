#include "exporter/rule/extraction_private.h"

static bool is_at(const struct extraction *extraction, const struct field_path *path, uint16_t last)
{
	uint8_t step = 0;
	size_t i;

	for (i = 0; i < extraction->depth; i++) {
		const uint16_t field = extraction->stack[i].field;

		if (step >= path->count)
			return false;
		if (extraction->stack[i].array) {
			/* The field itself follows, as struct or as value. */
			if (path->steps[step].field != field ||
			    path->steps[step].element != extraction->stack[i].element)
				return false;
			if (i + 1 < extraction->depth && !extraction->stack[i + 1].array &&
			    extraction->stack[i + 1].field == field)
				i++;
			else if (i + 1 == extraction->depth)
				return step + 1 == path->count && field == last;
		} else if (path->steps[step].field != field) {
			return false;
		}
		step++;
	}
	return step + 1 == path->count && path->steps[step].field == last;
}

static void set_length(struct extraction *extraction, size_t index, uint32_t length)
{
	struct slot *slot = &extraction->slots[index];
	struct value *value = &extraction->values[index];

	put_le32(slot->scratch, length);
	value->bytes = slot->scratch;
	value->length = sizeof(slot->scratch);
}

/* The next element of the array that the stack ends with, if it does. */
static void count_element(struct extraction *extraction)
{
	if (extraction->depth && extraction->stack[extraction->depth - 1].array)
		extraction->stack[extraction->depth - 1].element++;
}

static void visit_value(void *context, const struct value *value)
{
	struct extraction *extraction = context;
	uint16_t field = (uint16_t)(value->field - extraction->schema->fields);
	size_t i;

	extraction->parts++;
	count_element(extraction);
	for (i = 0; i < extraction->count; i++) {
		struct slot *slot = &extraction->slots[i];

		if (extraction_field(extraction, &slot->path) != value->field ||
		    !is_at(extraction, &slot->path, field))
			continue;
		if (!slot->path.length)
			extraction->values[i] = *value;
		else
			set_length(extraction, i, value->length / extraction_unit(value->field));
	}
}

static void push(struct extraction *extraction, const struct field *field, bool array)
{
	extraction->parts++;
	extraction->stack[extraction->depth].field = (uint16_t)(field - extraction->schema->fields);
	extraction->stack[extraction->depth].element = UINT32_MAX;
	extraction->stack[extraction->depth++].array = array;
}

static void begin_struct(void *context, const struct field *field)
{
	count_element(context);
	push(context, field, false);
}

static void end_struct(void *context)
{
	struct extraction *extraction = context;

	extraction->depth--;
}

static void begin_array(void *context, const struct field *field)
{
	push(context, field, true);
}

static void end_array(void *context)
{
	struct extraction *extraction = context;
	uint16_t field = extraction->stack[--extraction->depth].field;
	uint32_t elements = extraction->stack[extraction->depth].element + 1;
	size_t i;

	for (i = 0; i < extraction->count; i++) {
		struct slot *slot = &extraction->slots[i];

		if (!slot->path.length ||
		    slot->path.steps[slot->path.count - 1].element != FIELD_PATH_ANY ||
		    !is_at(extraction, &slot->path, field))
			continue;
		set_length(extraction, i, elements);
		slot->part = extraction->parts;
	}
}

/*
 * Where a payload ends too early, what ended with it may be an array that would have had more
 * elements.
 */
static void forget_cut_arrays(struct extraction *extraction)
{
	size_t i;

	for (i = 0; i < extraction->count; i++)
		if (extraction->slots[i].part == extraction->parts)
			extraction->values[i].bytes = NULL;
}

enum payload_result extraction_visit(struct extraction *extraction,
				     const struct event_record *record)
{
	const struct payload_visitor visitor = {
		.value = visit_value,
		.begin_struct = begin_struct,
		.end_struct = end_struct,
		.begin_array = begin_array,
		.end_array = end_array,
		.context = extraction,
	};
	enum payload_result result;
	size_t consumed, i;

	for (i = 0; i < extraction->count; i++) {
		extraction->values[i].bytes = NULL;
		extraction->slots[i].part = 0;
	}
	extraction->sized = NULL;
	extraction->depth = 0;
	extraction->parts = 0;
	result = payload_visit(extraction->schema, record->payload, record->payload_bytes,
			       record->pointer_bytes, &visitor, &consumed);
	extraction->fit = (uint8_t)result;
	if (result == PAYLOAD_OK || result == PAYLOAD_LEFTOVER)
		return PAYLOAD_OK;
	forget_cut_arrays(extraction);
	return result;
}
