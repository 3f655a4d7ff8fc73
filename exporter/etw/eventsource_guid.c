#include "exporter/etw/eventsource_guid.h"

#include "config/utf8.h"
#include "exporter/value/letter_case.h"
#include "exporter/base/sha1.h"

/* The namespace of EventSources, as RFC 4122 writes it: big endian. */
static const uint8_t eventsource_namespace[16] = {0x48, 0x2c, 0x2d, 0xb2, 0xc3, 0x90, 0x47, 0xc8,
						  0x87, 0xf8, 0x1a, 0x15, 0xbf, 0xc1, 0x30, 0xfb};

static void add_unit(struct sha1 *sha1, uint32_t unit)
{
	const uint8_t bytes[2] = {(uint8_t)(unit >> 8), (uint8_t)unit};

	sha1_add(sha1, bytes, sizeof(bytes));
}

/* As UTF-16, big endian. */
static void add_letter(struct sha1 *sha1, uint32_t code)
{
	if (code <= 0xffff) {
		add_unit(sha1, code);
		return;
	}
	add_unit(sha1, 0xd800 + ((code - 0x10000) >> 10));
	add_unit(sha1, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

void eventsource_guid(const char *name, struct guid *guid)
{
	size_t left = strlen(name), bytes;
	uint8_t hash[SHA1_BYTES];
	struct sha1 sha1;
	uint32_t code;

	sha1_init(&sha1);
	sha1_add(&sha1, eventsource_namespace, sizeof(eventsource_namespace));
	for (; left && (bytes = utf8_next(name, left, &code)); name += bytes, left -= bytes)
		add_letter(&sha1, letter_upper(code));
	sha1_finish(&sha1, hash);
	/* Version 5, in the byte where a GUID in memory has it. */
	hash[7] = (uint8_t)((hash[7] & 0x0f) | 0x50);
	memcpy(guid->bytes, hash, sizeof(guid->bytes));
}
