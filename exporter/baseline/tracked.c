#include "exporter/baseline/tracked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/moving_buckets.h"

/* Some reckon anew each time when a series began: it is not another beginning then. */
#define CREATED_SLACK_NS ((int64_t)1000000000)

void tracked_free(struct tracked *tracked)
{
	baseline_series_done(&tracked->series, 0);
	free(tracked->counts);
	free(tracked->so_far.rates);
	free(tracked->so_far.buckets);
	free(tracked);
}

bool tracked_reserve(struct tracked *tracked, size_t count)
{
	size_t capacity = tracked->capacity ? tracked->capacity : 16;
	double *grown;

	if (count <= tracked->capacity)
		return true;
	while (capacity < count)
		capacity *= 2;
	grown = realloc(tracked->so_far.rates, capacity * sizeof(*grown));
	if (!grown)
		return false;
	tracked->so_far.rates = grown;
	tracked->capacity = capacity;
	return true;
}

/* What it had in intervals before it was there. */
static double nothing(const struct tracked *tracked)
{
	return tracked->series.kind == BASELINE_GAUGE ? NAN : 0;
}

struct tracked *tracked_new(const struct page_series *series, uint32_t hash, size_t intervals)
{
	const struct baseline_name name = {series->family, series->labels, series->label_count,
					   series->kind,   series->bounds, series->bound_count};
	struct tracked *tracked = calloc(1, sizeof(*tracked));
	size_t i;

	if (!tracked)
		return NULL;
	tracked->hash = hash;
	tracked->is_native = series->is_native;
	if (baseline_series_init(&tracked->series, &name, 0)) {
		free(tracked);
		return NULL;
	}
	tracked->counts = calloc(series->bound_count + 1, sizeof(*tracked->counts));
	tracked->so_far.buckets = calloc(series->bound_count + 1, sizeof(*tracked->so_far.buckets));
	if (!tracked->counts || !tracked->so_far.buckets ||
	    !tracked_reserve(tracked, intervals + 1)) {
		tracked_free(tracked);
		return NULL;
	}
	for (i = 0; i < intervals; i++)
		tracked->so_far.rates[i] = nothing(tracked);
	return tracked;
}

/* Whether the page says that it began anew since the last one, whatever its buckets. */
static bool began_anew(const struct tracked *tracked, const struct page_series *series)
{
	if (series->kind == BASELINE_GAUGE)
		return false;
	if (tracked->created_ns && series->created_ns - tracked->created_ns > CREATED_SLACK_NS)
		return true;
	return series->kind == BASELINE_HISTOGRAM ? series->count < tracked->count
						  : series->value < tracked->value;
}

/*
 * Classic buckets beside native ones have the count of these: what is counted while the page is
 * made is in the last of them then, until the next page.
 */
static bool last_may_fall(const struct page_series *series)
{
	return series->other && !series->is_native;
}

/* Or by one of its buckets, which are between the same bounds. */
static bool went_back(const struct tracked *tracked, const struct page_series *series)
{
	size_t count = series->bound_count + !last_may_fall(series), i;

	for (i = 0; series->kind == BASELINE_HISTOGRAM && i < count; i++)
		if (series->counts[i] < tracked->counts[i])
			return true;
	return false;
}

static void forget(struct tracked *tracked)
{
	tracked->value = tracked->sum = 0;
	tracked->count = 0;
	tracked->created_ns = 0;
	memset(tracked->counts, 0, (tracked->series.bound_count + 1) * sizeof(*tracked->counts));
}

/* What the last bucket has too little, as it had too much when counting began, is another's. */
static void settle(uint64_t *buckets, size_t last)
{
	for (; last && buckets[last] > INT64_MAX; last--) {
		buckets[last - 1] += buckets[last];
		buckets[last] = 0;
	}
}

/* What a page adds to the totals. */
static void add_up(struct tracked *tracked, const struct page_series *series)
{
	size_t i;

	if (series->kind == BASELINE_GAUGE) {
		tracked->more = tracked->so_far.total = series->value;
		return;
	}
	if (began_anew(tracked, series) || went_back(tracked, series))
		forget(tracked);
	tracked->more = series->kind == BASELINE_COUNTER ? series->value - tracked->value
							 : (double)(series->count - tracked->count);
	tracked->so_far.total += tracked->more;
	tracked->so_far.sum += series->sum - tracked->sum;
	for (i = 0; series->kind == BASELINE_HISTOGRAM && i <= series->bound_count; i++)
		tracked->so_far.buckets[i] += series->counts[i] - tracked->counts[i];
	settle(tracked->so_far.buckets, series->bound_count);
}

static void keep_last(struct tracked *tracked, const struct page_series *series)
{
	tracked->value = series->value;
	tracked->sum = series->sum;
	tracked->count = series->count;
	tracked->created_ns = series->created_ns;
	if (series->kind == BASELINE_HISTOGRAM)
		memcpy(tracked->counts, series->counts,
		       (series->bound_count + 1) * sizeof(*tracked->counts));
}

static bool has_its_bounds(const struct tracked *tracked, const struct page_series *series)
{
	return baseline_same_bounds(&tracked->series, series->bounds, series->bound_count);
}

const struct page_series *tracked_choose(const struct tracked *tracked,
					 const struct page_series *series)
{
	return series->other && series->is_native != tracked->is_native ? series->other : series;
}

bool tracked_is_same(const struct tracked *tracked, const struct page_series *series)
{
	return tracked->series.kind == series->kind && tracked->is_native == series->is_native &&
	       (series->is_native || has_its_bounds(tracked, series));
}

static void count_page(struct tracked *tracked, const struct page_series *series, bool has_base)
{
	if (has_base)
		add_up(tracked, series);
	keep_last(tracked, series);
}

/* -1: no memory. */
static int copy_buckets(const struct page_series *series, struct moving_buckets *to)
{
	size_t count = series->bound_count;

	*to = (struct moving_buckets){malloc((count + 1) * sizeof(*to->bounds)), count,
				      malloc((count + 1) * sizeof(*to->last)), NULL};
	if (!to->bounds || !to->last)
		return -1;
	memcpy(to->bounds, series->bounds, count * sizeof(*to->bounds));
	memcpy(to->last, series->counts, (count + 1) * sizeof(*to->last));
	return 0;
}

static int meet(struct tracked *tracked, struct moving_buckets *page)
{
	struct moving_buckets before = {tracked->series.bounds, tracked->series.bound_count,
					tracked->counts, tracked->so_far.buckets};
	int result = moving_buckets_meet(&before, page);

	tracked->series.bounds = before.bounds;
	tracked->series.bound_count = before.bound_count;
	tracked->counts = before.last;
	tracked->so_far.buckets = before.so_far;
	return result;
}

/* The same of one whose bounds are others than before. -1: no memory. */
static int count_moved(struct tracked *tracked, const struct page_series *series, bool has_base)
{
	struct page_series moved = *series;
	struct moving_buckets page;
	int result = copy_buckets(series, &page);

	/* What was before is none of its bounds' business then. */
	if (has_base && began_anew(tracked, series))
		forget(tracked);
	if (!result)
		result = meet(tracked, &page);
	if (!result) {
		moved.bounds = page.bounds;
		moved.bound_count = page.bound_count;
		moved.counts = page.last;
		count_page(tracked, &moved, has_base);
	}
	free(page.bounds);
	free(page.last);
	return result;
}

int tracked_count(struct tracked *tracked, const struct page_series *series, bool has_base)
{
	tracked->is_seen = true;
	if (!has_its_bounds(tracked, series))
		return count_moved(tracked, series, has_base);
	count_page(tracked, series, has_base);
	return 0;
}

void tracked_miss(struct tracked *tracked)
{
	forget(tracked);
	tracked->more = nothing(tracked);
}
