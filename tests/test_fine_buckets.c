#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/fine_buckets.h"
#include "metrics/family_info.h"

static struct config *with_buckets(const char *buckets)
{
	struct problems problems;
	struct config *config;
	struct error error;
	char text[512];

	snprintf(text, sizeof(text),
		 "sessions: [{name: a, path: x.etl}]\n"
		 "metrics: [{name: h, help: H., type: histogram, match: {provider: P, id: 1}, "
		 "value: v, "
		 "exemplar: {x: {field: y}}, buckets: %s}]\n",
		 buckets);
	problems_init(&problems);
	config = config_parse_text("c.yml", text, strlen(text), &problems);
	if (!config)
		fail_msg("%s", problems.list[0].text);
	problems_done(&problems);
	assert_int_equal(fine_buckets_make(config, &error), 0);
	assert_int_equal(config->rules[0].exemplar_count, 0);
	return config;
}

static const struct buckets_config *buckets_of(const struct config *config)
{
	return &config->rules[0].buckets;
}

/* Rising, and above `from` by no more than a factor of 1.101. */
static void assert_fine(const struct buckets_config *buckets, double from)
{
	size_t i;

	assert_true(buckets->count <= FAMILY_BOUNDS_MAX);
	for (i = 1; i < buckets->count; i++) {
		assert_true(buckets->bounds[i] > buckets->bounds[i - 1]);
		if (buckets->bounds[i - 1] >= from)
			assert_true(buckets->bounds[i] < buckets->bounds[i - 1] * 1.101);
	}
}

static bool has(const struct buckets_config *buckets, double bound)
{
	size_t i;

	for (i = 0; i < buckets->count; i++)
		if (buckets->bounds[i] == bound)
			return true;
	return false;
}

static void buckets_are_divided_and_keep_their_bounds(void **state)
{
	struct config *config =
		with_buckets("{exponential: {start: 0.00001, factor: 2, count: 20}}");
	double bound = 0.00001;
	int i;

	(void)state;
	assert_fine(buckets_of(config), 0);
	for (i = 0; i < 20; i++, bound *= 2)
		assert_true(has(buckets_of(config), bound));
	/* Below and above, too. */
	assert_true(buckets_of(config)->bounds[0] < 2e-7);
	assert_true(buckets_of(config)->bounds[buckets_of(config)->count - 1] > 300);
	config_free(config);
}

static void bounds_at_0_and_below_stay(void **state)
{
	struct config *config = with_buckets("[-1, 0, 10, 30]");

	(void)state;
	assert_true(buckets_of(config)->bounds[0] == -1);
	assert_true(buckets_of(config)->bounds[1] == 0);
	assert_true(has(buckets_of(config), 10));
	assert_true(has(buckets_of(config), 30));
	assert_fine(buckets_of(config), 0.01);
	config_free(config);
}

static void native_ones_alone_get_bounds(void **state)
{
	struct config *config = with_buckets("{native: {factor: 1.5}}");

	(void)state;
	assert_false(buckets_of(config)->has_native);
	assert_true(buckets_of(config)->bounds[0] == 1e-9);
	assert_true(buckets_of(config)->bounds[buckets_of(config)->count - 1] == 1e9);
	assert_fine(buckets_of(config), 0);
	config_free(config);
	config = with_buckets("{native: {negative: true}}");
	assert_true(buckets_of(config)->has_native);
	assert_int_equal(buckets_of(config)->count, 0);
	config_free(config);
}

static void there_are_never_too_many(void **state)
{
	struct config *config =
		with_buckets("{exponential: {start: 1e-200, factor: 10, count: 256}}");

	(void)state;
	assert_true(buckets_of(config)->count >= 256);
	assert_fine(buckets_of(config), 1e300);
	config_free(config);
	config = with_buckets("{linear: {start: 1, width: 1, count: 200}}");
	assert_true(has(buckets_of(config), 200));
	assert_fine(buckets_of(config), 0);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_divided_and_keep_their_bounds),
		cmocka_unit_test(bounds_at_0_and_below_stay),
		cmocka_unit_test(native_ones_alone_get_bounds),
		cmocka_unit_test(there_are_never_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
