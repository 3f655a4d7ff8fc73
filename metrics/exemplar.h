/*
 * exemplar: of what fell into a bucket, or was added to a counter, the last: its labels, its value
 * and its time. Kept in words of a cell, of a fixed number, beneath a counter of changes which is
 * odd while they are written: a scrape reads them again then, and who writes never waits.
 */
#ifndef METRICS_EXEMPLAR_H
#define METRICS_EXEMPLAR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* OpenMetrics' limit is characters of names and values; these are bytes of them. */
#define EXEMPLAR_CHARACTERS_MAX 128
/* As rendered, which what is escaped makes longer. */
#define EXEMPLAR_BYTES 256
#define EXEMPLAR_WORDS (4 + EXEMPLAR_BYTES / sizeof(uint64_t))

struct exemplar {
	int64_t time_ns; /* since 1970; 0: it is not known */
	double value;
	size_t length;		     /* 0: there is none */
	char labels[EXEMPLAR_BYTES]; /* as between the braces of a sample; not terminated */
};

/* Only by the thread that owns the words. */
void exemplar_put(_Atomic uint64_t *words, const struct exemplar *exemplar);

/* Takes what the words hold where that is later than what is there already. */
void exemplar_take_later(const _Atomic uint64_t *words, struct exemplar *exemplar);

#endif
