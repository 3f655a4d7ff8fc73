/*
 * names: texts that are kept once, and are called by small numbers.
 *
 * Never forgotten: ids are dense and not used again. Bounded by bytes; what comes after that is the
 * name "other". Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_NAMES_H
#define EXPORTER_STATE_NAMES_H

#include "exporter/base/hash_index.h"
#include "exporter/base/seeded_hash.h"
#include "exporter/base/slab.h"
#include "exporter/state/table_counts.h"
#include "exporter/state/trace_state.h"
#include "metrics/arena.h"

/* Names that are there from the start. */
enum name_id {
	NAME_UNKNOWN,
	NAME_OTHER,
	NAME_IDLE,
	NAME_SYSTEM,
	NAME_FIRST_FREE
};

struct names {
	struct slab slab; /* of struct state_name; its number is the id + 1 */
	struct arena texts;
	struct hash_index index;
	struct hash_seed seed;
	size_t bytes, bytes_limit;
	uint32_t count;
	struct table_counts *counts;
};

/* -1: no memory. */
int names_init(struct names *names, size_t bytes_limit, struct table_counts *counts);
void names_done(struct names *names);

/* The id of a text, which is UTF-8; an empty one is NAME_UNKNOWN. */
uint32_t names_id(struct names *names, const char *text, size_t length);

static inline const struct state_name *names_get(const struct names *names, uint32_t id)
{
	return SLAB_AT(&names->slab, struct state_name, id + 1);
}

/*
 * Whether two names mean one process: letters of either case, and the kernel knows some by the
 * first 14 characters only.
 */
bool names_agree(const struct names *names, uint32_t a, uint32_t b);

#endif
