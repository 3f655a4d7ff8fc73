#include "tests/support/format_rig_linux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/fields_text.h"

#define FORMAT_COMMON_TEXT \
	"\"common_type\":7,\"common_flags\":1,\"common_preempt_count\":2,\"common_pid\":77"

void format_rig_begin(struct format_rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	scratch_make(&rig->scratch);
	rig->formats = ftrace_formats_new(rig->scratch.directory);
	assert_non_null(rig->formats);
	payload_u16(&rig->payload, 7);
	payload_u8(&rig->payload, 1);
	payload_u8(&rig->payload, 2);
	payload_u32(&rig->payload, 77);
}

void format_rig_end(struct format_rig *rig)
{
	ftrace_formats_free(rig->formats);
	scratch_remove(&rig->scratch);
}

struct schema *format_rig_parse(struct format_rig *rig, const char *fields, const char *print)
{
	char text[4096];
	int length =
		snprintf(text, sizeof(text), "name: event\nID: 7\nformat:\n%s%s\nprint fmt: %s\n",
			 FORMAT_COMMON, fields, print);

	assert_in_range(length, 1, sizeof(text) - 1);
	return ftrace_schema_parse(rig->formats, "system", text, (size_t)length);
}

void format_rig_assert_decoded(const struct schema *schema, const struct payload *payload,
			       enum payload_result expected, const char *fields)
{
	uint8_t *copy = malloc(payload->length); /* sanitizers see what is beyond */
	enum payload_result result;
	char wanted[4096], *text;

	assert_non_null(copy);
	memcpy(copy, payload->bytes, payload->length);
	text = fields_text(schema, copy, payload->length, 8, &result);
	snprintf(wanted, sizeof(wanted), "{%s%s%s}", FORMAT_COMMON_TEXT, *fields ? "," : "",
		 fields);
	assert_string_equal(text, wanted);
	assert_int_equal(result, expected);
	free(text);
	free(copy);
}

const struct field *format_rig_field(const struct schema *schema, const char *name)
{
	uint16_t i;

	for (i = 0; i < schema->field_count; i++)
		if (strcmp(schema->fields[i].name, name) == 0)
			return &schema->fields[i];
	fail();
	return NULL;
}
