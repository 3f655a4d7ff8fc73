#include "exporter/schema/payload_size.h"

#include "exporter/schema/data_location.h"

#define SID_LEAST  8
#define SID_MOST   (SID_LEAST + 15 * 4)
#define NO_LIMIT   UINT32_MAX
#define NO_SID	   4 /* of a SID behind a block that may be absent */
#define SID_BLOCKS 2 /* pointers before it */

/* Both saturate at NO_LIMIT. */
struct range {
	uint32_t least, most;
};

static const struct range any_size = {0, NO_LIMIT};

static uint32_t limited(uint64_t bytes)
{
	return bytes < NO_LIMIT ? (uint32_t)bytes : NO_LIMIT;
}

static struct range exactly(size_t bytes)
{
	return (struct range){limited(bytes), limited(bytes)};
}

static struct range from(size_t least)
{
	return (struct range){limited(least), NO_LIMIT};
}

static struct range sum(struct range a, struct range b)
{
	return (struct range){limited((uint64_t)a.least + b.least),
			      limited((uint64_t)a.most + b.most)};
}

static struct range times(struct range range, uint32_t count)
{
	return (struct range){limited((uint64_t)range.least * count),
			      limited((uint64_t)range.most * count)};
}

static struct range of_fields(const struct schema *schema, uint16_t first, uint16_t count,
			      size_t pointer_bytes);

/* Strings and binary. */
static struct range of_sized(const struct field *field)
{
	switch (field->length_kind) {
	case LENGTH_FIXED:
		return exactly((size_t)field->length * (field->type == VALUE_UTF16 ? 2 : 1));
	case LENGTH_PREFIX:
	case LENGTH_PREFIX_BIG:
		return from(2);
	case LENGTH_PREFIX_32:
		return from(4);
	case LENGTH_DATA_LOC:
	case LENGTH_REL_LOC:
		return exactly(DATA_LOCATION_BYTES);
	default:
		return any_size;
	}
}

static struct range of_element(const struct schema *schema, const struct field *field,
			       size_t pointer_bytes)
{
	switch (field->type) {
	case VALUE_NULL:
		return exactly(field->length_kind == LENGTH_FIXED ? field->length : 0);
	case VALUE_STRUCT:
		return of_fields(schema, field->first_member, field->member_count, pointer_bytes);
	case VALUE_UTF16:
	case VALUE_ANSI:
	case VALUE_BINARY:
		return of_sized(field);
	case VALUE_SID:
		return (struct range){SID_LEAST, SID_MOST};
	case VALUE_WBEM_SID:
		return (struct range){NO_SID, SID_BLOCKS * (uint32_t)pointer_bytes + SID_MOST};
	default:
		return exactly(value_type_bytes((enum value_type)field->type, pointer_bytes));
	}
}

static struct range of_field(const struct schema *schema, const struct field *field,
			     size_t pointer_bytes)
{
	switch (field->count_kind) {
	case COUNT_ONE:
		return of_element(schema, field, pointer_bytes);
	case COUNT_FIXED:
		return times(of_element(schema, field, pointer_bytes), field->count);
	case COUNT_PREFIX:
		return from(2);
	case COUNT_DATA_LOC:
	case COUNT_REL_LOC:
		return exactly(DATA_LOCATION_BYTES);
	default:
		return any_size;
	}
}

static struct range of_fields(const struct schema *schema, uint16_t first, uint16_t count,
			      size_t pointer_bytes)
{
	struct range range = {0, 0};
	uint16_t i;

	for (i = first; i < first + count; i++) {
		struct range field = of_field(schema, &schema->fields[i], pointer_bytes);

		if (schema->fields[i].optional)
			field.least = 0;
		range = sum(range, field);
	}
	return range;
}

struct payload_size payload_size_of(const struct schema *schema, size_t pointer_bytes)
{
	struct range range = any_size, other;

	if (schema)
		range = of_fields(schema, 0, schema->top_count, pointer_bytes);
	/* Some tools wrote records with the pointers of another machine. */
	if (schema && schema->has_variants) {
		other = of_fields(schema, 0, schema->top_count, pointer_bytes == 4 ? 8 : 4);
		range.least = other.least < range.least ? other.least : range.least;
		range.most = other.most > range.most ? other.most : range.most;
	}
	if (schema && schema->is_open_ended)
		range.most = NO_LIMIT;
	return (struct payload_size){range.least, range.most - range.least};
}
