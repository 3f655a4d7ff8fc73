#include "exporter/docs/key_range.h"

#include <inttypes.h>
#include <stdio.h>

static void write_bound(const struct key *key, uint64_t bound, struct unit_text *to)
{
	if (key->kind == KEY_DURATION)
		unit_format(&unit_durations, bound, to);
	else if (key->kind == KEY_SIZE)
		unit_format(&unit_sizes, bound, to);
	else
		snprintf(to->text, sizeof(to->text), "%" PRIu64, bound);
}

bool key_range(const struct key *key, struct unit_text *low, struct unit_text *high)
{
	if (key->kind != KEY_DURATION && key->kind != KEY_SIZE && key->kind != KEY_COUNT)
		return false;
	write_bound(key, key->low, low);
	write_bound(key, key->high, high);
	return true;
}
