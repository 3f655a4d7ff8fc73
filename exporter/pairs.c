#include "exporter/pairs.h"

#include <stdlib.h>

#include "exporter/hash_index.h"
#include "exporter/pair_store.h"
#include "exporter/seeded_hash.h"

#define LIMIT_MAX	((size_t)1 << 24)
#define BYTES_PER_ENTRY 256

/* What waits on one side, in the order in which it came. */
struct waiting {
	uint32_t oldest, newest;
	size_t count;
	size_t bytes; /* of keys and notes */
};

struct pairs {
	size_t limit;
	size_t bytes_limit; /* of each side */
	uint64_t timeout_ns;
	struct pairs_counts *counts;
	uint64_t event;	   /* at hand; 0: not known */
	uint32_t own;	   /* what waits of it */
	int64_t newest_ns; /* of all events; only grows, until the end of the trace */
	struct waiting waiting[PAIR_SIDE_COUNT];
	struct pair_store store;
	struct hash_index index;
	struct hash_seed seed;
};

/* An event that came, and what waits with the same key. */
struct coming {
	const uint8_t *key;
	size_t key_bytes;
	int64_t time_ns;
	enum pair_side side;
	uint32_t hash;
	uint32_t found[PAIR_SIDE_COUNT];
};

struct pairs *pairs_new(size_t limit, uint64_t timeout_ns, struct pairs_counts *counts)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));

	if (!pairs)
		return NULL;
	pairs->limit = limit < LIMIT_MAX ? limit : LIMIT_MAX;
	pairs->bytes_limit = pairs->limit * BYTES_PER_ENTRY;
	pairs->timeout_ns = timeout_ns;
	pairs->counts = counts;
	pairs->newest_ns = INT64_MIN;
	pair_store_init(&pairs->store);
	hash_seed_draw(&pairs->seed);
	return pairs;
}

void pairs_free(struct pairs *pairs)
{
	if (!pairs)
		return;
	hash_index_done(&pairs->index);
	pair_store_done(&pairs->store);
	free(pairs);
}

/* The owner alone writes: no need for a locked instruction. */
static void count(_Atomic uint64_t *number)
{
	atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

static void count_open(struct pairs *pairs)
{
	atomic_store_explicit(&pairs->counts->open, pairs->waiting[PAIR_START].count,
			      memory_order_relaxed);
}

static uint32_t *newer_of(struct pairs *pairs, struct waiting *waiting, uint32_t number)
{
	return number == PAIR_NONE ? &waiting->oldest
				   : &pair_store_entry(&pairs->store, number)->newer;
}

static uint32_t *older_of(struct pairs *pairs, struct waiting *waiting, uint32_t number)
{
	return number == PAIR_NONE ? &waiting->newest
				   : &pair_store_entry(&pairs->store, number)->older;
}

static void append(struct pairs *pairs, struct pair_entry *entry, uint32_t number)
{
	struct waiting *waiting = &pairs->waiting[entry->side];

	entry->older = waiting->newest;
	entry->newer = PAIR_NONE;
	*newer_of(pairs, waiting, entry->older) = number;
	waiting->newest = number;
	waiting->count++;
	waiting->bytes += (size_t)entry->key_bytes + entry->note_bytes;
	count_open(pairs);
}

/* It waits no more; what it holds can be read until something is added. */
static struct pair_entry *take_out(struct pairs *pairs, uint32_t number)
{
	struct pair_entry *entry = pair_store_entry(&pairs->store, number);
	struct waiting *waiting = &pairs->waiting[entry->side];

	*newer_of(pairs, waiting, entry->older) = entry->newer;
	*older_of(pairs, waiting, entry->newer) = entry->older;
	waiting->count--;
	waiting->bytes -= (size_t)entry->key_bytes + entry->note_bytes;
	hash_index_remove(&pairs->index, entry->hash, number);
	count_open(pairs);
	return entry;
}

static void give_up(struct pairs *pairs, uint32_t number, _Atomic uint64_t *reason)
{
	take_out(pairs, number);
	pair_store_remove(&pairs->store, number);
	count(reason);
}

/* The newest time only grows, so what came first has waited longest. */
static void expire_side(struct pairs *pairs, enum pair_side side, _Atomic uint64_t *reason)
{
	const struct waiting *waiting = &pairs->waiting[side];

	while (waiting->oldest != PAIR_NONE) {
		const struct pair_entry *entry = pair_store_entry(&pairs->store, waiting->oldest);

		if ((uint64_t)pairs->newest_ns - (uint64_t)entry->since_ns <= pairs->timeout_ns)
			break;
		give_up(pairs, waiting->oldest, reason);
	}
}

static void advance(struct pairs *pairs, int64_t time_ns)
{
	if (time_ns <= pairs->newest_ns)
		return;
	pairs->newest_ns = time_ns;
	expire_side(pairs, PAIR_START, &pairs->counts->expired);
	expire_side(pairs, PAIR_END, &pairs->counts->unmatched[PAIR_END]);
}

/* At most one of each side has the key. */
static void find(struct pairs *pairs, struct coming *coming)
{
	uint32_t at = coming->hash, number;

	while ((number = hash_index_next(&pairs->index, coming->hash, &at))) {
		struct pair_entry *entry = pair_store_entry(&pairs->store, number);

		if (pair_store_has_key(&pairs->store, entry, coming->key, coming->key_bytes))
			coming->found[entry->side] = number;
	}
}

/* Out of order as well as in order: no two are a pair that are more than the timeout apart. */
static bool is_pair(const struct pairs *pairs, const struct coming *coming,
		    const struct pair_entry *other)
{
	int64_t start = coming->side == PAIR_START ? coming->time_ns : other->time_ns;
	int64_t end = coming->side == PAIR_START ? other->time_ns : coming->time_ns;

	return end >= start && (uint64_t)end - (uint64_t)start <= pairs->timeout_ns;
}

static bool match(struct pairs *pairs, const struct coming *coming, struct paired *with)
{
	uint32_t number = coming->found[coming->side == PAIR_START ? PAIR_END : PAIR_START];
	struct pair_entry *entry;

	if (number == PAIR_NONE || number == pairs->own ||
	    !is_pair(pairs, coming, pair_store_entry(&pairs->store, number)))
		return false;
	entry = take_out(pairs, number);
	*with = (struct paired){.time_ns = entry->time_ns,
				.owner = entry->owner,
				.note = pair_store_note(&pairs->store, entry),
				.note_bytes = entry->note_bytes};
	pair_store_remove(&pairs->store, number);
	count(&pairs->counts->matched);
	return true;
}

/*
 * Of two of the same side and key the later one waits on: what comes next belongs to it. False: the
 * one that came is the earlier.
 */
static bool replace(struct pairs *pairs, const struct coming *coming)
{
	uint32_t number = coming->found[coming->side];

	if (number == PAIR_NONE)
		return true;
	if (pair_store_entry(&pairs->store, number)->time_ns > coming->time_ns)
		return false;
	give_up(pairs, number, &pairs->counts->unmatched[coming->side]);
	return true;
}

/* The oldest go until one more of so many bytes fits. */
static bool make_room(struct pairs *pairs, enum pair_side side, size_t bytes)
{
	const struct waiting *waiting = &pairs->waiting[side];

	if (!pairs->limit || bytes > pairs->bytes_limit)
		return false;
	while (waiting->count == pairs->limit || bytes > pairs->bytes_limit - waiting->bytes)
		give_up(pairs, waiting->oldest, &pairs->counts->unmatched[side]);
	return hash_index_reserve(&pairs->index);
}

static bool wait_for_other(struct pairs *pairs, const struct coming *coming, const void *owner,
			   const uint8_t *note, size_t note_bytes)
{
	struct pair_entry *entry;
	uint32_t number;

	if (!replace(pairs, coming) ||
	    !make_room(pairs, coming->side, coming->key_bytes + note_bytes))
		return false;
	number = pair_store_add(&pairs->store, coming->key, (uint16_t)coming->key_bytes, note,
				(uint16_t)note_bytes);
	if (number == PAIR_NONE)
		return false;
	entry = pair_store_entry(&pairs->store, number);
	entry->hash = coming->hash;
	entry->side = (uint8_t)coming->side;
	entry->time_ns = coming->time_ns;
	entry->since_ns = pairs->newest_ns;
	entry->owner = owner;
	append(pairs, entry, number);
	pairs->own = pairs->event ? number : PAIR_NONE;
	hash_index_add(&pairs->index, entry->hash, number);
	return true;
}

bool pairs_add(struct pairs *pairs, enum pair_side side, const uint8_t *key, size_t key_bytes,
	       int64_t time_ns, const void *owner, const uint8_t *note, size_t note_bytes,
	       struct paired *with)
{
	struct coming coming = {
		.key = key, .key_bytes = key_bytes, .time_ns = time_ns, .side = side};

	advance(pairs, time_ns);
	if (key_bytes <= PAIRS_KEY_MAX && note_bytes <= PAIRS_NOTE_MAX) {
		coming.hash = (uint32_t)seeded_hash(&pairs->seed, key, key_bytes);
		if (pairs->index.count)
			find(pairs, &coming);
		if (match(pairs, &coming, with))
			return true;
		if (wait_for_other(pairs, &coming, owner, note, note_bytes))
			return false;
	}
	count(&pairs->counts->unmatched[side]);
	return false;
}

void pairs_set_event(struct pairs *pairs, uint64_t event)
{
	if (event != pairs->event)
		pairs->own = PAIR_NONE;
	pairs->event = event;
}

void pairs_end(struct pairs *pairs)
{
	unsigned int side;

	for (side = 0; side < PAIR_SIDE_COUNT; side++)
		while (pairs->waiting[side].oldest != PAIR_NONE)
			give_up(pairs, pairs->waiting[side].oldest,
				&pairs->counts->unmatched[side]);
	pairs->newest_ns = INT64_MIN;
}
