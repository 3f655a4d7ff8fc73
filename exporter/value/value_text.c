#include "exporter/value/value_text.h"

#include <inttypes.h>
#include <math.h>

#include "exporter/base/bytes.h"
#include "exporter/value/code_page.h"
#include "exporter/value/error_names.h"
#include "exporter/value/utf16.h"
#include "exporter/value/value_forms.h"
#include "exporter/value/value_number.h"
#include "metrics/utf8.h"

#define EXACT_LIMIT ((uint64_t)1 << 53)
#define REPLACEMENT 0xfffd

static void add_utf16(const struct value *value, struct text *to)
{
	struct bytes bytes = {value->bytes, value->length};

	while (bytes.left >= 2)
		value_forms_code_point(utf16_take(&bytes), to);
}

static bool is_utf8(const struct value *value)
{
	size_t at = 0, length;

	for (; at < value->length; at += length) {
		length = utf8_sequence_in((const char *)value->bytes + at, value->length - at);
		if (!length)
			return false;
	}
	return true;
}

static void add_ansi(const struct value *value, bool classic, struct text *to)
{
	bool page_1252 = classic && !is_utf8(value);
	size_t at = 0, length;

	while (at < value->length) {
		uint8_t byte = value->bytes[at];

		length = utf8_sequence_in((const char *)value->bytes + at, value->length - at);
		if (page_1252 && byte >= 0x80) {
			value_forms_code_point(code_page_1252(byte), to);
			at++;
		} else if (length) {
			text_add(to, value->bytes + at, length);
			at += length;
		} else {
			value_forms_code_point(REPLACEMENT, to);
			at++;
		}
	}
}

static void add_hex_bytes(const struct value *value, struct text *to)
{
	uint32_t i;

	for (i = 0; i < value->length; i++)
		text_printf(to, "%02x", value->bytes[i]);
}

static enum value_form add_number(const struct value *value, struct text *to)
{
	struct value_number number = {0};
	uint64_t magnitude;

	value_number(value, &number);
	if (number.kind == NUMBER_REAL) {
		text_double(to, number.d);
		return isfinite(number.d) ? VALUE_FORM_NUMBER : VALUE_FORM_TEXT;
	}
	magnitude = number.u;
	if (number.kind == NUMBER_SIGNED && number.i < 0) {
		text_char(to, '-');
		magnitude = 0 - number.u;
	}
	text_u64(to, magnitude);
	return magnitude > EXACT_LIMIT ? VALUE_FORM_TEXT : VALUE_FORM_NUMBER;
}

static enum value_form add_filetime(const struct value *value, struct text *to)
{
	return value_forms_filetime(value_bits(value), to) ? VALUE_FORM_TEXT : VALUE_FORM_NONE;
}

/* By the type alone. */
static enum value_form add_raw(const struct value *value, bool classic, struct text *to)
{
	if (value_is_integer(value))
		return add_number(value, to);
	switch (value->type) {
	case VALUE_UTF16:
		add_utf16(value, to);
		return VALUE_FORM_TEXT;
	case VALUE_ANSI:
		add_ansi(value, classic, to);
		return VALUE_FORM_TEXT;
	case VALUE_F32:
	case VALUE_F64:
	case VALUE_PORT:
		return add_number(value, to);
	case VALUE_GUID:
		value_forms_guid(value->bytes, to);
		return VALUE_FORM_TEXT;
	case VALUE_FILETIME:
		return add_filetime(value, to);
	case VALUE_SYSTEMTIME:
		value_forms_systemtime(value->bytes, to);
		return VALUE_FORM_TEXT;
	case VALUE_SID:
	case VALUE_WBEM_SID:
		if (!value->length)
			return VALUE_FORM_NONE;
		value_forms_sid(value->bytes, value->length, to);
		return VALUE_FORM_TEXT;
	case VALUE_IPV4:
	case VALUE_IPV6:
		value_forms_address(value->bytes, value->length, to);
		return VALUE_FORM_TEXT;
	case VALUE_NULL:
		return VALUE_FORM_NONE;
	default:
		add_hex_bytes(value, to);
		return VALUE_FORM_TEXT;
	}
}

static bool add_mapped(const struct value *value, struct text *to)
{
	const struct value_map *map = value->field->map;

	return map && value_is_integer(value) && value_forms_map(map, value_bits(value), to);
}

static bool add_socket_address(const struct value *value, struct text *to)
{
	struct socket_address found;

	if (!value_forms_socket_address(value->bytes, value->length, &found))
		return false;
	text_string(to, found.address_bytes == 16 ? "[" : "");
	value_forms_address(found.address, found.address_bytes, to);
	text_string(to, found.address_bytes == 16 ? "]" : "");
	text_printf(to, ":%u", found.port);
	return true;
}

/* What an integer with an out-type of error codes is called; NULL: it has no such, or no name. */
static const char *error_name(const struct value *value)
{
	if (!value_is_integer(value))
		return NULL;
	switch (value->field->out) {
	case OUT_NTSTATUS:
		return error_name_ntstatus(value_bits(value));
	case OUT_HRESULT:
		return error_name_hresult(value_bits(value));
	case OUT_WIN32_ERROR:
		return error_name_win32(value_bits(value));
	case OUT_ERROR_CODE:
		return error_name_any(value_bits(value));
	default:
		return NULL;
	}
}

/* Pointers and hexadecimal numbers that are meant as decimal ones; others are that by their type.
 */
static bool add_decimal(const struct value *value, bool is_signed, struct text *to,
			enum value_form *form)
{
	struct value plain = *value;

	if (value->type != VALUE_POINTER && value->type != VALUE_HEX32 &&
	    value->type != VALUE_HEX64)
		return false;
	plain.type = is_signed ? VALUE_I64 : VALUE_U64;
	*form = add_number(&plain, to);
	return true;
}

static bool add_address(const struct value *value, size_t bytes, struct text *to)
{
	if (value->length != bytes || (value->type != VALUE_BINARY && !value_is_integer(value)))
		return false;
	return value_forms_address(value->bytes, value->length, to);
}

static bool add_character(const struct value *value, struct text *to)
{
	if (value->type == VALUE_U16 || value->type == VALUE_CHAR16)
		value_forms_code_point(le16(value->bytes), to);
	else if (value->length == 1 && value_is_integer(value))
		value_forms_code_point(value->bytes[0], to);
	else
		return false;
	return true;
}

/*
 * What the out-type makes of it; false: nothing that the type alone would not. Which go together is
 * said in tdh.h; what does not is as its type says.
 */
static bool add_by_out_type(const struct value *value, struct text *to, enum value_form *form)
{
	const char *name = error_name(value);

	*form = VALUE_FORM_TEXT;
	if (name) {
		text_string(to, name);
		return true;
	}
	switch (value->field->out) {
	case OUT_BOOLEAN:
		if (!value_is_integer(value))
			return false;
		*form = VALUE_FORM_TRUTH;
		text_string(to, value_bits(value) ? "true" : "false");
		return true;
	case OUT_HEX:
	case OUT_CODE_POINTER:
	case OUT_NTSTATUS:
	case OUT_HRESULT:
	case OUT_ERROR_CODE:
		if (!value_is_integer(value))
			return false;
		text_printf(to, "0x%" PRIx64, value_bits(value));
		return true;
	case OUT_PORT:
		if (value->length != 2 || !value_is_integer(value))
			return false;
		*form = VALUE_FORM_NUMBER;
		text_printf(to, "%u", (unsigned int)value->bytes[0] << 8 | value->bytes[1]);
		return true;
	case OUT_IPV4:
		return add_address(value, 4, to);
	case OUT_IPV6:
		return add_address(value, 16, to);
	case OUT_SIGNED:
		return add_decimal(value, true, to, form);
	case OUT_UNSIGNED:
		return add_decimal(value, false, to, form);
	case OUT_SOCKET_ADDRESS:
		return value->type == VALUE_BINARY && add_socket_address(value, to);
	case OUT_BITMASK:
		if (value->type != VALUE_BINARY)
			return false;
		value_forms_bitmask(value->bytes, value->length, to);
		return true;
	case OUT_STRING:
		return add_character(value, to);
	case OUT_DATETIME:
	case OUT_DATETIME_UTC:
	case OUT_CULTURE_DATETIME:
		if (value->length != 8 || !value_is_integer(value))
			return false;
		*form = add_filetime(value, to);
		return true;
	default:
		return false;
	}
}

static bool add_by_type(const struct value *value, struct text *to, enum value_form *form)
{
	*form = VALUE_FORM_TEXT;
	switch (value->type) {
	case VALUE_BOOL32:
		*form = VALUE_FORM_TRUTH;
		text_string(to, value_bits(value) ? "true" : "false");
		return true;
	case VALUE_POINTER:
	case VALUE_HEX32:
	case VALUE_HEX64:
		text_printf(to, "0x%" PRIx64, value_bits(value));
		return true;
	case VALUE_CHAR8:
		value_forms_code_point(value->bytes[0], to);
		return true;
	case VALUE_CHAR16:
		value_forms_code_point(le16(value->bytes), to);
		return true;
	default:
		return false;
	}
}

enum value_form value_text(const struct value *value, enum value_style style, bool classic,
			   struct text *to)
{
	enum value_form form;

	if (style == VALUE_COOKED) {
		if (add_mapped(value, to))
			return VALUE_FORM_TEXT;
		if (add_by_out_type(value, to, &form) || add_by_type(value, to, &form))
			return form;
	}
	return add_raw(value, classic, to);
}
