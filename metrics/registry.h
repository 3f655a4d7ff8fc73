/*
 * registry: metric families, their series, and the cells that hold the numbers.
 *
 * A family has a name and label names; a series is a family with label values; its number is the
 * sum of its cells (of gauges of doubles, what was set last). A cell is written by one thread alone
 * (the owner of its shard) and read by scrapes, and neither waits for the other. A series is born
 * and retired under the registry's lock, which is the only time a writer takes one; its label text
 * is kept from then on. A scrape takes that lock only for a moment, where it frees what was
 * retired. All functions but those that say otherwise may be called from any thread.
 */
#ifndef METRICS_REGISTRY_H
#define METRICS_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/cell.h"
#include "metrics/family_info.h"

struct registry;
struct family;
struct shard;

/* On top come overflow series, and those of families without labels, which have one each. */
struct registry_limits {
	size_t series;	    /* of all families together */
	size_t label_bytes; /* of one label value; longer ones are cut */
};

/* NULL when out of memory. Freeing it frees its families, series, shards and cells. */
struct registry *registry_new(const struct registry_limits *limits);
void registry_free(struct registry *registry);

/* What exists stays, though it be more. */
void registry_set_limits(struct registry *registry, const struct registry_limits *limits);

#define REGISTRY_FAMILIES_MAX 1024

/*
 * A family that is the same but for its help and its limit of series is the same family, also when
 * it was released in between; else it is new. NULL: out of memory, or there are
 * REGISTRY_FAMILIES_MAX already that are in use or still have series, or it cannot be shown: a
 * counter whose name does not end in _total; a histogram with a label "le", or whose bounds are
 * more than FAMILY_BOUNDS_MAX, not finite or not ascending, or whose native buckets are not as
 * family_info wants them. Each call wants a registry_release(), unless the registry is freed.
 */
struct family *registry_family(struct registry *registry, const struct family_info *info);

/* From now on it has this help and this limit of series. */
void registry_describe(struct registry *registry, struct family *family,
		       const struct family_info *info);

/* Whom nobody uses is on no page. Its place is taken by others when they need it. */
void registry_release(struct registry *registry, struct family *family);

/* Series of the family that exist, without the overflow series. */
size_t family_series(const struct family *family);

/* How often shard_count_overflow() was called for the family, and how many series have expired. */
uint64_t family_overflow_count(const struct registry *registry, const struct family *family);
uint64_t family_expired_count(const struct family *family);

/*
 * A shard holds the cells of one writing thread; it lives as long as the registry. NULL: out of
 * memory.
 */
struct shard *shard_new(struct registry *registry);

/* Nobody uses it any more: all its cells are given up, and it may be what shard_new() gives next.
 */
void shard_leave(struct shard *shard);

/* Gives up all the cells that shard_series_cell() gave of a family. Only by the shard's thread. */
void shard_retire_family(struct shard *shard, struct family *family);

/*
 * A new cell, zero, of the series with these label values (family_info.label_count strings); two
 * calls with the same values give two cells of the same series. Where a limit of series is reached,
 * the registry's or the family's (or memory is out), and the series is not there yet, the shard's
 * cell of the family's overflow series, which has every label set to "other", is given and
 * *overflow set. Never NULL. Takes a lock: remember the result. Only by the shard's thread.
 */
struct cell *shard_cell(struct shard *shard, struct family *family, const char *const *values,
			bool *overflow);

/*
 * As shard_cell(), but the same values give the same cell, so the result may be forgotten; label
 * values that are cut count the first time. Only by the shard's thread.
 */
struct cell *shard_series_cell(struct shard *shard, struct family *family,
			       const char *const *values, bool *overflow);

/*
 * Gives a cell up, which must not be used any more: it may come back as that of another series.
 * When all cells of a series are given up the series has expired: it is off the page and no longer
 * counts to the limits; asked for again, it is a new one that begins at zero. Until then what is in
 * the cell stays part of the series. An overflow cell is not given up. Only by the shard's thread.
 */
void shard_retire(struct shard *shard, struct family *family, struct cell *cell);

/*
 * The shard's overflow cell of this family, without looking anything up. Only by the shard's
 * thread.
 */
struct cell *shard_overflow(struct shard *shard, struct family *family);

/* To be called beside each change of an overflow cell; counted per family. */
void shard_count_overflow(struct shard *shard, struct family *family);

/*
 * True once, for the first caller after a series was refused by the registry's limit (not by its
 * family's), or for want of memory: that one logs it.
 */
bool registry_limit_news(struct registry *registry);

size_t registry_series(const struct registry *registry);
size_t registry_series_limit(const struct registry *registry);
uint64_t registry_labels_cut(const struct registry *registry);

/* One series of a family: its label text, which is not terminated and only valid here. */
typedef void family_visit(void *context, const char *labels, size_t length, uint64_t value);

/*
 * Visits the series of a family of NUMBER_U64 by label text, with their numbers, not scaled. Locks
 * out scrapes meanwhile; writers of cells are never held up. -1: out of memory, nothing was
 * visited.
 */
int family_walk(struct registry *registry, struct family *family, family_visit *visit,
		void *context);

struct exposition;

/*
 * Writes all families with their series, sorted by label text. Also the registry's own:
 * etw_exporter_series, etw_exporter_series_limit, etw_exporter_series_overflow_total{family},
 * etw_exporter_series_expired_total{family}, etw_exporter_label_truncations_total. Concurrent calls
 * are serialised among themselves; writers of cells are never held up.
 */
void registry_expose(struct registry *registry, struct exposition *exposition);

#endif
