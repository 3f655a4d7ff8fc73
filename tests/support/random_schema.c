#include "tests/support/random_schema.h"

#include <stdio.h>
#include <string.h>

enum {
	FIELDS_MAX = 10,
	NUMBERS_MAX = SCHEMA_FIELDS_MAX,
};

/* What a field may refer to: the fields so far, by the handles of the builder. */
struct shape {
	struct schema_builder *builder;
	struct random *random;
	uint16_t parents[SCHEMA_FIELDS_MAX];
	struct field fields[SCHEMA_FIELDS_MAX];
	uint16_t count;
	bool plain; /* only what stands alone, so that steps can take it */
};

static bool one_in(struct random *random, uint32_t n)
{
	return random_below(random, n) == 0;
}

/* An earlier integer of this level; false: there is none. */
static bool choose_reference(struct shape *shape, uint16_t parent, uint16_t *reference)
{
	uint16_t i, tries;

	for (tries = 0; shape->count && tries < 8; tries++) {
		i = (uint16_t)random_below(shape->random, shape->count);
		if (shape->parents[i] == parent && shape->fields[i].count_kind == COUNT_ONE &&
		    (shape->fields[i].type == VALUE_U8 || shape->fields[i].type == VALUE_U16 ||
		     shape->fields[i].type == VALUE_U32 || shape->fields[i].type == VALUE_POINTER ||
		     one_in(shape->random, 20))) {
			*reference = i;
			return true;
		}
	}
	return false;
}

static uint8_t choose_type(struct shape *shape)
{
	static const uint8_t often[] = {VALUE_U8,    VALUE_U16,	   VALUE_U32, VALUE_U64,
					VALUE_UTF16, VALUE_ANSI,   VALUE_SID, VALUE_BINARY,
					VALUE_GUID,  VALUE_POINTER};

	if (!one_in(shape->random, 3))
		return often[random_below(shape->random, sizeof(often))];
	return (uint8_t)random_below(shape->random, VALUE_STRUCT);
}

static void choose_length(struct shape *shape, uint16_t parent, struct field *field)
{
	field->length_kind = (uint8_t)random_below(shape->random, LENGTH_KIND_COUNT);
	if (field->length_kind == LENGTH_FIXED)
		field->length = (uint16_t)random_below(shape->random, 6);
	if (field->length_kind == LENGTH_FIELD && !choose_reference(shape, parent, &field->length))
		field->length_kind = LENGTH_PREFIX;
}

static void choose_count(struct shape *shape, uint16_t parent, struct field *field)
{
	if (shape->plain)
		field->count_kind = one_in(shape->random, 6) ? COUNT_FIXED : COUNT_ONE;
	else if (one_in(shape->random, 3))
		field->count_kind = (uint8_t)random_below(shape->random, COUNT_REST + 1);
	if (value_type_bytes((enum value_type)field->type, 8) && one_in(shape->random, 8))
		field->count_kind = one_in(shape->random, 2) ? COUNT_DATA_LOC : COUNT_REL_LOC;
	if (field->count_kind == COUNT_FIXED)
		field->count = (uint16_t)random_below(shape->random, 4);
	if (field->count_kind == COUNT_FIELD && !choose_reference(shape, parent, &field->count))
		field->count_kind = COUNT_PREFIX;
}

static void add_fields(struct shape *shape, uint16_t parent, int depth)
{
	uint32_t count = 1 + random_below(shape->random, FIELDS_MAX >> depth), i;
	char name[16];

	for (i = 0; i < count && shape->count < SCHEMA_FIELDS_MAX; i++) {
		struct field field = {.type = choose_type(shape)};
		uint16_t handle;

		if (!shape->plain && depth < 3 && one_in(shape->random, 5))
			field.type = VALUE_STRUCT;
		if (field.type == VALUE_UTF16 || field.type == VALUE_ANSI ||
		    field.type == VALUE_BINARY)
			choose_length(shape, parent, &field);
		if (field.type == VALUE_NULL && one_in(shape->random, 2)) {
			field.length_kind = LENGTH_FIXED;
			field.length = (uint16_t)random_below(shape->random, 4);
		}
		choose_count(shape, parent, &field);
		field.optional = one_in(shape->random, 8);
		snprintf(name, sizeof(name), "f%u", shape->count);
		handle = schema_builder_add(shape->builder, parent, &field, name, strlen(name));
		shape->fields[handle] = field;
		shape->parents[handle] = parent;
		shape->count = (uint16_t)(handle + 1);
		if (field.type == VALUE_STRUCT)
			add_fields(shape, handle, depth + 1);
	}
}

struct schema *random_schema(struct random *random)
{
	struct shape shape = {.builder = schema_builder_new("random"),
			      .random = random,
			      .plain = random_below(random, 3) > 0};

	add_fields(&shape, SCHEMA_TOP, 0);
	if (one_in(random, 4))
		schema_builder_has_variants(shape.builder);
	if (one_in(random, 4))
		schema_builder_is_open_ended(shape.builder);
	return schema_builder_end(shape.builder);
}

/* The payload so far, and what its references say. */
struct writing {
	const struct schema *schema;
	struct random *random;
	size_t pointer_bytes;
	uint8_t *bytes;
	size_t length;
	uint32_t numbers[NUMBERS_MAX];
};

static void put(struct writing *writing, size_t count)
{
	for (; count && writing->length < RANDOM_PAYLOAD_MAX; count--)
		writing->bytes[writing->length++] =
			one_in(writing->random, 8)
				? 0
				: (uint8_t)(1 + random_below(writing->random, 255));
}

static void put_number(struct writing *writing, size_t width, uint32_t number)
{
	size_t i;

	for (i = 0; i < width && writing->length < RANDOM_PAYLOAD_MAX; i++)
		writing->bytes[writing->length++] = i < 4 ? (uint8_t)(number >> 8 * i) : 0;
}

static void put_sid(struct writing *writing)
{
	uint32_t authorities = random_below(writing->random, one_in(writing->random, 20) ? 256 : 4);

	put_number(writing, 1, 1);
	put_number(writing, 1, authorities);
	put(writing, 6 + 4 * (size_t)authorities);
}

static void put_text(struct writing *writing, size_t unit)
{
	uint32_t units = random_below(writing->random, 6);

	for (; units; units--) {
		put_number(writing, unit, 1 + random_below(writing->random, 200));
	}
	put_number(writing, unit, 0);
}

/* To something that is there already, or will be, or not. */
static void put_location(struct writing *writing, bool is_relative)
{
	uint32_t length = random_below(writing->random, 12);
	uint32_t offset = random_below(writing->random, (uint32_t)writing->length + 12);

	put_number(writing, 2, is_relative ? offset % 16 : offset);
	put_number(writing, 2, length);
}

static void put_sized(struct writing *writing, const struct field *field)
{
	size_t unit = field->type == VALUE_UTF16 ? 2 : 1;
	uint32_t bytes;

	switch (field->length_kind) {
	case LENGTH_FIXED:
		put(writing, unit * field->length);
		break;
	case LENGTH_FIELD:
		put(writing, unit * writing->numbers[field->length]);
		break;
	case LENGTH_DATA_LOC:
	case LENGTH_REL_LOC:
		put_location(writing, field->length_kind == LENGTH_REL_LOC);
		break;
	case LENGTH_PREFIX:
	case LENGTH_PREFIX_32:
		bytes = random_below(writing->random, 8);
		put_number(writing, field->length_kind == LENGTH_PREFIX ? 2 : 4, bytes);
		put(writing, bytes);
		break;
	case LENGTH_PREFIX_BIG:
		bytes = random_below(writing->random, 8);
		put_number(writing, 2, bytes << 8);
		put(writing, bytes);
		break;
	default:
		if (field->type != VALUE_BINARY)
			put_text(writing, unit);
		else
			put(writing, random_below(writing->random, 8));
	}
}

static void put_fields(struct writing *writing, uint16_t first, uint16_t count);

static void put_value(struct writing *writing, const struct field *field)
{
	size_t width = value_type_bytes((enum value_type)field->type, writing->pointer_bytes);
	uint32_t number = random_below(writing->random, 5);

	switch (field->type) {
	case VALUE_STRUCT:
		put_fields(writing, field->first_member, field->member_count);
		break;
	case VALUE_UTF16:
	case VALUE_ANSI:
	case VALUE_BINARY:
		put_sized(writing, field);
		break;
	case VALUE_NULL:
		put(writing, field->length_kind == LENGTH_FIXED ? field->length : 0);
		break;
	case VALUE_WBEM_SID:
		put_number(writing, 4, number);
		if (number)
			put(writing, 2 * writing->pointer_bytes - 4);
		if (!number)
			break;
		/* fall through */
	case VALUE_SID:
		put_sid(writing);
		break;
	default:
		if (field->is_reference)
			put_number(writing, width, number);
		else
			put(writing, width);
		writing->numbers[field - writing->schema->fields] = number;
	}
}

static void put_fields(struct writing *writing, uint16_t first, uint16_t count)
{
	uint16_t i;

	for (i = first; i < first + count; i++) {
		const struct field *field = &writing->schema->fields[i];
		uint32_t elements = 1;

		if (field->count_kind >= COUNT_DATA_LOC) {
			put_location(writing, field->count_kind == COUNT_REL_LOC);
			continue;
		}
		if (field->count_kind == COUNT_FIXED)
			elements = field->count;
		else if (field->count_kind == COUNT_FIELD)
			elements = writing->numbers[field->count];
		else if (field->count_kind != COUNT_ONE)
			elements = random_below(writing->random, 4);
		if (field->count_kind == COUNT_PREFIX)
			put_number(writing, 2, elements);
		for (; elements; elements--)
			put_value(writing, field);
	}
}

/* Not always as it should be. */
static size_t damage(struct writing *writing)
{
	switch (random_below(writing->random, 6)) {
	case 0:
		return random_below(writing->random, (uint32_t)writing->length + 1);
	case 1:
		put(writing, 1 + random_below(writing->random, 9));
		break;
	case 2:
		if (writing->length)
			writing->bytes[random_below(writing->random, (uint32_t)writing->length)] =
				(uint8_t)random_below(writing->random, 256);
		break;
	default:
		break;
	}
	return writing->length;
}

size_t random_payload(const struct schema *schema, struct random *random, size_t pointer_bytes,
		      uint8_t *payload)
{
	struct writing writing = {
		.schema = schema,
		.random = random,
		.pointer_bytes = pointer_bytes,
		.bytes = payload,
	};

	put_fields(&writing, 0, schema->top_count);
	return damage(&writing);
}
