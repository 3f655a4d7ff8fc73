#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/baseline_merge.h"
#include "exporter/baseline/common_buckets.h"

#define KEY "h"

/* A baseline of one run with one histogram. */
static struct baseline *make(int64_t start_ns, const double *bounds, size_t count,
			     const uint64_t *buckets)
{
	const struct baseline_run run = {.start_ns = start_ns, .interval_ns = 1};
	const struct baseline_name name = {
		.metric = KEY, .kind = BASELINE_HISTOGRAM, .bounds = bounds, .bound_count = count};
	struct baseline *baseline = baseline_new();
	struct baseline_series *series;
	struct baseline_values *values;
	struct error error;

	assert_non_null(baseline);
	assert_int_equal(baseline_add_run(baseline, &run, &error), 0);
	series = baseline_add_series(baseline, &name, &error);
	assert_non_null(series);
	values = baseline_add_values(baseline, series, 0, &error);
	assert_non_null(values);
	memcpy(values->buckets, buckets, (count + 1) * sizeof(*buckets));
	return baseline;
}

static void assert_buckets(const struct baseline *baseline, size_t run, const double *bounds,
			   size_t count, const uint64_t *buckets)
{
	const struct baseline_series *series = baseline_find(baseline, KEY);

	assert_non_null(series);
	assert_int_equal(series->bound_count, count);
	assert_memory_equal(series->bounds, bounds, count * sizeof(*bounds));
	assert_memory_equal(series->values[run].buckets, buckets, (count + 1) * sizeof(*buckets));
}

static void align(struct baseline *a, struct baseline *b)
{
	struct error error;

	assert_int_equal(common_buckets_make_all(a, b, &error), 0);
}

static void empty_buckets_are_divided(void **state)
{
	static const double first[] = {2, 3}, second[] = {5, 6, 7}, both[] = {2, 3, 5, 6, 7};
	static const uint64_t few[] = {0, 8, 0}, more[] = {0, 1, 2, 0};
	static const uint64_t few_now[] = {0, 8, 0, 0, 0, 0}, more_now[] = {0, 0, 0, 1, 2, 0};
	struct baseline *a = make(1, first, 2, few), *b = make(2, second, 3, more);

	(void)state;
	align(a, b);
	assert_buckets(a, 0, both, 5, few_now);
	assert_buckets(b, 0, both, 5, more_now);
	baseline_free(a);
	baseline_free(b);
}

static void bounds_within_what_is_counted_are_given_up(void **state)
{
	static const double fine[] = {1, 1.5, 2, 3, 4, 8}, coarse[] = {1, 2, 4, 8};
	static const uint64_t of_fine[] = {1, 2, 3, 4, 5, 6, 7}, of_coarse[] = {9, 8, 7, 0, 5};
	static const uint64_t now[] = {1, 5, 9, 6, 7};
	struct baseline *a = make(1, fine, 6, of_fine), *b = make(2, coarse, 4, of_coarse);

	(void)state;
	align(b, a);
	assert_buckets(a, 0, coarse, 4, now);
	assert_buckets(b, 0, coarse, 4, of_coarse);
	baseline_free(a);
	baseline_free(b);
}

static void without_common_bounds_they_stay_as_they_are(void **state)
{
	static const double first[] = {1, 3}, second[] = {2};
	static const uint64_t of_first[] = {1, 1, 1}, of_second[] = {1, 1};
	struct baseline *a = make(1, first, 2, of_first), *b = make(2, second, 1, of_second);

	(void)state;
	align(a, b);
	assert_buckets(a, 0, first, 2, of_first);
	assert_buckets(b, 0, second, 1, of_second);
	baseline_free(a);
	baseline_free(b);
}

static void what_says_nothing_is_trimmed(void **state)
{
	static const double bounds[] = {1, 2, 3, 4, 5, 6, 7, 8}, kept[] = {3, 4, 7, 8};
	static const uint64_t buckets[] = {0, 0, 0, 5, 0, 0, 0, 6, 0}, now[] = {0, 5, 0, 6, 0};
	static const uint64_t nothing[] = {0, 0, 0, 0, 0, 0, 0, 0, 0};
	struct baseline *a = make(1, bounds, 8, buckets), *b = make(1, bounds, 8, nothing);

	(void)state;
	common_buckets_trim(&a->series[0], 1);
	assert_buckets(a, 0, kept, 4, now);
	common_buckets_trim(&b->series[0], 1);
	assert_int_equal(b->series[0].bound_count, 0);
	/* And comes back where another has it. */
	align(a, b);
	assert_buckets(b, 0, kept, 4, nothing);
	baseline_free(a);
	baseline_free(b);
}

static void runs_that_are_merged_get_common_buckets(void **state)
{
	static const double one[] = {1, 2}, two[] = {4, 8}, three[] = {1, 4}, all[] = {1, 4, 8};
	static const uint64_t of_one[] = {0, 5, 0}, of_two[] = {0, 6, 0}, of_three[] = {0, 7, 0};
	static const uint64_t now[][4] = {{0, 5, 0, 0}, {0, 0, 6, 0}, {0, 7, 0, 0}};
	struct baseline_part parts[] = {{"one", make(1, one, 2, of_one)},
					{"two", make(2, two, 2, of_two)},
					{"three", make(3, three, 2, of_three)}};
	struct error error = {""};
	struct baseline *merged = baseline_merge(parts, 3, &error);
	size_t i;

	(void)state;
	assert_string_equal(error.text, "");
	for (i = 0; i < 3; i++) {
		assert_buckets(merged, i, all, 3, now[i]);
		baseline_free(parts[i].baseline);
	}
	baseline_free(merged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_buckets_are_divided),
		cmocka_unit_test(bounds_within_what_is_counted_are_given_up),
		cmocka_unit_test(without_common_bounds_they_stay_as_they_are),
		cmocka_unit_test(what_says_nothing_is_trimmed),
		cmocka_unit_test(runs_that_are_merged_get_common_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
