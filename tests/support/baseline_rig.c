#include "tests/support/baseline_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_NS 1000000000u

static char op_name[] = "op", configuration[] = "c0ffee", host_name[] = "host",
	    system_name[] = "Linux", release[] = "6.1";
static const double bounds[RIG_BOUNDS] = {0.001, 0.002, 0.004, 0.008, 0.016, 0.032,
					  0.064, 0.128, 0.256, 0.512, 1.024, 2.048};

struct baseline_run rig_run(size_t intervals)
{
	return (struct baseline_run){
		.interval_ns = SECOND_NS,
		.interval_count = intervals,
		.length_ns = (uint64_t)intervals * SECOND_NS,
		.events = 1000000,
		.complete = true,
		.configuration = configuration,
		.host = {host_name, system_name, release, 4, (uint64_t)8 << 30},
	};
}

struct baseline *rig_baseline(size_t runs, size_t intervals)
{
	struct baseline *baseline = baseline_new();
	struct baseline_run run = rig_run(intervals);
	struct error error;

	assert_non_null(baseline);
	while (runs--)
		assert_int_equal(baseline_add_run(baseline, &run, &error), 0);
	return baseline;
}

static struct baseline_series *add(struct baseline *baseline, const char *metric, const char *op,
				   enum baseline_kind kind)
{
	char value[64];
	struct baseline_label label = {op_name, value};
	struct baseline_name name = {.metric = metric, .kind = kind};
	struct baseline_series *series;
	struct error error;

	if (op) {
		assert_true(strlen(op) < sizeof(value));
		strcpy(value, op);
		name.labels = &label;
		name.label_count = 1;
	}
	if (kind == BASELINE_HISTOGRAM) {
		name.bounds = bounds;
		name.bound_count = RIG_BOUNDS;
	}
	series = baseline_add_series(baseline, &name, &error);
	assert_non_null(series);
	return series;
}

static void add_rates(struct baseline *baseline, const char *metric, const char *op,
		      enum baseline_kind kind, const double *rates)
{
	struct baseline_series *series = add(baseline, metric, op, kind);
	struct baseline_values *values;
	struct error error;
	size_t run, i;

	for (run = 0; run < baseline->run_count; run++) {
		values = baseline_add_values(baseline, series, run, &error);
		assert_non_null(values);
		for (i = 0; i < baseline->runs[run].interval_count; i++) {
			values->rates[i] = *rates++;
			values->total += values->rates[i];
		}
	}
}

void rig_counter(struct baseline *baseline, const char *metric, const char *op, const double *rates)
{
	add_rates(baseline, metric, op, BASELINE_COUNTER, rates);
}

void rig_gauge(struct baseline *baseline, const char *metric, const char *op, const double *values)
{
	add_rates(baseline, metric, op, BASELINE_GAUGE, values);
}

void rig_histogram(struct baseline *baseline, const char *metric, const char *op,
		   const uint64_t (*buckets)[RIG_BOUNDS + 1])
{
	struct baseline_series *series = add(baseline, metric, op, BASELINE_HISTOGRAM);
	struct baseline_values *values;
	struct error error;
	size_t run, i, intervals;

	for (run = 0; run < baseline->run_count; run++) {
		values = baseline_add_values(baseline, series, run, &error);
		assert_non_null(values);
		for (i = 0; i <= RIG_BOUNDS; i++) {
			values->buckets[i] = buckets[run][i];
			values->total += (double)buckets[run][i];
			values->sum += (double)buckets[run][i] * (i ? bounds[i - 1] : 0);
		}
		intervals = baseline->runs[run].interval_count;
		for (i = 0; i < intervals; i++)
			values->rates[i] = values->total / (double)intervals;
	}
}

void rig_observe(uint64_t *buckets, double value)
{
	size_t bucket = 0;

	while (bucket < RIG_BOUNDS && value > bounds[bucket])
		bucket++;
	buckets[bucket]++;
}
