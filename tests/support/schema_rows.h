/*
 * schema_rows: schemas from tables of fields, built as decoders do. For tests.
 */
#ifndef TESTS_SUPPORT_SCHEMA_ROWS_H
#define TESTS_SUPPORT_SCHEMA_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/schema/schema.h"

/* A field, and the index of the struct that it is a member of, plus one; without a name the end. */
struct row {
	const char *name;
	struct field field;
	uint16_t member_of;
};

static inline struct schema *schema_of_rows(const struct row *rows, bool variants)
{
	struct schema_builder *builder = schema_builder_new("test");
	struct schema *schema;

	assert_non_null(builder);
	for (; rows->name; rows++)
		schema_builder_add(builder,
				   rows->member_of ? (uint16_t)(rows->member_of - 1) : SCHEMA_TOP,
				   &rows->field, rows->name, strlen(rows->name));
	if (variants)
		schema_builder_has_variants(builder);
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	return schema;
}

#endif
