#include "exporter/value/letter_case.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Upper case letters from `first` to `last` and what to add for lower case; ALTERNATE: upper and
 * lower stand by turns, and `first` is an upper, `last` a lower one. Sorted.
 */
struct letters {
	uint32_t first, last;
	int32_t to_lower;
};

#define ALTERNATE 0

static const struct letters ranges[] = {
	{0x41, 0x5a, 32},
	{0xc0, 0xd6, 32},
	{0xd8, 0xde, 32},
	{0x100, 0x12f, ALTERNATE},
	{0x132, 0x137, ALTERNATE},
	{0x139, 0x148, ALTERNATE},
	{0x14a, 0x177, ALTERNATE},
	{0x178, 0x178, -121},
	{0x179, 0x17e, ALTERNATE},
	{0x370, 0x373, ALTERNATE},
	{0x376, 0x377, ALTERNATE},
	{0x386, 0x386, 38},
	{0x388, 0x38a, 37},
	{0x38c, 0x38c, 64},
	{0x38e, 0x38f, 63},
	{0x391, 0x3a1, 32},
	{0x3a3, 0x3ab, 32},
	{0x3d8, 0x3ef, ALTERNATE},
	{0x400, 0x40f, 80},
	{0x410, 0x42f, 32},
	{0x460, 0x481, ALTERNATE},
	{0x48a, 0x4bf, ALTERNATE},
	{0x4c0, 0x4c0, 15},
	{0x4c1, 0x4ce, ALTERNATE},
	{0x4d0, 0x52f, ALTERNATE},
	{0x531, 0x556, 48},
	{0x1e00, 0x1e95, ALTERNATE},
	{0x1ea0, 0x1eff, ALTERNATE},
	{0xff21, 0xff3a, 32},
};

/* Letters that are mapped one way only. */
struct one_way {
	uint32_t from, to;
};

static const struct one_way lowers[] = {{0x130, 'i'}, {0x1e9e, 0xdf}};
static const struct one_way uppers[] = {
	{0xb5, 0x39c},	{0x131, 'I'},	{0x17f, 'S'},	{0x3c2, 0x3a3},
	{0x3d0, 0x392}, {0x3d1, 0x398}, {0x3d5, 0x3a6}, {0x3d6, 0x3a0},
	{0x3f0, 0x39a}, {0x3f1, 0x3a1}, {0x3f5, 0x395}, {0x1e9b, 0x1e60},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static uint32_t find_one_way(const struct one_way *table, size_t count, uint32_t c)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (table[i].from == c)
			return table[i].to;
	return c;
}

uint32_t letter_lower(uint32_t c)
{
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		const struct letters *range = &ranges[i];

		if (c < range->first || c > range->last)
			continue;
		if (range->to_lower != ALTERNATE)
			return (uint32_t)((int32_t)c + range->to_lower);
		return (c - range->first) % 2 == 0 ? c + 1 : c;
	}
	return find_one_way(lowers, COUNT(lowers), c);
}

uint32_t letter_upper(uint32_t c)
{
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		const struct letters *range = &ranges[i];
		uint32_t upper = (uint32_t)((int32_t)c - range->to_lower);

		if (range->to_lower != ALTERNATE && upper >= range->first && upper <= range->last)
			return upper;
		if (range->to_lower == ALTERNATE && c >= range->first && c <= range->last)
			return (c - range->first) % 2 == 1 ? c - 1 : c;
	}
	return find_one_way(uppers, COUNT(uppers), c);
}
