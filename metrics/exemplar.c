#include "metrics/exemplar.h"

#include <sched.h>
#include <string.h>

enum {
	WORD_CHANGES, /* odd while the others are written; 0: there is none yet */
	WORD_TIME,
	WORD_VALUE,
	WORD_LENGTH,
	WORD_LABELS
};

/* Who reads what was put sees how the counter of changes was then, or later. */
static void put(_Atomic uint64_t *words, size_t at, uint64_t value)
{
	atomic_store_explicit(&words[at], value, memory_order_release);
}

static uint64_t get(const _Atomic uint64_t *words, size_t at)
{
	return atomic_load_explicit(&words[at], memory_order_acquire);
}

void exemplar_put(_Atomic uint64_t *words, const struct exemplar *exemplar)
{
	uint64_t changes = atomic_load_explicit(&words[WORD_CHANGES], memory_order_relaxed), word;
	size_t at, bytes;

	atomic_store_explicit(&words[WORD_CHANGES], changes + 1, memory_order_relaxed);
	put(words, WORD_TIME, (uint64_t)exemplar->time_ns);
	memcpy(&word, &exemplar->value, sizeof(word));
	put(words, WORD_VALUE, word);
	put(words, WORD_LENGTH, exemplar->length);
	for (at = 0; at < exemplar->length; at += sizeof(word)) {
		bytes = exemplar->length - at < sizeof(word) ? exemplar->length - at : sizeof(word);
		word = 0;
		memcpy(&word, exemplar->labels + at, bytes);
		put(words, WORD_LABELS + at / sizeof(word), word);
	}
	put(words, WORD_CHANGES, changes + 2);
}

/* False: it was being written. */
static bool try_read(const _Atomic uint64_t *words, struct exemplar *exemplar)
{
	uint64_t changes = get(words, WORD_CHANGES), word;
	size_t at;

	exemplar->length = 0;
	if (changes & 1)
		return false;
	if (!changes)
		return true;
	exemplar->time_ns = (int64_t)get(words, WORD_TIME);
	word = get(words, WORD_VALUE);
	memcpy(&exemplar->value, &word, sizeof(word));
	exemplar->length = get(words, WORD_LENGTH);
	for (at = 0; at < exemplar->length; at += sizeof(word)) {
		word = get(words, WORD_LABELS + at / sizeof(word));
		memcpy(exemplar->labels + at, &word, sizeof(word));
	}
	return atomic_load_explicit(&words[WORD_CHANGES], memory_order_relaxed) == changes;
}

void exemplar_take_later(const _Atomic uint64_t *words, struct exemplar *exemplar)
{
	struct exemplar read;

	while (!try_read(words, &read))
		sched_yield();
	if (read.length && (!exemplar->length || read.time_ns > exemplar->time_ns))
		*exemplar = read;
}
