#include "exporter/value/value_forms.h"

#include <inttypes.h>

#include "config/filetime.h"
#include "exporter/base/bytes.h"
#include "exporter/base/guid.h"
#include "exporter/value/time_text.h"
#include "exporter/value/utf16.h"

#define REPLACEMENT	 0xfffd
#define AF_INET_WINDOWS	 2
#define AF_INET6_WINDOWS 23
#define SID_HEADER_BYTES 8

void value_forms_code_point(uint32_t c, struct text *to)
{
	char encoded[UTF8_BYTES_MAX];
	bool is_surrogate = c >= 0xd800 && c <= 0xdfff;

	text_add(to, encoded, utf8_encode(is_surrogate ? REPLACEMENT : c, encoded));
}

void value_forms_guid(const uint8_t *bytes, struct text *to)
{
	char text[GUID_TEXT_SIZE];
	struct guid guid;

	memcpy(guid.bytes, bytes, sizeof(guid.bytes));
	guid_format(&guid, text);
	text_string(to, text);
}

bool value_forms_sid(const uint8_t *bytes, size_t length, struct text *to)
{
	uint64_t authority = 0;
	uint8_t i;

	if (length < SID_HEADER_BYTES || length != SID_HEADER_BYTES + 4 * (size_t)bytes[1])
		return false;
	for (i = 2; i < SID_HEADER_BYTES; i++)
		authority = authority << 8 | bytes[i];
	text_printf(to, "S-%u-%" PRIu64, bytes[0], authority);
	for (i = 0; i < bytes[1]; i++)
		text_printf(to, "-%" PRIu32, le32(bytes + SID_HEADER_BYTES + 4 * (size_t)i));
	return true;
}

static void add_ipv4(const uint8_t *bytes, struct text *to)
{
	text_printf(to, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* The words of 16 bits that "::" stands for: the first of the longest runs of zeros. */
struct zeros {
	unsigned int from, count;
};

static struct zeros find_zeros(const uint16_t words[8])
{
	struct zeros best = {8, 1};
	unsigned int from, count;

	for (from = 0; from < 8; from += count + 1) {
		for (count = 0; from + count < 8 && !words[from + count]; count++)
			;
		if (count > best.count)
			best = (struct zeros){from, count};
	}
	return best;
}

/* RFC 5952; addresses of IPv4 in IPv6 end as those of IPv4. */
static void add_ipv6(const uint8_t *bytes, struct text *to)
{
	uint16_t words[8];
	struct zeros zeros;
	unsigned int i;

	for (i = 0; i < 8; i++)
		words[i] = (uint16_t)(bytes[(size_t)2 * i] << 8 | bytes[(size_t)2 * i + 1]);
	zeros = find_zeros(words);
	for (i = 0; i < 8; i++) {
		if (i == zeros.from) {
			text_string(to, "::");
			i += zeros.count - 1;
			continue;
		}
		if (i && i != zeros.from + zeros.count)
			text_char(to, ':');
		if (i == 6 && !zeros.from &&
		    (zeros.count == 6 || (zeros.count == 5 && words[5] == 0xffff))) {
			add_ipv4(bytes + 12, to);
			return;
		}
		text_printf(to, "%x", words[i]);
	}
}

bool value_forms_address(const uint8_t *bytes, size_t length, struct text *to)
{
	if (length == 4)
		add_ipv4(bytes, to);
	else if (length == 16)
		add_ipv6(bytes, to);
	return length == 4 || length == 16;
}

/* Family in host order, port and address in network order. */
bool value_forms_socket_address(const uint8_t *bytes, size_t length, struct socket_address *found)
{
	if (length < 8)
		return false;
	found->port = (uint16_t)(bytes[2] << 8 | bytes[3]);
	if (le16(bytes) == AF_INET_WINDOWS) {
		found->address = bytes + 4;
		found->address_bytes = 4;
		return true;
	}
	found->address = bytes + 8;
	found->address_bytes = 16;
	return le16(bytes) == AF_INET6_WINDOWS && length >= 24;
}

bool value_forms_filetime(uint64_t filetime, struct text *to)
{
	char text[TIME_TEXT_SIZE];

	if (filetime == 0)
		return false;
	if (filetime > INT64_MAX)
		text_u64(to, filetime);
	else
		text_string(to, time_text_100ns((int64_t)filetime - FILETIME_UNIX_EPOCH, text));
	return true;
}

/* Year, month, day of week, day, hour, minute, second, millisecond. */
void value_forms_systemtime(const uint8_t *bytes, struct text *to)
{
	text_printf(to, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", le16(bytes), le16(bytes + 2),
		    le16(bytes + 6), le16(bytes + 8), le16(bytes + 10), le16(bytes + 12),
		    le16(bytes + 14));
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

bool value_forms_map(const struct value_map *map, uint64_t number, struct text *to)
{
	size_t i;

	if (number > UINT32_MAX)
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

static bool has_bit(const uint8_t *bytes, size_t length, size_t bit)
{
	return bit / 8 < length && bytes[bit / 8] >> bit % 8 & 1;
}

void value_forms_bitmask(const uint8_t *bytes, size_t length, struct text *to)
{
	const char *between = "";
	size_t bit, last;

	for (bit = 0; bit < 8 * length; bit = last + 1) {
		last = bit;
		if (!has_bit(bytes, length, bit))
			continue;
		while (has_bit(bytes, length, last + 1))
			last++;
		text_printf(to, "%s%zu", between, bit);
		if (last > bit)
			text_printf(to, "-%zu", last);
		between = ",";
	}
	if (!*between)
		text_string(to, "none");
}
