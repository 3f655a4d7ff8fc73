/*
 * registry: metric families, their series, and the cells that hold the numbers.
 *
 * A family has a name and label names; a series is a family with label values; its number is the
 * sum of its cells. A cell is written by one thread alone (the owner of its shard) and read by
 * scrapes with relaxed atomics, so neither waits for the other. A series is born under the
 * registry's lock, which is the only time a writer takes one; its label text is rendered then,
 * once. A scrape does not take that lock. Series are never removed. All functions but those that
 * say otherwise may be called from any thread.
 */
#ifndef METRICS_REGISTRY_H
#define METRICS_REGISTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_INFO, /* value 1, name ends in _info */
};

/* What a family is. Strings and the array are borrowed and outlive the registry. */
struct family_info {
	const char
		*name; /* as in the text format: a counter's ends in _total, an info's in _info */
	const char *help;
	enum metric_type type;
	const char *const *labels;
	size_t label_count;
};

struct cell {
	_Atomic uint64_t value;
	struct cell *next; /* of the same series */
};

/* Only by the thread that owns the cell's shard. */
static inline void cell_add(struct cell *cell, uint64_t n)
{
	uint64_t value = atomic_load_explicit(&cell->value, memory_order_relaxed);

	atomic_store_explicit(&cell->value, value + n, memory_order_relaxed);
}

static inline uint64_t cell_value(const struct cell *cell)
{
	return atomic_load_explicit(&cell->value, memory_order_relaxed);
}

struct registry;
struct family;
struct shard;

struct registry_limits {
	size_t series;	    /* of all families together; overflow series come on top */
	size_t label_bytes; /* of one label value; longer ones are cut */
};

/* NULL when out of memory. Freeing it frees its families, series, shards and cells. */
struct registry *registry_new(const struct registry_limits *limits);
void registry_free(struct registry *registry);

#define REGISTRY_FAMILIES_MAX 1024

/*
 * Families are added before the first shard is used and the first scrape. NULL: out of memory, or
 * there are REGISTRY_FAMILIES_MAX already.
 */
struct family *registry_family(struct registry *registry, const struct family_info *info);

/*
 * A shard holds the cells of one writing thread; it lives as long as the registry. NULL: out of
 * memory.
 */
struct shard *shard_new(struct registry *registry);

/*
 * A new cell, zero, of the series with these label values (family_info.label_count strings); two
 * calls with the same values give two cells of the same series. Where the series limit is reached
 * (or memory is out) and the series is not there yet, the shard's cell of the family's overflow
 * series, which has every label set to "other", is given and *overflow set. Never NULL. Takes a
 * lock: remember the result. Only by the shard's thread.
 */
struct cell *shard_cell(struct shard *shard, struct family *family, const char *const *values,
			bool *overflow);

/*
 * The shard's overflow cell of this family, without looking anything up. Only by the shard's
 * thread.
 */
struct cell *shard_overflow(struct shard *shard, struct family *family);

/* To be called beside each cell_add() on an overflow cell; counted per family. */
void shard_count_overflow(struct shard *shard, struct family *family);

/* True once, for the first caller after a series was refused: that one logs it. */
bool registry_limit_news(struct registry *registry);

size_t registry_series(const struct registry *registry);
size_t registry_series_limit(const struct registry *registry);
uint64_t registry_labels_cut(const struct registry *registry);

struct exposition;

/*
 * Writes all families with their series, sorted by label text. Also the registry's own:
 * etw_exporter_series, etw_exporter_series_limit, etw_exporter_series_overflow_total{family},
 * etw_exporter_label_truncations_total. Concurrent calls are serialised among themselves; writers
 * of cells are never held up.
 */
void registry_expose(struct registry *registry, struct exposition *exposition);

#endif
