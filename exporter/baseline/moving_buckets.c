#include "exporter/baseline/moving_buckets.h"

#include "exporter/baseline/common_buckets.h"

/* All that there is in one bucket. */
static void join_all(struct baseline_series *series, size_t runs)
{
	size_t run, i;

	for (run = 0; run < runs; run++)
		for (i = 1; series->values[run].buckets && i <= series->bound_count; i++)
			series->values[run].buckets[0] += series->values[run].buckets[i];
	series->bound_count = 0;
}

int moving_buckets_meet(struct moving_buckets *before, struct moving_buckets *page)
{
	struct baseline_values rows[] = {{.buckets = before->last}, {.buckets = before->so_far}};
	struct baseline_values row = {.buckets = page->last};
	struct baseline_series old = {.kind = BASELINE_HISTOGRAM,
				      .bounds = before->bounds,
				      .bound_count = before->bound_count,
				      .values = rows};
	struct baseline_series new = {.kind = BASELINE_HISTOGRAM,
				      .bounds = page->bounds,
				      .bound_count = page->bound_count,
				      .values = &row};
	int result = common_buckets_make(&old, 2, &new, 1);

	if (!result && !baseline_same_bounds(&old, new.bounds, new.bound_count)) {
		join_all(&old, 2);
		join_all(&new, 1);
	}
	*before = (struct moving_buckets){old.bounds, old.bound_count, rows[0].buckets,
					  rows[1].buckets};
	*page = (struct moving_buckets){new.bounds, new.bound_count, row.buckets, NULL};
	return result;
}
