#include "exporter/state/names.h"

#include <string.h>
#include <strings.h>

#define CUT_LENGTH 14 /* of the kernel's short names of processes */

static uint32_t find(const struct names *names, uint32_t hash, const char *text, size_t length)
{
	uint32_t at = hash, number;

	while ((number = hash_index_next(&names->index, hash, &at))) {
		const struct state_name *name = names_get(names, number - 1);

		if (name->length == length && memcmp(name->text, text, length) == 0)
			break;
	}
	return number;
}

/* 0: no memory. */
static uint32_t add(struct names *names, uint32_t hash, const char *text, size_t length)
{
	struct state_name *name;
	uint32_t number;
	char *copy;

	if (!hash_index_reserve(&names->index))
		return 0;
	copy = arena_alloc(&names->texts, length + 1);
	number = copy ? slab_take(&names->slab) : SLAB_NONE;
	if (number == SLAB_NONE)
		return 0;
	memcpy(copy, text, length);
	copy[length] = '\0';
	name = SLAB_AT(&names->slab, struct state_name, number);
	*name = (struct state_name){number - 1, (uint32_t)length, copy};
	hash_index_add(&names->index, hash, number);
	names->bytes += length + 1 + sizeof(*name);
	table_set_entries(names->counts, ++names->count);
	return number;
}

uint32_t names_id(struct names *names, const char *text, size_t length)
{
	uint32_t hash, number;

	if (!length)
		return NAME_UNKNOWN;
	hash = (uint32_t)seeded_hash(&names->seed, (const uint8_t *)text, length);
	number = find(names, hash, text, length);
	if (!number && names->bytes + length + 1 + sizeof(struct state_name) <= names->bytes_limit)
		number = add(names, hash, text, length);
	if (number)
		return number - 1;
	table_refuse(names->counts);
	return NAME_OTHER;
}

/* These come before any limit, so that a name can always be given. */
static int add_fixed(struct names *names)
{
	static const char *const fixed[NAME_FIRST_FREE] = {"unknown", "other", "Idle", "System"};
	uint32_t id;

	for (id = 0; id < NAME_FIRST_FREE; id++) {
		size_t length = strlen(fixed[id]);
		uint64_t hash = seeded_hash(&names->seed, (const uint8_t *)fixed[id], length);

		if (!add(names, (uint32_t)hash, fixed[id], length))
			return -1;
	}
	names->bytes = 0;
	return 0;
}

int names_init(struct names *names, size_t bytes_limit, struct table_counts *counts)
{
	*names = (struct names){.bytes_limit = bytes_limit, .counts = counts};
	slab_init(&names->slab, sizeof(struct state_name));
	arena_init(&names->texts);
	hash_seed_draw(&names->seed);
	return add_fixed(names);
}

void names_done(struct names *names)
{
	hash_index_done(&names->index);
	slab_done(&names->slab);
	arena_done(&names->texts);
}

bool names_agree(const struct names *names, uint32_t a, uint32_t b)
{
	const struct state_name *one = names_get(names, a), *two = names_get(names, b);
	uint32_t shorter = one->length < two->length ? one->length : two->length;

	if (a == b || a == NAME_UNKNOWN || b == NAME_UNKNOWN)
		return true;
	return (one->length == two->length || shorter >= CUT_LENGTH) &&
	       strncasecmp(one->text, two->text, shorter) == 0;
}
