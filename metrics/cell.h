/*
 * cell: where one thread keeps its part of a series' number.
 *
 * Written by the thread that owns the cell's shard alone, and read by scrapes, both with relaxed
 * atomics. What has been in a cell is overwritten in place: neither side waits for the other.
 */
#ifndef METRICS_CELL_H
#define METRICS_CELL_H

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "metrics/exemplar.h"
#include "metrics/family_info.h"
#include "metrics/native.h"

struct series;

struct cell {
	_Atomic uint64_t value;	 /* an integer, or a double's bits; of histograms: the sum's */
	struct cell *next;	 /* of the same series */
	struct series *series;	 /* NULL while it is in none */
	uint32_t shard;		 /* whose number */
	bool retired;		 /* given up; written by its thread, under the registry's lock */
	_Atomic uint64_t more[]; /* family_info's type says what; see below */
};

/*
 * more[] of histograms: how many values fell in each bucket and in no lower one, the last is +Inf;
 * behind them, where the family has them, its native buckets; and exemplars of the others, as
 * counters have one.
 * more[0] of gauges of doubles: when it was set, nanoseconds since 1970, or CELL_NEVER_SET;
 * more[1]: in which pass.
 */
#define CELL_GAUGE_WORDS 2
#define CELL_NEVER_SET	 INT64_MIN

/* Of histograms: words before their exemplars. Counters have none before theirs. */
static inline size_t cell_bucket_words(const struct family_info *info)
{
	if (info->type != METRIC_HISTOGRAM)
		return 0;
	return info->bound_count + 1 + (info->native ? native_words(info->native) : 0);
}

/* Where the words of an exemplar begin in more[]. */
static inline size_t cell_exemplar_at(const struct family_info *info, size_t bucket)
{
	return cell_bucket_words(info) + bucket * EXEMPLAR_WORDS;
}

static inline double cell_double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline uint64_t cell_bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline uint64_t cell_value(const struct cell *cell)
{
	return atomic_load_explicit(&cell->value, memory_order_relaxed);
}

static inline double cell_double(const struct cell *cell)
{
	return cell_double_of(cell_value(cell));
}

/* The functions below are for the thread that owns the cell's shard. */

/* Of families of NUMBER_U64. */
static inline void cell_add(struct cell *cell, uint64_t n)
{
	uint64_t value = atomic_load_explicit(&cell->value, memory_order_relaxed);

	atomic_store_explicit(&cell->value, value + n, memory_order_relaxed);
}

/* Of counters of NUMBER_F64; `n` is not scaled, finite and not negative. */
static inline void cell_add_f64(struct cell *cell, double n)
{
	atomic_store_explicit(&cell->value, cell_bits_of(cell_double(cell) + n),
			      memory_order_relaxed);
}

/*
 * Of gauges of NUMBER_F64; `value` is not scaled. Of a series' cells the one that was set at the
 * latest `when` (nanoseconds since 1970) is shown. Within one `pass`, what was set earlier than
 * what the cell has is passed over.
 */
static inline void cell_set(struct cell *cell, double value, int64_t when, uint64_t pass)
{
	when += when == CELL_NEVER_SET;
	if (pass == atomic_load_explicit(&cell->more[1], memory_order_relaxed) &&
	    when < (int64_t)atomic_load_explicit(&cell->more[0], memory_order_relaxed))
		return;
	atomic_store_explicit(&cell->more[1], pass, memory_order_relaxed);
	atomic_store_explicit(&cell->value, cell_bits_of(value), memory_order_relaxed);
	atomic_store_explicit(&cell->more[0], (uint64_t)when, memory_order_release);
}

/* The first of the ascending bounds that `value` is not above; `count`: it is above all. */
static inline size_t histogram_bucket(const double *bounds, size_t count, double value)
{
	const double *at = bounds;
	size_t half;

	if (!count)
		return 0;
	for (; count > 1; count -= half) {
		half = count / 2;
		at += at[half - 1] < value ? half : 0;
	}
	return (size_t)(at - bounds) + (*at < value);
}

/* Of families that have exemplars; its value says in which bucket. */
static inline void cell_put_exemplar(struct cell *cell, const struct family_info *info,
				     const struct exemplar *exemplar)
{
	size_t bucket = info->type == METRIC_HISTOGRAM
				? histogram_bucket(info->bounds, info->bound_count, exemplar->value)
				: 0;

	exemplar_put(&cell->more[cell_exemplar_at(info, bucket)], exemplar);
}

/* Of histograms; `value` is not scaled, `shown` is; both are finite. */
static inline void cell_observe_finite(struct cell *cell, const struct family_info *info,
				       double value, double shown)
{
	_Atomic uint64_t *count =
		&cell->more[histogram_bucket(info->bounds, info->bound_count, shown)];
	uint64_t before = atomic_load_explicit(count, memory_order_relaxed);

	cell_add_f64(cell, value);
	atomic_store_explicit(count, before + 1, memory_order_relaxed);
	if (info->native)
		native_observe(&cell->more[info->bound_count + 1], info->native, shown);
}

/*
 * Of histograms; `value` is not scaled. False: it is (or scaled becomes) infinite or no number, and
 * nothing is counted.
 */
static inline bool cell_observe(struct cell *cell, const struct family_info *info, double value)
{
	double shown = metric_scale_apply(info->scale, value);

	if (!isfinite(shown) || !isfinite(value))
		return false;
	cell_observe_finite(cell, info, value, shown);
	return true;
}

#endif
