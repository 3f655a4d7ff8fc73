#include "tests/support/fields_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

#include "exporter/base/bytes.h"
#include "exporter/base/guid.h"
#include "exporter/value/utf16.h"
#include "tests/support/posix.h"

#define LARGEST_PLAIN (UINT64_C(1) << 53)

struct text {
	FILE *file;
	bool bare[2 * SCHEMA_DEPTH_MAX]; /* by depth: elements of an array, which have no names */
	unsigned depth;
	bool behind_another;
};

static void begin_item(struct text *text, const struct field *field)
{
	if (text->behind_another)
		putc(',', text->file);
	if (!text->bare[text->depth])
		fprintf(text->file, "\"%s\":", field->name);
	text->behind_another = true;
}

static void begin(struct text *text, const struct field *field, char bracket, bool bare)
{
	begin_item(text, field);
	putc(bracket, text->file);
	text->bare[++text->depth] = bare;
	text->behind_another = false;
}

static void end(struct text *text, char bracket)
{
	putc(bracket, text->file);
	text->depth--;
	text->behind_another = true;
}

static void begin_struct(void *context, const struct field *field)
{
	begin(context, field, '{', false);
}

static void end_struct(void *context)
{
	end(context, '}');
}

static void begin_array(void *context, const struct field *field)
{
	begin(context, field, '[', true);
}

static void end_array(void *context)
{
	end(context, ']');
}

static void put_quoted(FILE *file, const char *string, size_t length)
{
	putc('"', file);
	for (size_t i = 0; i < length; i++) {
		if (string[i] == '"' || string[i] == '\\')
			fprintf(file, "\\%c", string[i]);
		else if ((unsigned char)string[i] < ' ')
			fprintf(file, "\\u%04x", string[i]);
		else
			putc(string[i], file);
	}
	putc('"', file);
}

static void put_utf16(FILE *file, const struct value *value)
{
	struct bytes bytes = {value->bytes, value->length};
	size_t size = 2 * (size_t)value->length + 1;
	char *string = malloc(size);

	if (!string)
		abort();
	put_quoted(file, string, utf16_take_string(&bytes, string, size));
	free(string);
}

static void put_sid(FILE *file, const struct value *value)
{
	uint64_t authority = 0;

	if (!value->length) {
		fputs("null", file);
		return;
	}
	for (int i = 2; i < 8; i++)
		authority = authority << 8 | value->bytes[i];
	fprintf(file, "\"S-%u-%" PRIu64, value->bytes[0], authority);
	for (uint32_t at = 8; at < value->length; at += 4)
		fprintf(file, "-%u", le32(value->bytes + at));
	putc('"', file);
}

static void put_number(FILE *file, const struct value *value, bool is_signed)
{
	unsigned unused = 64 - 8 * value->length;
	uint64_t number = 0;

	for (uint32_t i = value->length; i-- > 0;)
		number = number << 8 | value->bytes[i];
	if (is_signed)
		fprintf(file, "%" PRId64, (int64_t)(number << unused) >> unused);
	else if (number > LARGEST_PLAIN)
		fprintf(file, "\"%" PRIu64 "\"", number);
	else
		fprintf(file, "%" PRIu64, number);
}

static void put_address(FILE *file, const struct value *value)
{
	char address[INET6_ADDRSTRLEN];
	int family = value->type == VALUE_IPV4 ? AF_INET : AF_INET6;

	fprintf(file, "\"%s\"", inet_ntop(family, value->bytes, address, sizeof(address)));
}

static void put_guid(FILE *file, const struct value *value)
{
	struct guid guid;
	char guid_text[GUID_TEXT_SIZE];

	memcpy(guid.bytes, value->bytes, sizeof(guid.bytes));
	guid_format(&guid, guid_text);
	fprintf(file, "\"%s\"", guid_text);
}

static void put_binary(FILE *file, const struct value *value)
{
	putc('"', file);
	for (uint32_t i = 0; i < value->length; i++)
		fprintf(file, "%02x", value->bytes[i]);
	putc('"', file);
}

static void put_value(void *context, const struct value *value)
{
	struct text *text = context;
	FILE *file = text->file;

	begin_item(text, value->field);
	switch (value->type) {
	case VALUE_UTF16:
		put_utf16(file, value);
		break;
	case VALUE_ANSI:
		put_quoted(file, (const char *)value->bytes, value->length);
		break;
	case VALUE_WBEM_SID:
		put_sid(file, value);
		break;
	case VALUE_GUID:
		put_guid(file, value);
		break;
	case VALUE_IPV4:
	case VALUE_IPV6:
		put_address(file, value);
		break;
	case VALUE_PORT:
		fprintf(file, "%u", value->bytes[0] << 8 | value->bytes[1]);
		break;
	case VALUE_BINARY:
		put_binary(file, value);
		break;
	default:
		put_number(file, value,
			   value->type == VALUE_I8 || value->type == VALUE_I16 ||
				   value->type == VALUE_I32 || value->type == VALUE_I64);
	}
}

char *fields_text(const struct schema *schema, const uint8_t *payload, size_t payload_bytes,
		  size_t pointer_bytes, enum payload_result *result)
{
	struct text text = {0};
	struct payload_visitor visitor = {.value = put_value,
					  .begin_struct = begin_struct,
					  .end_struct = end_struct,
					  .begin_array = begin_array,
					  .end_array = end_array,
					  .context = &text};
	char *string;
	size_t size, consumed;

	text.file = open_memstream(&string, &size);
	if (!text.file)
		abort();
	putc('{', text.file);
	*result = payload_visit(schema, payload, payload_bytes, pointer_bytes, &visitor, &consumed);
	putc('}', text.file);
	if (fclose(text.file))
		abort();
	return string;
}
