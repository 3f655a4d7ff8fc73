/* All rows of the table of classic event types, against the reference, and against hostile bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/mof.h"
#include "exporter/decoder/mof_table.h"
#include "exporter/decoder/kernel_classes.h"
#include "exporter/schema/payload.h"
#include "tests/support/random.h"

#define REFERENCE "../shared/kernel-events.md"

enum {
	VERSIONS = 12, /* more than are documented of any type */
	GROUPS = 0x1f,
	WITHOUT_REFERENCE = 4, /* views of files, version 3: kernels write them, undocumented */
	NAME_SIZE = 128,
};

static const char *const without_group[] = {
	"b3e675d7-2554-4f18-830b-2762732560de",
	"6a399ae0-4bc6-4de9-870b-3657f8947e7e",
	"bbccf6c1-6cd1-48c4-80ff-839482e37671",
	"9b79ee91-b5fd-41c0-a243-4248e266e9d0",
};

#define CLASSES (GROUPS + sizeof(without_group) / sizeof(without_group[0]))

static const struct kernel_class *class_at(size_t index)
{
	struct guid guid;

	if (index < GROUPS)
		return kernel_class_of_hook((uint8_t)index, 1);
	assert_true(guid_parse(without_group[index - GROUPS], &guid));
	return kernel_class_find(&guid);
}

/* Calls `each` with every schema that there is; how many these are. */
static int for_each_schema(void (*each)(const struct schema *schema))
{
	int count = 0;

	for (size_t i = 0; i < CLASSES; i++)
		for (unsigned both = 0; both < VERSIONS * 256; both++) {
			struct schema *schema = mof_schema_new(
				&class_at(i)->guid, (uint16_t)(both / 256), (uint8_t)both);

			if (!schema)
				continue;
			each(schema);
			schema_free(schema);
			count++;
		}
	return count;
}

static void ignore(const struct schema *schema)
{
	(void)schema;
}

static void every_row_makes_a_schema_of_each_of_its_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLASSES; i++) {
		const struct kernel_class *class = class_at(i);
		const struct mof_row *row = class->events;

		for (; row && row->types; row++) {
			assert_true(row->first_version <= row->last_version);
			assert_true(row->last_version < VERSIONS);
			for (unsigned both = row->first_version * 256;
			     row->fields && both < (row->last_version + 1u) * 256; both++) {
				struct schema *schema = mof_schema_new(
					&class->guid, (uint16_t)(both / 256), (uint8_t)both);

				if (mof_row_type_name(row, (uint8_t)both))
					assert_non_null(schema);
				schema_free(schema);
			}
		}
	}
}

/* No type stands in two rows for one version, and the versions of each ascend. */
static void no_two_rows_are_for_the_same_version_of_a_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLASSES; i++)
		for (unsigned type = 0; type < 256; type++) {
			const struct mof_row *row = class_at(i)->events;
			int last = -1;

			for (; row && row->types; row++)
				if (mof_row_type_name(row, (uint8_t)type)) {
					assert_true(row->first_version > last);
					last = row->last_version;
				}
		}
}

static void visit_copy(const struct schema *schema, const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length + 1);
	size_t consumed;

	assert_non_null(copy);
	memcpy(copy + 1, bytes, length);
	for (size_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		enum payload_result result =
			payload_visit(schema, copy + 1, length, pointer_bytes, NULL, &consumed);

		assert_true(consumed <= length);
		assert_true(result != PAYLOAD_OK || consumed == length);
	}
	free(copy);
}

static void visit_hostile(const struct schema *schema)
{
	static const uint8_t fills[] = {0x00, 0x01, 0x0f, 0xff};
	struct random random = {1};
	uint8_t bytes[512];

	for (size_t i = 0; i < sizeof(fills); i++) {
		memset(bytes, fills[i], sizeof(bytes));
		for (size_t length = 0; length < 160; length++)
			visit_copy(schema, bytes, length);
		visit_copy(schema, bytes, sizeof(bytes));
	}
	for (size_t length = 0; length < sizeof(bytes); length += 7) {
		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)random_next(&random);
		visit_copy(schema, bytes, length);
	}
}

static void no_payload_leads_a_schema_outside_of_it(void **state)
{
	(void)state;
	assert_true(for_each_schema(visit_hostile) > 400);
}

static const char *word_of(const struct field *field)
{
	static const char *const words[VALUE_TYPE_COUNT] = {
		[VALUE_U8] = "u8",	     [VALUE_U16] = "u16",
		[VALUE_U32] = "u32",	     [VALUE_I8] = "i8",
		[VALUE_I16] = "i16",	     [VALUE_I32] = "i32",
		[VALUE_I64] = "i64",	     [VALUE_GUID] = "guid",
		[VALUE_POINTER] = "pointer", [VALUE_ANSI] = "astr",
		[VALUE_IPV4] = "ipv4",	     [VALUE_IPV6] = "ipv6",
		[VALUE_WBEM_SID] = "sid",    [VALUE_PORT] = "port",
		[VALUE_U64] = "u64",	     [VALUE_STRUCT] = "GROUP_AFFINITY",
	};

	if (field->type == VALUE_UTF16)
		return field->length_kind == LENGTH_FIXED ? "wchar" : "wstr";
	if (field->type == VALUE_U64 && field->out == OUT_ETWTIME)
		return "time";
	return words[field->type] ? words[field->type] : "?";
}

/* In the reference's form, "Name:u32", "Name:pointer[Count]"; `counted` says that as it does. */
static void field_text(const struct schema *schema, const struct field *field, bool counted,
		       char *text, size_t size)
{
	int length = snprintf(text, size, "%s:%s", field->name, word_of(field));

	text += length;
	size -= (size_t)length;
	if (field->length_kind == LENGTH_FIXED)
		snprintf(text, size, "[%u]", field->length);
	else if (field->count_kind == COUNT_FIXED)
		snprintf(text, size, "[%u]", field->count);
	else if (field->count_kind == COUNT_FIELD)
		snprintf(text, size, "[%s]",
			 counted ? "counted" : schema->fields[field->count].name);
	else if (field->count_kind == COUNT_REST)
		snprintf(text, size, "[to the end]");
}

/* Where the reference has a remark or leaves something out. */
static bool is_remark(const char *item, const struct schema *schema, uint16_t *next)
{
	if (strcmp(item, "present only if bytes remain") == 0) {
		assert_true(*next > 0 && schema->fields[*next - 1].optional);
		return true;
	}
	if (strcmp(item, "UnmovableFile ...") == 0) {
		assert_string_equal(schema->fields[*next].name, "UnmovableFiles");
		*next = schema->top_count;
		return true;
	}
	if (strcmp(item, "Message:astr-to-end") == 0) {
		assert_int_equal(schema->fields[*next].type, VALUE_ANSI);
		*next += 1;
		return true;
	}
	return strcmp(item, "(no payload)") == 0;
}

/* What kernels write behind the fields that are documented. */
static bool is_undocumented(const struct field *field)
{
	return field->optional &&
	       (strcmp(field->name, "ExtraFlags") == 0 ||
		strcmp(field->name, "SourceProcessId") == 0 ||
		(strncmp(field->name, "Reserved", 8) == 0 && field->type == VALUE_NULL));
}

static void check_fields(const struct schema *schema, const char *fields)
{
	uint16_t next = 0;
	char text[NAME_SIZE], item[NAME_SIZE];

	while (*fields) {
		size_t length = strcspn(fields, ",");

		assert_true(length < sizeof(item));
		memcpy(item, fields, length);
		item[length] = '\0';
		fields += length + strspn(fields + length, ", ");
		if (is_remark(item, schema, &next))
			continue;
		assert_true(next < schema->top_count);
		field_text(schema, &schema->fields[next++], strstr(item, "[counted]") != NULL, text,
			   sizeof(text));
		assert_string_equal(text, item);
	}
	while (next < schema->top_count && is_undocumented(&schema->fields[next]))
		next++;
	assert_int_equal(next, schema->top_count);
}

static int check_row(const struct guid *guid, unsigned version, const char *types,
		     const char *fields)
{
	int count = 0;

	for (const char *at = types; at; at = strchr(at, ',')) {
		struct schema *schema;

		at += strspn(at, ", ");
		schema = mof_schema_new(guid, (uint16_t)version, (uint8_t)strtoul(at, NULL, 10));
		assert_non_null(schema);
		if (strncmp(fields, "log file header", 15) != 0)
			check_fields(schema, fields);
		schema_free(schema);
		count++;
	}
	return count;
}

static void every_row_of_the_reference_has_its_fields_and_there_are_no_others(void **state)
{
	FILE *reference = fopen(REFERENCE, "r");
	char line[8192], types[4096], fields[4096], text[GUID_TEXT_SIZE];
	struct guid guid;
	unsigned version;
	int count = 0;
	bool known = false;

	(void)state;
	if (!reference) {
		print_message("skipped because %s is absent\n", REFERENCE);
		skip();
	}
	while (fgets(line, sizeof(line), reference)) {
		if (strncmp(line, "## ", 3) == 0)
			known = sscanf(line, "%*[^`]`%36[0-9a-f-]", text) == 1 &&
				guid_parse(text, &guid);
		if (!known ||
		    sscanf(line, "| %u | %4095[^|]| %4095[^|]", &version, types, fields) != 3)
			continue;
		fields[strlen(fields) - 1] = '\0';
		count += check_row(&guid, version, types, fields);
	}
	fclose(reference);
	assert_true(count > 400);
	assert_int_equal(for_each_schema(ignore), count + WITHOUT_REFERENCE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_makes_a_schema_of_each_of_its_versions),
		cmocka_unit_test(no_two_rows_are_for_the_same_version_of_a_type),
		cmocka_unit_test(no_payload_leads_a_schema_outside_of_it),
		cmocka_unit_test(every_row_of_the_reference_has_its_fields_and_there_are_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
