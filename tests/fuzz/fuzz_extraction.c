/*
 * Any schema and any payload: what an extraction takes out is what payload_visit() tells, and
 * nothing beyond the payload is read.
 *
 * The first byte chooses the pointer size, whether the schema has variants and how many fields it
 * has; four bytes of seed choose what is wanted; six bytes are a field, of which one is the struct
 * that it is a member of; what is left is the payload.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/extraction_check.h"

enum {
	CHOICE_POINTER_4 = 1,
	CHOICE_VARIANTS = 2,
	CHOICE_FIELDS = 2, /* how far it is shifted */

	FIELD_OPTIONAL = 1,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Type, length kind and optional, count kind, length, count, parent. */
static void add_field(struct schema_builder *builder, const uint8_t *bytes, uint16_t count)
{
	struct field field = {
		.type = bytes[0] % VALUE_TYPE_COUNT,
		.optional = bytes[1] & FIELD_OPTIONAL,
		.length_kind = (bytes[1] >> 1) % LENGTH_KIND_COUNT,
		.count_kind = bytes[2] % (COUNT_REL_LOC + 1),
		.length = bytes[3],
		.count = bytes[4],
	};
	uint16_t parent = bytes[5] < count ? bytes[5] : SCHEMA_TOP;

	if (field.count_kind == COUNT_FIXED)
		field.count %= CHECK_ELEMENTS + 1;
	schema_builder_add(builder, parent, &field, "f", 1);
}

static struct schema *take_schema(struct bytes *rest, uint8_t choice)
{
	struct schema_builder *builder = schema_builder_new("fuzz");
	uint16_t fields = choice >> CHOICE_FIELDS, i;

	check_require(builder != NULL);
	for (i = 0; i < fields; i++) {
		const uint8_t *bytes = bytes_take(rest, 6);

		if (bytes)
			add_field(builder, bytes, i);
	}
	if (choice & CHOICE_VARIANTS)
		schema_builder_has_variants(builder);
	return schema_builder_end(builder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	const uint8_t *head = bytes_take(&rest, 5);
	struct check_wanted wanted;
	struct random random;
	struct schema *schema;
	struct event_record record = {0};
	uint8_t *payload;

	if (!head)
		return 0;
	schema = take_schema(&rest, head[0]);
	if (!schema)
		return 0;
	payload = malloc(rest.left ? rest.left : 1);
	check_require(payload != NULL);
	memcpy(payload, rest.at, rest.left);
	record.payload = payload;
	record.payload_bytes = (uint32_t)rest.left;
	record.pointer_bytes = head[0] & CHOICE_POINTER_4 ? 4 : 8;
	random.state = le32(head + 1);
	check_choose(&wanted, schema, &random);
	check_run(&wanted, schema, &record);
	record.payload_bytes /= 2;
	check_run(&wanted, schema, &record);
	extraction_free(wanted.extraction);
	schema_free(schema);
	free(payload);
	return 0;
}
