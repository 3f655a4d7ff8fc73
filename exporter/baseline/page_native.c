#include "exporter/baseline/page_native.h"

#include <float.h>
#include <math.h>

#include "metrics/family_info.h"
#include "metrics/native.h"

/* Powers of two that numbers are between: 2^-1074 is the least one, and 2^1024 is infinite. */
#define POWER_LEAST (-1074)
#define POWER_MOST  1024

/* By how many bits an index is to be moved for the finest schema. */
static unsigned int bits_to_finest(int64_t schema)
{
	return (unsigned int)(NATIVE_SCHEMA_MOST - schema);
}

/* The upper bound of a bucket, 2^(index / 2^schema). Table and ldexp() round each once. */
static double bound_of(int64_t index, int64_t schema)
{
	int64_t fine = index * ((int64_t)1 << bits_to_finest(schema));
	int64_t power = (fine - (fine & (NATIVE_BOUNDS - 1))) / NATIVE_BOUNDS;

	return ldexp(native_bounds[fine & (NATIVE_BOUNDS - 1)], (int)power + 1);
}

/* Whether there are numbers in a bucket; the one above the highest is of infinity. */
static bool is_index(int64_t index, int64_t schema)
{
	int64_t one = (int64_t)1 << bits_to_finest(schema);

	return index >= (int64_t)POWER_LEAST * NATIVE_BOUNDS / one &&
	       index <= (int64_t)POWER_MOST * NATIVE_BOUNDS / one + 1;
}

static const char *find_indexes(struct page_native_side *side, int64_t schema)
{
	size_t i, filled = 0;
	int64_t index = 0;
	uint64_t j;

	for (i = 0; i < side->span_count; i++) {
		const struct page_native_span *span = &side->spans[i];

		if (i && span->offset < 0)
			return "a native histogram's spans overlap";
		if (span->length > side->count_count - filled)
			return "a native histogram's spans have more buckets than it has counts";
		index += span->offset;
		for (j = 0; j < span->length; j++, index++) {
			if (!is_index(index, schema))
				return "a native histogram's bucket is where no numbers are";
			side->indexes[filled++] = index;
		}
	}
	return filled == side->count_count
		       ? NULL
		       : "a native histogram's spans have fewer buckets than it has counts";
}

/* Buckets are made in rising order. */
struct making {
	struct page_native_buckets *to;
	double last;   /* the bound before */
	uint64_t more; /* which is in the bucket behind that */
	bool is_full;
};

static void add_bound(struct making *making, double bound)
{
	struct page_native_buckets *to = making->to;

	if (to->bound_count == PAGE_BOUNDS_MAX) {
		making->is_full = true;
		return;
	}
	to->bounds[to->bound_count] = bound;
	to->counts[to->bound_count++] = making->more;
	making->last = bound;
	making->more = 0;
}

/*
 * A bucket of values above `lower`, up to `upper`. Where it is not above the bounds that are there,
 * as some close to 0 are that have no numbers between them, it is part of the one before.
 */
static void add_bucket(struct making *making, double lower, double upper, uint64_t count)
{
	struct page_native_buckets *to = making->to;

	if (!count)
		return;
	if (to->bound_count && upper <= making->last) {
		to->counts[to->bound_count - 1] += count;
		return;
	}
	if (isfinite(lower) && (!to->bound_count || lower > making->last))
		add_bound(making, lower);
	making->more += count;
	if (isfinite(upper))
		add_bound(making, upper);
}

/* The index that a bucket has in a schema that is lower by so much. */
static int64_t lowered(int64_t index, unsigned int by)
{
	int64_t one = (int64_t)1 << by, up = index + one - 1;

	return (up - (up & (one - 1))) / one;
}

static void add_negative(struct making *making, const struct page_native *native, unsigned int by)
{
	const struct page_native_side *side = &native->negative;
	int64_t schema = native->schema - (int64_t)by, index;
	double farthest;
	size_t i;

	for (i = side->count_count; i-- && !making->is_full;) {
		if (!side->counts[i])
			continue;
		index = lowered(side->indexes[i], by);
		farthest = bound_of(index, schema);
		if (farthest > native->zero_threshold)
			add_bucket(making, -farthest,
				   -fmax(bound_of(index - 1, schema), native->zero_threshold),
				   side->counts[i]);
	}
}

static void add_positive(struct making *making, const struct page_native *native, unsigned int by)
{
	const struct page_native_side *side = &native->positive;
	int64_t schema = native->schema - (int64_t)by, index;
	double farthest;
	size_t i;

	for (i = 0; i < side->count_count && !making->is_full; i++) {
		if (!side->counts[i])
			continue;
		index = lowered(side->indexes[i], by);
		farthest = bound_of(index, schema);
		if (farthest > native->zero_threshold)
			add_bucket(making,
				   fmax(bound_of(index - 1, schema), native->zero_threshold),
				   farthest, side->counts[i]);
	}
}

/* What is in buckets that the one of zero has in it. */
static uint64_t inside(const struct page_native_side *side, const struct page_native *native,
		       unsigned int by)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < side->count_count; i++)
		if (side->counts[i] &&
		    !(bound_of(lowered(side->indexes[i], by), native->schema - (int64_t)by) >
		      native->zero_threshold))
			sum += side->counts[i];
	return sum;
}

static void add_zero(struct making *making, const struct page_native *native, unsigned int by)
{
	/* 0 alone lies between the number next to it and itself. */
	double below = native->zero_threshold > 0 ? -native->zero_threshold : -DBL_TRUE_MIN;

	if (making->is_full)
		return;
	add_bucket(making, below, native->zero_threshold,
		   native->zero_count + inside(&native->negative, native, by) +
			   inside(&native->positive, native, by));
}

/* False: there are too many bounds. */
static bool make(const struct page_native *native, unsigned int by, struct page_native_buckets *to)
{
	struct making making = {.to = to};

	to->bound_count = 0;
	add_negative(&making, native, by);
	add_zero(&making, native, by);
	add_positive(&making, native, by);
	to->counts[to->bound_count] = making.more;
	return !making.is_full;
}

/* Each count is up to 2^53: that the sum has passed that shows before it does not fit. */
static bool add_up(const struct page_native_side *side, uint64_t *sum)
{
	size_t i;

	for (i = 0; i < side->count_count && *sum <= BASELINE_COUNT_MAX; i++)
		*sum += side->counts[i];
	return *sum <= BASELINE_COUNT_MAX;
}

const char *page_native_make(struct page_native *native, struct page_native_buckets *to)
{
	const char *why;
	unsigned int by = 0;

	if (native->schema < NATIVE_SCHEMA_LEAST || native->schema > NATIVE_SCHEMA_MOST)
		return "a native histogram's schema is not from -4 to 8";
	if (!(native->zero_threshold >= 0) || !isfinite(native->zero_threshold))
		return "a native histogram's zero threshold is below 0 or not a number";
	why = find_indexes(&native->negative, native->schema);
	if (!why)
		why = find_indexes(&native->positive, native->schema);
	if (why)
		return why;
	to->count = native->zero_count;
	if (!add_up(&native->negative, &to->count) || !add_up(&native->positive, &to->count))
		return "a native histogram's buckets have more than 2^53 together";
	while (!make(native, by, to))
		by++;
	return NULL;
}
