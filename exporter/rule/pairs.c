#include "exporter/rule/pairs.h"

#include <stdlib.h>

#include "exporter/base/hash_index.h"
#include "exporter/rule/pair_store.h"
#include "exporter/base/seeded_hash.h"

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

/* An event that came, and what of that which waits with the same key matters. */
struct coming {
	const uint8_t *key;
	size_t key_bytes;
	int64_t time_ns;
	int64_t bound_ns; /* as of an entry */
	enum pair_side side;
	uint32_t hash;
	uint32_t other;	   /* of its pair */
	uint32_t least;	   /* of its own side the one with the least room for its other side */
	unsigned int same; /* how many wait on its own side */
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

static bool is_before(enum pair_side side, int64_t a_ns, int64_t b_ns)
{
	return side == PAIR_START ? a_ns <= b_ns : a_ns >= b_ns;
}

/* Whether one of this side and time may have its other side there. */
static bool reaches(const struct pairs *pairs, enum pair_side side, int64_t time_ns,
		    int64_t bound_ns, int64_t other_ns)
{
	uint64_t apart = side == PAIR_START ? (uint64_t)other_ns - (uint64_t)time_ns
					    : (uint64_t)time_ns - (uint64_t)other_ns;

	return is_before(side, time_ns, other_ns) && is_before(side, other_ns, bound_ns) &&
	       apart <= pairs->timeout_ns;
}

/* The nearer of two bounds. */
static void narrow(enum pair_side side, int64_t *bound_ns, int64_t time_ns)
{
	if (is_before(side, time_ns, *bound_ns))
		*bound_ns = time_ns;
}

/* Of what may be the other side the nearest is. */
static void consider_other(const struct pairs *pairs, struct coming *coming, uint32_t number)
{
	const struct pair_entry *entry = pair_store_entry(&pairs->store, number);

	if (!reaches(pairs, entry->side, entry->time_ns, entry->bound_ns, coming->time_ns))
		return;
	if (coming->other == PAIR_NONE ||
	    is_before(coming->side, entry->time_ns,
		      pair_store_entry(&pairs->store, coming->other)->time_ns))
		coming->other = number;
}

/*
 * What comes is between what is on one side of it and what is on the other. Of the same time may be
 * the other half of one event, which ends one pair and begins the next.
 */
static void set_bounds(struct coming *coming, struct pair_entry *entry)
{
	if (entry->time_ns == coming->time_ns)
		return;
	if (is_before((enum pair_side)entry->side, entry->time_ns, coming->time_ns))
		narrow((enum pair_side)entry->side, &entry->bound_ns, coming->time_ns);
	if (is_before(coming->side, coming->time_ns, entry->time_ns))
		narrow(coming->side, &coming->bound_ns, entry->time_ns);
}

static uint64_t room(enum pair_side side, int64_t time_ns, int64_t bound_ns)
{
	return side == PAIR_START ? (uint64_t)bound_ns - (uint64_t)time_ns
				  : (uint64_t)time_ns - (uint64_t)bound_ns;
}

/* Of two the one to give up first: there is less room, or else it is earlier. */
static bool is_less(enum pair_side side, const struct pair_entry *a, int64_t time_ns,
		    int64_t bound_ns)
{
	uint64_t room_a = room(side, a->time_ns, a->bound_ns);
	uint64_t room_b = room(side, time_ns, bound_ns);

	return room_a < room_b || (room_a == room_b && a->time_ns < time_ns);
}

static void consider_same(const struct pairs *pairs, struct coming *coming, uint32_t number)
{
	const struct pair_entry *entry = pair_store_entry(&pairs->store, number), *least;

	coming->same++;
	if (coming->least != PAIR_NONE) {
		least = pair_store_entry(&pairs->store, coming->least);
		if (!is_less(coming->side, entry, least->time_ns, least->bound_ns))
			return;
	}
	coming->least = number;
}

static void find(struct pairs *pairs, struct coming *coming)
{
	uint32_t at = coming->hash, number;

	while ((number = hash_index_next(&pairs->index, coming->hash, &at))) {
		struct pair_entry *entry = pair_store_entry(&pairs->store, number);

		if (number == pairs->own ||
		    !pair_store_has_key(&pairs->store, entry, coming->key, coming->key_bytes))
			continue;
		if (entry->side != coming->side)
			consider_other(pairs, coming, number);
		set_bounds(coming, entry);
		if (entry->side == coming->side)
			consider_same(pairs, coming, number);
	}
}

static bool match(struct pairs *pairs, const struct coming *coming, struct paired *with)
{
	struct pair_entry *entry;

	if (coming->other == PAIR_NONE)
		return false;
	entry = take_out(pairs, coming->other);
	*with = (struct paired){.time_ns = entry->time_ns,
				.owner = entry->owner,
				.note = pair_store_note(&pairs->store, entry),
				.note_bytes = entry->note_bytes};
	pair_store_remove(&pairs->store, coming->other);
	count(&pairs->counts->matched);
	return true;
}

/* Of too many of the same side and key one goes. False: that is the one that came. */
static bool make_room_of_key(struct pairs *pairs, const struct coming *coming)
{
	if (coming->same < PAIRS_OF_KEY_MAX)
		return true;
	if (!is_less(coming->side, pair_store_entry(&pairs->store, coming->least), coming->time_ns,
		     coming->bound_ns))
		return false;
	give_up(pairs, coming->least, &pairs->counts->unmatched[coming->side]);
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

	if (!make_room_of_key(pairs, coming) ||
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
	entry->bound_ns = coming->bound_ns;
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
		.key = key,
		.key_bytes = key_bytes,
		.time_ns = time_ns,
		.bound_ns = side == PAIR_START ? INT64_MAX : INT64_MIN,
		.side = side,
		.other = PAIR_NONE,
		.least = PAIR_NONE,
	};

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
