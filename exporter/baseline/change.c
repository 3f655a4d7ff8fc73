#include "exporter/baseline/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/statistics_histogram.h"
#include "exporter/baseline/statistics_rank.h"

/* What a statistic is of: one baseline, and room for the values of a series. */
struct change_side {
	const struct baseline *baseline;
	double *values; /* of runs or intervals, in their order */
	double *sorted;
	size_t count;
	double *run_values;
	uint64_t *buckets; /* of all runs */
	/* Of which runs have a series of a metric, that which was asked for last. */
	const char *metric;
	bool *has_metric;
};

struct change_maker {
	struct change_side base, next;
	double *ranks;
	double *room; /* for quantiles */
	double alpha;
	bool by_runs;
	struct rank_null null;
};

double change_least_p(size_t base_runs, size_t next_runs)
{
	double ways = 1;
	size_t i;

	if (!base_runs || !next_runs)
		return 1;
	for (i = 1; i <= base_runs; i++)
		ways *= (double)(next_runs + i) / (double)i;
	return fmin(2 / ways, 1);
}

static size_t intervals_of(const struct baseline *baseline)
{
	size_t intervals = 0, run;

	for (run = 0; run < baseline->run_count; run++)
		intervals += baseline->runs[run].interval_count;
	return intervals;
}

static bool side_init(struct change_side *side, const struct baseline *baseline)
{
	size_t room = intervals_of(baseline) + baseline->run_count + 1;

	side->baseline = baseline;
	side->values = malloc(room * sizeof(*side->values));
	side->sorted = malloc(room * sizeof(*side->sorted));
	side->run_values = malloc((baseline->run_count + 1) * sizeof(*side->run_values));
	side->buckets = malloc((BASELINE_BOUNDS_MAX + 1) * sizeof(*side->buckets));
	side->has_metric = malloc(baseline->run_count + 1);
	return side->values && side->sorted && side->run_values && side->buckets &&
	       side->has_metric;
}

static void side_done(struct change_side *side)
{
	free(side->values);
	free(side->sorted);
	free(side->run_values);
	free(side->buckets);
	free(side->has_metric);
}

struct change_maker *change_maker_new(const struct baseline *base, const struct baseline *next,
				      double alpha, struct error *error)
{
	struct change_maker *maker = calloc(1, sizeof(*maker));
	size_t ranks = intervals_of(base), others = intervals_of(next);

	if (ranks < others)
		ranks = others;
	if (!maker || !side_init(&maker->base, base) || !side_init(&maker->next, next))
		goto no_memory;
	maker->ranks = malloc((ranks + 1) * sizeof(*maker->ranks));
	maker->room = malloc(QUANTILE_ROOM * sizeof(*maker->room));
	if (!maker->ranks || !maker->room)
		goto no_memory;
	maker->alpha = alpha;
	maker->by_runs = change_least_p(base->run_count, next->run_count) <= alpha;
	return maker;
no_memory:
	error_set(error, "cannot compare the baselines: out of memory");
	change_maker_free(maker);
	return NULL;
}

void change_maker_free(struct change_maker *maker)
{
	if (!maker)
		return;
	side_done(&maker->base);
	side_done(&maker->next);
	free(maker->ranks);
	free(maker->room);
	free(maker);
}

bool change_by_runs(const struct change_maker *maker)
{
	return maker->by_runs;
}

bool change_applies(const struct statistic *statistic, enum baseline_kind kind)
{
	switch (statistic->kind) {
	case STATISTIC_QUANTILE:
	case STATISTIC_COUNT:
		return kind == BASELINE_HISTOGRAM;
	case STATISTIC_MEAN:
		return kind != BASELINE_COUNTER;
	case STATISTIC_RATE:
	case STATISTIC_TOTAL:
		return kind != BASELINE_GAUGE;
	default:
		return true;
	}
}

/* Of a metric's series, which are beside one another as they are sorted by key. */
static void find_metric(struct change_side *side, const struct baseline_series *series)
{
	const struct baseline *baseline = side->baseline;
	const struct baseline_series *end = baseline->series + baseline->series_count, *at = series;
	size_t run;

	while (at > baseline->series && strcmp(at[-1].metric, series->metric) == 0)
		at--;
	memset(side->has_metric, 0, baseline->run_count);
	for (; at < end && strcmp(at->metric, series->metric) == 0; at++)
		for (run = 0; run < baseline->run_count; run++)
			side->has_metric[run] |= at->values[run].rates != NULL;
	side->metric = series->metric;
}

/* Whether a run without the series counted what the series counts, and found none. */
static bool is_zero_in(struct change_side *side, const struct baseline_series *series, size_t run)
{
	if (series->kind == BASELINE_GAUGE)
		return false;
	if (!side->metric || strcmp(side->metric, series->metric) != 0)
		find_metric(side, series);
	return side->has_metric[run];
}

static void add_value(struct change_side *side, double value)
{
	if (isfinite(value))
		side->values[side->count++] = value;
}

/* All intervals of a run, behind those of the runs before. */
static void add_intervals(struct change_side *side, const struct baseline_series *series,
			  size_t run)
{
	const struct baseline_values *values = &series->values[run];
	size_t count = side->baseline->runs[run].interval_count, i;

	if (!values->rates && !is_zero_in(side, series, run))
		return;
	for (i = 0; i < count; i++)
		add_value(side, values->rates ? values->rates[i] : 0);
}

static void sort_side(struct change_side *side)
{
	if (side->count)
		memcpy(side->sorted, side->values, side->count * sizeof(*side->sorted));
	sort_values(side->sorted, side->count);
}

/* Empties the side, and takes the intervals of some runs. */
static void take_intervals(struct change_side *side, const struct baseline_series *series,
			   size_t first, size_t end)
{
	size_t run;

	side->count = 0;
	for (run = first; run < end; run++)
		add_intervals(side, series, run);
	sort_side(side);
}

static double mean_of(const struct change_side *side)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < side->count; i++)
		sum += side->values[i];
	return side->count ? sum / (double)side->count : NAN;
}

static struct histogram_view take_buckets(struct change_side *side,
					  const struct baseline_series *series, size_t first,
					  size_t end)
{
	size_t run, i;

	memset(side->buckets, 0, (series->bound_count + 1) * sizeof(*side->buckets));
	for (run = first; run < end; run++)
		for (i = 0; series->values[run].buckets && i <= series->bound_count; i++)
			side->buckets[i] += series->values[run].buckets[i];
	return (struct histogram_view){series->bounds, side->buckets, series->bound_count};
}

/* What totals, sums and lengths of some runs come to; runs that have not the metric do not count.
 */
struct run_sums {
	double total, sum, seconds;
	size_t runs;
};

static struct run_sums sum_runs(struct change_side *side, const struct baseline_series *series,
				size_t first, size_t end)
{
	struct run_sums sums = {0};
	size_t run;

	for (run = first; run < end; run++) {
		const struct baseline_values *values = &series->values[run];

		if (!values->rates && !is_zero_in(side, series, run))
			continue;
		sums.runs++;
		sums.seconds += (double)side->baseline->runs[run].length_ns / 1e9;
		sums.total += values->rates ? values->total : 0;
		sums.sum += values->rates ? values->sum : 0;
	}
	return sums;
}

/* A statistic of some runs together. */
static double value_of_runs(struct change_side *side, const struct baseline_series *series,
			    const struct statistic *statistic, size_t first, size_t end)
{
	struct run_sums sums;
	struct histogram_view histogram;

	switch (statistic->kind) {
	case STATISTIC_QUANTILE:
		histogram = take_buckets(side, series, first, end);
		return histogram_quantile_of(&histogram, statistic->q);
	case STATISTIC_MEDIAN:
		take_intervals(side, series, first, end);
		return sample_median(side->sorted, side->count);
	case STATISTIC_MEAN:
		if (series->kind == BASELINE_GAUGE) {
			take_intervals(side, series, first, end);
			return mean_of(side);
		}
		sums = sum_runs(side, series, first, end);
		return sums.total > 0 ? sums.sum / sums.total : NAN;
	case STATISTIC_RATE:
		sums = sum_runs(side, series, first, end);
		return sums.seconds > 0 ? sums.total / sums.seconds : NAN;
	default:
		sums = sum_runs(side, series, first, end);
		return sums.runs ? sums.total / (double)sums.runs : NAN;
	}
}

/* Every run's value is one of the side's. */
static void take_runs(struct change_side *side, const struct baseline_series *series,
		      const struct statistic *statistic)
{
	size_t runs = side->baseline->run_count, run, count = 0;
	double value;

	for (run = 0; run < runs; run++) {
		value = value_of_runs(side, series, statistic, run, run + 1);
		if (isfinite(value))
			side->run_values[count++] = value;
	}
	side->count = count;
	if (count)
		memcpy(side->values, side->run_values, count * sizeof(*side->values));
	sort_side(side);
}

static double times_as_much(double base, double next)
{
	if (isnan(base) || isnan(next) || base < 0)
		return NAN;
	if (base == 0)
		return next == 0 ? 1 : INFINITY;
	return next / base;
}

/* An interval that goes from 0 or to infinity says nothing. */
static void set_interval(struct change *change, const struct change_estimate *estimate)
{
	change->ratio = estimate->middle;
	if (estimate->low == 0 && isinf(estimate->high))
		return;
	change->low = estimate->low;
	change->high = estimate->high;
}

static bool has_negative(const struct change_side *side)
{
	return side->count && side->sorted[0] < 0;
}

/* By what the two sides have been filled with. */
static void estimate_change(struct change_maker *maker, struct change *change)
{
	const struct two_samples samples = {maker->base.sorted, maker->base.count,
					    maker->next.sorted, maker->next.count};
	struct change_estimate estimate;
	double unit = fabs(change->base);

	if (!has_negative(&maker->base) && !has_negative(&maker->next)) {
		hodges_lehmann(&samples, PAIR_RATIO, &maker->null, maker->alpha, &estimate);
		set_interval(change, &estimate);
		return;
	}
	change->ratio = NAN;
	hodges_lehmann(&samples, PAIR_SHIFT, &maker->null, maker->alpha, &estimate);
	if (unit == 0)
		return;
	estimate.middle = 1 + estimate.middle / unit;
	estimate.low = 1 + estimate.low / unit;
	estimate.high = 1 + estimate.high / unit;
	change->ratio = estimate.middle;
	if (isinf(estimate.low) || isinf(estimate.high))
		return;
	set_interval(change, &estimate);
}

static double factor_of(struct change_maker *maker, const struct change_side *side,
			const struct two_samples *samples)
{
	size_t i;

	for (i = 0; i < side->count; i++)
		maker->ranks[i] = pooled_rank(samples, side->values[i]);
	return dependence_factor(maker->ranks, side->count);
}

/* Tests the two sides as they have been filled. */
static bool test_ranks(struct change_maker *maker, struct change *change)
{
	const struct two_samples samples = {maker->base.sorted, maker->base.count,
					    maker->next.sorted, maker->next.count};
	bool runs = change->repetition == REPEATED_RUNS;

	if (!samples.base_count || !samples.next_count)
		return false;
	rank_null_init(&maker->null, &samples, runs ? 1 : factor_of(maker, &maker->base, &samples),
		       runs ? 1 : factor_of(maker, &maker->next, &samples));
	change->test.p = rank_null_p(&maker->null, mann_whitney_u(&samples));
	return true;
}

static void change_runs(struct change_maker *maker, const struct baseline_series *base,
			const struct baseline_series *next, struct change *change)
{
	change->repetition = REPEATED_RUNS;
	take_runs(&maker->base, base, &change->statistic);
	take_runs(&maker->next, next, &change->statistic);
	change->base = sample_median(maker->base.sorted, maker->base.count);
	change->next = sample_median(maker->next.sorted, maker->next.count);
	if (test_ranks(maker, change))
		estimate_change(maker, change);
}

static void change_observations(struct change_maker *maker, const struct baseline_series *base,
				const struct baseline_series *next, struct change *change)
{
	const struct two_histograms histograms = {
		take_buckets(&maker->base, base, 0, maker->base.baseline->run_count),
		take_buckets(&maker->next, next, 0, maker->next.baseline->run_count)};
	double q = change->statistic.q;
	struct change_estimate estimate;

	change->base = histogram_quantile_of(&histograms.base, q);
	change->next = histogram_quantile_of(&histograms.next, q);
	if (isnan(change->base) || isnan(change->next))
		return;
	change->ratio = times_as_much(change->base, change->next);
	change->test.p = histogram_quantile_p(&histograms, q);
	if (isnan(change->test.p) || isnan(change->ratio))
		return;
	change->repetition = REPEATED_OBSERVATIONS;
	histogram_quantile_change(&histograms, q, maker->alpha, maker->room, &estimate);
	set_interval(change, &estimate);
}

static void change_intervals(struct change_maker *maker, const struct baseline_series *base,
			     const struct baseline_series *next, struct change *change)
{
	size_t base_runs = maker->base.baseline->run_count;
	size_t next_runs = maker->next.baseline->run_count;

	change->base = value_of_runs(&maker->base, base, &change->statistic, 0, base_runs);
	change->next = value_of_runs(&maker->next, next, &change->statistic, 0, next_runs);
	change->ratio = times_as_much(change->base, change->next);
	if (change->statistic.kind != STATISTIC_MEDIAN && change->statistic.kind != STATISTIC_RATE)
		return;
	change->repetition = REPEATED_INTERVALS;
	take_intervals(&maker->base, base, 0, base_runs);
	take_intervals(&maker->next, next, 0, next_runs);
	if (!test_ranks(maker, change))
		change->repetition = REPEATED_NOT;
	else if (change->statistic.kind == STATISTIC_MEDIAN)
		estimate_change(maker, change);
}

static bool is_beyond(const struct baseline_series *series, double value)
{
	return series->bound_count && value == series->bounds[series->bound_count - 1];
}

static double resolution_of(const struct baseline_series *series, double value)
{
	const struct histogram_view histogram = {series->bounds, NULL, series->bound_count};

	return histogram_resolution(&histogram, value);
}

void change_make(struct change_maker *maker, const struct baseline_series *base,
		 const struct baseline_series *next, const struct statistic *statistic,
		 struct change *change)
{
	*change = (struct change){.statistic = *statistic,
				  .base = NAN,
				  .next = NAN,
				  .ratio = NAN,
				  .low = NAN,
				  .high = NAN,
				  .test = {NAN, NAN},
				  .resolution = NAN};
	if (maker->by_runs)
		change_runs(maker, base, next, change);
	else if (statistic->kind == STATISTIC_QUANTILE)
		change_observations(maker, base, next, change);
	else
		change_intervals(maker, base, next, change);
	if (statistic->kind != STATISTIC_QUANTILE)
		return;
	change->base_beyond = is_beyond(base, change->base);
	change->next_beyond = is_beyond(next, change->next);
	change->resolution =
		fmax(resolution_of(base, change->base), resolution_of(next, change->next));
}

double change_value(struct change_maker *maker, const struct baseline *of,
		    const struct baseline_series *series, const struct statistic *statistic)
{
	struct change_side *side = maker->next.baseline == of ? &maker->next : &maker->base;

	if (!maker->by_runs)
		return value_of_runs(side, series, statistic, 0, of->run_count);
	take_runs(side, series, statistic);
	return sample_median(side->sorted, side->count);
}

double change_of_shape(struct change_maker *maker, const struct baseline_series *base,
		       const struct baseline_series *next, double *p)
{
	const struct two_histograms histograms = {
		take_buckets(&maker->base, base, 0, maker->base.baseline->run_count),
		take_buckets(&maker->next, next, 0, maker->next.baseline->run_count)};
	double distance;

	*p = NAN;
	if (!(histogram_observations(&histograms.base) > 0) ||
	    !(histogram_observations(&histograms.next) > 0))
		return NAN;
	distance = histogram_ks(&histograms, p);
	if (maker->by_runs)
		*p = NAN;
	return distance;
}

void statistic_name(struct text *to, const struct statistic *statistic)
{
	static const char *const names[STATISTIC_KINDS] = {"median", "rate", "total", "count",
							   "mean"};

	if (statistic->kind == STATISTIC_QUANTILE)
		text_printf(to, "p%.10g", statistic->q * 100);
	else
		text_string(to, names[statistic->kind]);
}

const char *repetition_name(enum repetition repetition)
{
	static const char *const names[REPETITIONS] = {"none", "runs", "intervals", "observations"};

	return names[repetition];
}
