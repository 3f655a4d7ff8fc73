#include "exporter/value_text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "exporter/bytes.h"
#include "exporter/guid.h"
#include "exporter/time_text.h"
#include "exporter/utf16.h"
#include "exporter/value_number.h"
#include "metrics/utf8.h"

#define FILETIME_UNIX_EPOCH 116444736000000000 /* 100 ns from 1601 to 1970 */
#define EXACT_LIMIT	    ((uint64_t)1 << 53)
#define REPLACEMENT	    0xfffd
#define AF_INET_WINDOWS	    2
#define AF_INET6_WINDOWS    23

static void add_code_point(struct text *to, uint32_t c)
{
	char encoded[UTF8_BYTES_MAX];
	bool is_surrogate = c >= 0xd800 && c <= 0xdfff;

	text_add(to, encoded, utf8_encode(is_surrogate ? REPLACEMENT : c, encoded));
}

static void add_utf16(const struct value *value, struct text *to)
{
	struct bytes bytes = {value->bytes, value->length};

	while (bytes.left >= 2)
		add_code_point(to, utf16_take(&bytes));
}

/* What code page 1252 has from 0x80 to 0x9f; the five without a character stay as they are. */
static const uint16_t code_page_1252[] = {
	0x20ac, 0x81,	0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0x8d,	0x017d, 0x8f,	0x90,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,	0x017e, 0x0178,
};

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
			add_code_point(to, byte < 0xa0 ? code_page_1252[byte - 0x80] : byte);
			at++;
		} else if (length) {
			text_add(to, value->bytes + at, length);
			at += length;
		} else {
			add_code_point(to, REPLACEMENT);
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

static void add_guid(const struct value *value, struct text *to)
{
	char text[GUID_TEXT_SIZE];
	struct guid guid;

	memcpy(guid.bytes, value->bytes, sizeof(guid.bytes));
	guid_format(&guid, text);
	text_string(to, text);
}

static void add_sid(const struct value *value, struct text *to)
{
	const uint8_t *at = value->bytes;
	uint64_t authority = 0;
	uint8_t i;

	for (i = 2; i < 8; i++)
		authority = authority << 8 | at[i];
	text_printf(to, "S-%u-%" PRIu64, at[0], authority);
	for (i = 0; i < at[1]; i++)
		text_printf(to, "-%" PRIu32, le32(at + 8 + 4 * (size_t)i));
}

static void add_ip(int family, const uint8_t *address, struct text *to)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(family, address, text, sizeof(text)))
		text_string(to, text);
}

/* A SOCKADDR: family in host order, port and address in network order. */
static bool add_socket_address(const struct value *value, struct text *to)
{
	const uint8_t *at = value->bytes;
	unsigned int port;

	if (value->length < 8)
		return false;
	port = (unsigned int)at[2] << 8 | at[3];
	if (le16(at) == AF_INET_WINDOWS) {
		add_ip(AF_INET, at + 4, to);
	} else if (le16(at) == AF_INET6_WINDOWS && value->length >= 24) {
		text_char(to, '[');
		add_ip(AF_INET6, at + 8, to);
		text_char(to, ']');
	} else {
		return false;
	}
	text_printf(to, ":%u", port);
	return true;
}

static enum value_form add_filetime(uint64_t filetime, struct text *to)
{
	char text[TIME_TEXT_SIZE];

	if (filetime == 0)
		return VALUE_FORM_NONE;
	if (filetime > INT64_MAX) {
		text_u64(to, filetime);
		return VALUE_FORM_TEXT;
	}
	text_string(to, time_text_100ns((int64_t)filetime - FILETIME_UNIX_EPOCH, text));
	return VALUE_FORM_TEXT;
}

/* Year, month, day of week, day, hour, minute, second, millisecond; the zone is not in the data. */
static void add_systemtime(const uint8_t *at, struct text *to)
{
	text_printf(to, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", le16(at), le16(at + 2), le16(at + 6),
		    le16(at + 8), le16(at + 10), le16(at + 12), le16(at + 14));
}

static bool is_string(enum value_type type)
{
	return type == VALUE_UTF16 || type == VALUE_ANSI;
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
		add_guid(value, to);
		return VALUE_FORM_TEXT;
	case VALUE_FILETIME:
		return add_filetime(value_bits(value), to);
	case VALUE_SYSTEMTIME:
		add_systemtime(value->bytes, to);
		return VALUE_FORM_TEXT;
	case VALUE_SID:
	case VALUE_WBEM_SID:
		if (!value->length)
			return VALUE_FORM_NONE;
		add_sid(value, to);
		return VALUE_FORM_TEXT;
	case VALUE_IPV4:
		add_ip(AF_INET, value->bytes, to);
		return VALUE_FORM_TEXT;
	case VALUE_IPV6:
		add_ip(AF_INET6, value->bytes, to);
		return VALUE_FORM_TEXT;
	case VALUE_NULL:
		return VALUE_FORM_NONE;
	default:
		add_hex_bytes(value, to);
		return VALUE_FORM_TEXT;
	}
}

/* Names of the bits that are set, joined; what has no name is left as a number behind them. */
static void add_bits(const struct value_map *map, uint32_t number, struct text *to)
{
	size_t before = to->length, i;

	for (i = 0; i < map->count; i++) {
		if (!map->values[i] || (number & map->values[i]) != map->values[i])
			continue;
		text_string(to, to->length > before ? "|" : "");
		text_string(to, map->names[i]);
		number &= ~map->values[i];
	}
	if (number || to->length == before)
		text_printf(to, "%s0x%" PRIx32, to->length > before ? "|" : "", number);
}

static bool add_mapped(const struct value *value, struct text *to)
{
	const struct value_map *map = value->field->map;
	uint64_t number = value_bits(value);
	size_t i;

	if (!map || !value_is_integer(value) || number > UINT32_MAX)
		return false;
	for (i = 0; i < map->count; i++) {
		if (map->values[i] == number) {
			text_string(to, map->names[i]);
			return true;
		}
	}
	if (map->bits)
		add_bits(map, (uint32_t)number, to);
	return map->bits;
}

/* What the out-type makes of it; false: nothing that the type alone would not. */
static bool add_by_out_type(const struct value *value, struct text *to, enum value_form *form)
{
	*form = VALUE_FORM_TEXT;
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
		if (!value_is_integer(value))
			return false;
		text_printf(to, "0x%" PRIx64, value_bits(value));
		return true;
	case OUT_PORT:
		if (value->length != 2 || is_string((enum value_type)value->type))
			return false;
		*form = VALUE_FORM_NUMBER;
		text_printf(to, "%u", (unsigned int)value->bytes[0] << 8 | value->bytes[1]);
		return true;
	case OUT_IPV4:
		if (value->length != 4 || is_string((enum value_type)value->type))
			return false;
		add_ip(AF_INET, value->bytes, to);
		return true;
	case OUT_IPV6:
		if (value->length != 16 || is_string((enum value_type)value->type))
			return false;
		add_ip(AF_INET6, value->bytes, to);
		return true;
	case OUT_SOCKET_ADDRESS:
		return value->type == VALUE_BINARY && add_socket_address(value, to);
	case OUT_STRING:
		if (value->type == VALUE_U16 || value->type == VALUE_CHAR16)
			add_code_point(to, le16(value->bytes));
		else if (value->length == 1 && value_is_integer(value))
			add_code_point(to, value->bytes[0]);
		else
			return false;
		return true;
	case OUT_DATETIME:
	case OUT_DATETIME_UTC:
	case OUT_CULTURE_DATETIME:
		if (value->length != 8 || !value_is_integer(value))
			return false;
		*form = add_filetime(value_bits(value), to);
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
		add_code_point(to, value->bytes[0]);
		return true;
	case VALUE_CHAR16:
		add_code_point(to, le16(value->bytes));
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
