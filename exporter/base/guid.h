/*
 * guid: a GUID as traces hold it: u32, u16, u16 little endian, then 8 bytes.
 */
#ifndef EXPORTER_GUID_H
#define EXPORTER_GUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct guid {
	uint8_t bytes[16];
};

#define GUID_TEXT_SIZE 37 /* with the terminator */

/* GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c), an initializer: the text, commas for dashes. */
#define GUID(a, b, c, d, e) GUID_OF(0x##a, 0x##b, 0x##c, 0x##d, 0x##e##ull)
/* clang-format off */
#define GUID_OF(a, b, c, d, e)                                                                     \
	{{(uint8_t)(a), (uint8_t)((a) >> 8), (uint8_t)((a) >> 16), (uint8_t)((a) >> 24),           \
	  (uint8_t)(b), (uint8_t)((b) >> 8), (uint8_t)(c), (uint8_t)((c) >> 8),                    \
	  (uint8_t)((d) >> 8), (uint8_t)(d), (uint8_t)((e) >> 40), (uint8_t)((e) >> 32),           \
	  (uint8_t)((e) >> 24), (uint8_t)((e) >> 16), (uint8_t)((e) >> 8), (uint8_t)(e)}}
/* clang-format on */

/* Lower case, no braces. */
void guid_format(const struct guid *guid, char text[GUID_TEXT_SIZE]);

/* With or without braces, any case. False: text is no GUID, and guid is unchanged. */
bool guid_parse(const char *text, struct guid *guid);

/* Below, equal to or above 0, in the order of the text forms. */
int guid_compare(const struct guid *a, const struct guid *b);

static inline bool guid_equal(const struct guid *a, const struct guid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
