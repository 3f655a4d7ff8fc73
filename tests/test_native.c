#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/native.h"
#include "tests/support/random.h"
#include "tests/support/registry_rig.h"

static const struct native_buckets fine = {
	.schema = 3,
	.max = 160,
	.zero_threshold = NATIVE_ZERO_THRESHOLD,
};
static const struct native_buckets both_signs = {
	.schema = 8,
	.max = 160,
	.zero_threshold = 1e-6,
	.negative = true,
};

/* A table, and what a scrape makes of it. */
struct rig {
	const struct native_buckets *native;
	void *memory; /* the table's */
	_Atomic uint64_t *table;
	struct native_sum *sum;
};

static void begin(struct rig *rig, const struct native_buckets *native)
{
	*rig = (struct rig){
		.native = native,
		.memory = calloc(native_words(native), sizeof(*rig->table)),
		.sum = native_sum_new(native),
	};
	rig->table = rig->memory;
	assert_non_null(rig->table);
	assert_non_null(rig->sum);
	native_clear(rig->table, native);
}

static void end(struct rig *rig)
{
	native_sum_free(rig->sum);
	free(rig->memory);
}

static const struct native_set *read_table(struct rig *rig)
{
	native_sum_clear(rig->sum);
	native_sum_add(rig->sum, rig->table);
	return native_sum_set(rig->sum);
}

static uint64_t total(const struct native_set *set)
{
	uint64_t count = set->zero;
	size_t i;

	for (i = 0; i < set->count; i++)
		count += set->counts[i];
	return count;
}

static uint64_t count_of(const struct native_set *set, int32_t number)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->keys[i] == number + NATIVE_KEY_BIAS)
			return set->counts[i];
	return 0;
}

static void the_schema_is_the_coarsest_that_the_factor_allows(void **state)
{
	static const struct {
		double factor;
		int schema;
	} cases[] = {
		{1.0000001, 8}, {1.0027, 8}, {1.00272, 8}, {1.0055, 7}, {1.09, 4},   {1.1, 3},
		{1.19, 2},	{1.2, 2},    {1.5, 1},	   {2, 0},	{3.9, 0},    {4, -1},
		{15, -1},	{16, -2},    {256, -3},	   {65535, -3}, {65536, -4}, {1e300, -4},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (native_schema_of(cases[i].factor) != cases[i].schema)
			fail_msg("%g: %d", cases[i].factor, native_schema_of(cases[i].factor));
}

static void upper_bounds_belong_to_their_buckets(void **state)
{
	int schema, exponent;

	(void)state;
	for (schema = NATIVE_SCHEMA_LEAST; schema <= NATIVE_SCHEMA_MOST; schema++) {
		assert_int_equal(native_bucket(1, schema), 0);
		assert_int_equal(native_bucket(nextafter(1, 2), schema), 1);
		assert_int_equal(native_bucket(nextafter(1, 0), schema), 0);
	}
	for (exponent = -127; exponent <= 1023; exponent++) {
		assert_int_equal(native_bucket(ldexp(1, exponent), 0), exponent);
		assert_int_equal(native_bucket(ldexp(1.5, exponent), 0), exponent + 1);
		assert_int_equal(native_bucket(ldexp(1, exponent), 8), exponent * 256);
	}
	assert_int_equal(native_bucket(DBL_MAX, -4), 64);
	assert_int_equal(native_bucket(nextafter(0x1p-128, 1), -4), -7);
	assert_int_equal(native_bucket(4, -1), 1);
	assert_int_equal(native_bucket(4.01, -1), 2);
	assert_int_equal(native_bucket(0.25, -1), -1);
}

static void a_bucket_is_where_the_logarithm_says(void **state)
{
	struct random random = {7};
	double value, number;
	int schema, i;

	(void)state;
	for (schema = NATIVE_SCHEMA_LEAST; schema <= NATIVE_SCHEMA_MOST; schema++) {
		for (i = 0; i < 20000; i++) {
			value = ldexp(1 + (double)(random_next(&random) >> 12) / 0x1p52,
				      (int)random_below(&random, 1150) - 127);
			number = ldexp(log2(value), schema);
			/* The logarithm itself is not exact enough near bounds. */
			if (fabs(number - nearbyint(number)) > 1e-9)
				assert_int_equal(native_bucket(value, schema), (int)ceil(number));
		}
	}
}

static void values_are_counted_in_their_buckets(void **state)
{
	static const double values[] = {1, 1, 0, 0x1p-129, 2, 1.05, 1e300};
	const struct native_set *set;
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, &fine);
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		native_observe(rig.table, &fine, values[i]);
	set = read_table(&rig);
	assert_int_equal(set->schema, 3);
	assert_int_equal(set->zero, 2);
	assert_int_equal(set->count, 4);
	assert_int_equal(count_of(set, 0), 2);
	assert_int_equal(count_of(set, 1), 1);
	assert_int_equal(count_of(set, 8), 1);
	assert_int_equal(count_of(set, native_bucket(1e300, 3)), 1);
	end(&rig);
}

static void values_below_0_have_buckets_of_their_own(void **state)
{
	static const double values[] = {-1, 1, -1e-7, -4};
	const struct native_set *set;
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, &both_signs);
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		native_observe(rig.table, &both_signs, values[i]);
	set = read_table(&rig);
	assert_int_equal(set->zero, 1);
	assert_int_equal(set->count, 3);
	assert_true(native_key_is_negative(set->keys[0]));
	assert_int_equal(native_key_number(set->keys[0]), 0);
	assert_int_equal(native_key_number(set->keys[1]), 512);
	assert_false(native_key_is_negative(set->keys[2]));
	end(&rig);
}

/* What the buckets of all values are by the schema, counted without a table. */
static void assert_counts(const struct native_set *set, const double *values, size_t count)
{
	uint64_t expected;
	size_t i, j;

	for (i = 0; i < set->count; i++) {
		expected = 0;
		for (j = 0; j < count; j++)
			expected += (values[j] < 0) == native_key_is_negative(set->keys[i]) &&
				    fabs(values[j]) > both_signs.zero_threshold &&
				    native_bucket(fabs(values[j]), set->schema) ==
					    native_key_number(set->keys[i]);
		assert_int_equal(set->counts[i], expected);
		assert_true(!i || set->keys[i - 1] < set->keys[i]);
	}
}

#define MANY 3000

/* Of a range that grows to most of what doubles have. */
static double growing_value(struct random *random, size_t i)
{
	double sign = random_below(random, 2) ? 1 : -1;
	int exponent = (int)random_below(random, (uint32_t)(i / 3 + 1)) - (i > 200 ? 20 : 0);

	return ldexp(sign * (1 + (double)random_below(random, 1000) / 1000), exponent);
}

static void too_many_buckets_are_merged_and_nothing_is_lost(void **state)
{
	static double values[MANY];
	const struct native_set *set = NULL;
	struct random random = {3};
	int last = NATIVE_SCHEMA_MOST;
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, &both_signs);
	for (i = 0; i < MANY; i++) {
		values[i] = growing_value(&random, i);
		native_observe(rig.table, &both_signs, values[i]);
		set = read_table(&rig);
		assert_true(set->count <= both_signs.max);
		assert_int_equal(total(set), i + 1);
		assert_true(set->schema <= last);
		last = set->schema;
		if (i % 100 == 0)
			assert_counts(set, values, i + 1);
	}
	assert_true(last < -2);
	assert_counts(set, values, MANY);
	end(&rig);
}

static void every_double_has_room(void **state)
{
	static const struct native_buckets one_sign = {8, NATIVE_MAX_LEAST, NATIVE_ZERO_THRESHOLD,
						       false};
	static const struct native_buckets two_signs = {8, 2 * NATIVE_MAX_LEAST,
							NATIVE_ZERO_THRESHOLD, true};
	struct rig one, two;
	int exponent;

	(void)state;
	begin(&one, &one_sign);
	begin(&two, &two_signs);
	for (exponent = -1074; exponent <= 1023; exponent++) {
		native_observe(one.table, &one_sign, ldexp(1.3, exponent));
		native_observe(two.table, &two_signs, ldexp(1.3, exponent));
		native_observe(two.table, &two_signs, -ldexp(1.3, exponent));
	}
	assert_int_equal(total(read_table(&one)), 2098);
	assert_int_equal(total(read_table(&two)), 2 * 2098);
	end(&one);
	end(&two);
}

static void tables_of_different_schemas_add_up_by_the_lower(void **state)
{
	static double values[2000];
	struct rig coarse, finer;
	size_t i, order;

	(void)state;
	begin(&coarse, &both_signs);
	begin(&finer, &both_signs);
	for (i = 0; i < 2000; i++) {
		values[i] = i < 1000 ? pow(1.1, (double)i / 2) : 1 + (double)(i % 100) / 50;
		native_observe(i < 1000 ? coarse.table : finer.table, &both_signs, values[i]);
	}
	for (order = 0; order < 2; order++) {
		const struct native_set *set;

		native_sum_clear(coarse.sum);
		native_sum_add(coarse.sum, order ? coarse.table : finer.table);
		native_sum_add(coarse.sum, order ? finer.table : coarse.table);
		set = native_sum_set(coarse.sum);
		assert_int_equal(total(set), 2000);
		assert_true(set->schema < 2 && set->count <= both_signs.max);
		assert_counts(set, values, 2000);
	}
	end(&coarse);
	end(&finer);
}

#define OBSERVED 300000

struct observer {
	struct rig rig;
	atomic_bool done;
};

static void *observe_many(void *context)
{
	struct observer *observer = context;
	struct random random = {11};
	size_t i;

	for (i = 0; i < OBSERVED; i++)
		native_observe(observer->rig.table, &both_signs, growing_value(&random, i / 100));
	atomic_store(&observer->done, true);
	return NULL;
}

/* While buckets are added and merged. */
static void a_scrape_never_sees_a_torn_table(void **state)
{
	struct observer observer = {.done = false};
	const struct native_set *set;
	uint64_t last = 0;
	pthread_t thread;
	bool done;
	size_t i;

	(void)state;
	begin(&observer.rig, &both_signs);
	assert_int_equal(pthread_create(&thread, NULL, observe_many, &observer), 0);
	do {
		done = atomic_load(&observer.done);
		set = read_table(&observer.rig);
		assert_true(total(set) >= last && total(set) <= OBSERVED);
		last = total(set);
		for (i = 1; i < set->count; i++)
			assert_true(set->keys[i - 1] < set->keys[i]);
	} while (!done);
	pthread_join(thread, NULL);
	assert_int_equal(last, OBSERVED);
	end(&observer.rig);
}

static const char *const only_a[] = {"a"};
static const struct family_info waits = {
	.name = "w",
	.help = "W",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.native = &both_signs,
};

static void observe_all(struct registry_rig *rig, const double *values, size_t count)
{
	struct cell *cell;
	size_t i;

	registry_rig_begin(rig, 10);
	cell = registry_rig_cell(rig->shard, registry_rig_family(rig, &waits), "v");
	for (i = 0; i < count; i++)
		cell_observe(cell, &waits, values[i]);
}

static void text_formats_show_a_native_histogram_as_its_count_and_sum(void **state)
{
	static const char expected[] = "# HELP w W\n# TYPE w histogram\n"
				       "w_bucket{a=\"v\",le=\"+Inf\"} 3\n"
				       "w_sum{a=\"v\"} 2\nw_count{a=\"v\"} 3\n";
	static const double values[] = {1, -1, 2};
	struct registry_rig rig;

	(void)state;
	observe_all(&rig, values, 3);
	assert_memory_equal(registry_rig_page(&rig, EXPOSITION_TEXT), expected,
			    sizeof(expected) - 1);
	registry_rig_end(&rig);
}

static bool contains(const struct text *page, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i + length <= page->length; i++)
		if (memcmp(page->bytes + i, bytes, length) == 0)
			return true;
	return false;
}

/* Fields of metrics.proto's Histogram. */
static void native_buckets_are_in_protobuf(void **state)
{
	static const char expected[] =
		"\x28\x10"			       /* schema = 5: 8 */
		"\x31\x8d\xed\xb5\xa0\xf7\xc6\xb0\x3e" /* zero_threshold = 6 */
		"\x38\x01"			       /* zero_count = 7 */
		"\x4a\x04\x08\x00\x10\x01"	       /* negative_span = 9: 0, 1 */
		"\x52\x01\x02"			       /* negative_delta = 10: 1 */
		"\x62\x04\x08\x00\x10\x02"	       /* positive_span = 12: 0, 2 */
		"\x62\x05\x08\xfc\x03\x10\x01"	       /* 254 further, 1 */
		"\x6a\x03\x06\x03\x00";		       /* positive_delta = 13: 3, -2, 0 */
	static const double values[] = {0, -1, 1, 1, 1, 1.001, 2};
	struct registry_rig rig;

	(void)state;
	observe_all(&rig, values, 7);
	registry_rig_page(&rig, EXPOSITION_PROTOBUF);
	assert_true(contains(&rig.page, expected, sizeof(expected) - 1));
	registry_rig_end(&rig);
}

static void what_would_not_have_room_is_no_family(void **state)
{
	static const double below_0[] = {-1};
	struct native_buckets native = fine;
	struct family_info info = waits;
	struct registry_rig rig;

	(void)state;
	registry_rig_begin(&rig, 10);
	info.native = &native;
	native.max = NATIVE_MAX_LEAST - 1;
	assert_null(registry_family(rig.registry, &info));
	native.max = NATIVE_MAX_LEAST;
	info.bounds = below_0;
	info.bound_count = 1;
	assert_null(registry_family(rig.registry, &info));
	info.bound_count = 0;
	native.schema = NATIVE_SCHEMA_MOST + 1;
	assert_null(registry_family(rig.registry, &info));
	native.schema = NATIVE_SCHEMA_MOST;
	native.zero_threshold = 0;
	assert_null(registry_family(rig.registry, &info));
	native.zero_threshold = 1;
	assert_non_null(registry_family(rig.registry, &info));
	registry_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_schema_is_the_coarsest_that_the_factor_allows),
		cmocka_unit_test(upper_bounds_belong_to_their_buckets),
		cmocka_unit_test(a_bucket_is_where_the_logarithm_says),
		cmocka_unit_test(values_are_counted_in_their_buckets),
		cmocka_unit_test(values_below_0_have_buckets_of_their_own),
		cmocka_unit_test(too_many_buckets_are_merged_and_nothing_is_lost),
		cmocka_unit_test(every_double_has_room),
		cmocka_unit_test(tables_of_different_schemas_add_up_by_the_lower),
		cmocka_unit_test(a_scrape_never_sees_a_torn_table),
		cmocka_unit_test(text_formats_show_a_native_histogram_as_its_count_and_sum),
		cmocka_unit_test(native_buckets_are_in_protobuf),
		cmocka_unit_test(what_would_not_have_room_is_no_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
