/*
 * pairs: starts that wait for their ends, and ends that wait for their starts.
 *
 * What belongs together has the same key. Buffers of different CPUs come out of order, so an end
 * may be seen before its start: whichever comes second finds the first. Times are of the events, in
 * nanoseconds; a start pairs with an end that is not before it, nor more than the timeout behind
 * it. Pairs of a key do not overlap: between a start and its end there is no other event of the
 * key. So of several starts an end belongs to the last before it, and the others wait on for ends
 * that may still come, of times before the next start. What waits longer than the timeout (as the
 * newest time seen goes on) is given up. All memory for `limit` waiting starts and as many ends is
 * taken in pieces as it is needed and used again; nothing is allocated once it has been used once.
 * Owned and used by one thread, but for the counts.
 */
#ifndef EXPORTER_PAIRS_H
#define EXPORTER_PAIRS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pair_side {
	PAIR_START,
	PAIR_END,
	PAIR_SIDE_COUNT
};

struct pairs;

struct pairs_counts {
	_Atomic uint64_t matched;
	_Atomic uint64_t open;	  /* starts that wait now */
	_Atomic uint64_t expired; /* starts given up after the timeout */
	/*
	 * Given up for another reason, or, of ends, for any: there was no room, or PAIRS_OF_KEY_MAX
	 * others with the key wait, that all have more time left for their ends (starts).
	 */
	_Atomic uint64_t unmatched[PAIR_SIDE_COUNT];
};

/* `counts` is borrowed. NULL: no memory. */
struct pairs *pairs_new(size_t limit, uint64_t timeout_ns, struct pairs_counts *counts);
void pairs_free(struct pairs *pairs);

/* The other side that an event was paired with. `note` is valid until the next pairs_add(). */
struct paired {
	int64_t time_ns;
	const void *owner;
	const uint8_t *note;
	size_t note_bytes;
};

#define PAIRS_KEY_MAX	 4096
#define PAIRS_NOTE_MAX	 65535
#define PAIRS_OF_KEY_MAX 4 /* that wait on one side */

/*
 * An event of one side. True: the other side was waiting and is in `*with`; it waits no more.
 * False: this one waits now, with a copy of `note`; `owner` is handed back as it is. Where both
 * keys and notes together would take more than 256 bytes on average for each of `limit`, the oldest
 * go. Keys longer than PAIRS_KEY_MAX, notes longer than PAIRS_NOTE_MAX are refused and counted as
 * unmatched.
 */
bool pairs_add(struct pairs *pairs, enum pair_side side, const uint8_t *key, size_t key_bytes,
	       int64_t time_ns, const void *owner, const uint8_t *note, size_t note_bytes,
	       struct paired *with);

/*
 * Says which event the calls that follow are of: an event that is both an end and a start is no
 * pair of itself. 0, as at first: it is not known, and all calls are of different events.
 */
void pairs_set_event(struct pairs *pairs, uint64_t event);

/* At the end of a trace: what waits is counted as unmatched, and waits no more. */
void pairs_end(struct pairs *pairs);

#endif
