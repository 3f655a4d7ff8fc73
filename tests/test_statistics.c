#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/baseline/statistics.h"
#include "exporter/baseline/statistics_tails.h"
#include "tests/support/statistics_values.h"

static void check_quantiles(struct statistics_values *values)
{
	static const double q[] = {0, 0.1, 0.5, 0.9, 0.99, 1};
	size_t i;

	sort_values(values->lists[0], values->counts[0]);
	for (i = 0; i < sizeof(q) / sizeof(q[0]); i++)
		assert_near(sample_quantile(values->lists[0], values->counts[0], q[i]),
			    values->lists[1][i], 1e-13);
}

static void quantiles_are_those_of_numpy(void **state)
{
	(void)state;
	each_statistics_values("quantiles", check_quantiles);
}

static void of_nothing_there_is_no_quantile_mad_or_mean(void **state)
{
	double room[1] = {0};

	(void)state;
	assert_true(isnan(sample_quantile(room, 0, 0.5)));
	assert_true(isnan(sample_median(room, 0)));
	assert_true(isnan(sample_mad(room, 0, room)));
	assert_true(isnan(geometric_mean(room, 0)));
}

static void quantiles_between_infinities_are_infinite(void **state)
{
	static const double values[] = {1, INFINITY, INFINITY, INFINITY};

	(void)state;
	assert_true(isinf(sample_quantile(values, 4, 0.9)));
	assert_true(isinf(sample_quantile(values, 4, 0.1)));
}

static void check_mad(struct statistics_values *values)
{
	double room[VALUES_MAX];

	sort_values(values->lists[0], values->counts[0]);
	assert_near(sample_mad(values->lists[0], values->counts[0], room), values->lists[1][0],
		    1e-12);
}

static void deviations_are_those_of_scipy(void **state)
{
	(void)state;
	each_statistics_values("mad", check_mad);
}

static void check_geometric_mean(struct statistics_values *values)
{
	assert_near(geometric_mean(values->lists[0], values->counts[0]), values->lists[1][0],
		    1e-13);
}

static void geometric_means_are_those_of_scipy(void **state)
{
	(void)state;
	each_statistics_values("geometric_mean", check_geometric_mean);
}

static void geometric_means_leave_out_what_has_no_logarithm(void **state)
{
	static const double values[] = {0, 2, INFINITY, 8, NAN, -3};

	(void)state;
	assert_near(geometric_mean(values, 6), 4, 1e-15);
	assert_true(isnan(geometric_mean(values, 1)));
}

static void check_normal(struct statistics_values *values)
{
	assert_near(normal_two_sided(values->lists[0][0]), values->lists[1][0], 1e-12);
	assert_near(normal_two_sided(-values->lists[0][0]), values->lists[1][0], 1e-12);
}

static void check_student(struct statistics_values *values)
{
	assert_near(student_two_sided(values->lists[0][0], values->lists[0][1]),
		    values->lists[1][0], 1e-8);
}

static void check_student_critical(struct statistics_values *values)
{
	assert_near(student_critical(values->lists[0][0], values->lists[0][1]), values->lists[1][0],
		    1e-8);
}

static void check_beta(struct statistics_values *values)
{
	assert_near(incomplete_beta(values->lists[0][0], values->lists[0][1], values->lists[0][2]),
		    values->lists[1][0], 1e-8);
}

static void check_kolmogorov(struct statistics_values *values)
{
	assert_near(kolmogorov_above(values->lists[0][0]), values->lists[1][0], 1e-9);
}

static void tails_are_those_of_scipy(void **state)
{
	(void)state;
	each_statistics_values("normal", check_normal);
	each_statistics_values("student", check_student);
	each_statistics_values("student_critical", check_student_critical);
	each_statistics_values("incomplete_beta", check_beta);
	each_statistics_values("kolmogorov", check_kolmogorov);
}

/* Student, "The Probable Error of a Mean" (1908), as every textbook's table has it; and Smirnov's
 * table of 1948. */
static void critical_values_are_those_of_printed_tables(void **state)
{
	(void)state;
	assert_near(student_critical(0.05, 1), 12.706, 1e-4);
	assert_near(student_critical(0.05, 10), 2.228, 1e-3);
	assert_near(student_critical(0.01, 30), 2.750, 1e-3);
	assert_near(student_critical(0.05, INFINITY), 1.960, 1e-3);
	assert_near(kolmogorov_above(1.36), 0.0495, 2e-3);
	assert_near(kolmogorov_above(1.63), 0.0098, 1e-2);
	assert_near(kolmogorov_above(0), 1, 0);
}

static void tails_end_where_their_values_do(void **state)
{
	(void)state;
	assert_near(student_two_sided(INFINITY, 3), 0, 0);
	assert_near(student_two_sided(0, 3), 1, 1e-12);
	assert_near(incomplete_beta(2, 3, 0), 0, 0);
	assert_near(incomplete_beta(2, 3, 1), 1, 0);
}

#define TESTS_MAX 64

/* How many are rejected at 0.05. */
static size_t adjust(const double *p, size_t count,
		     void (*method)(struct test_probability **, size_t), double *adjusted)
{
	struct test_probability tests[TESTS_MAX], *pointers[TESTS_MAX];
	size_t i, rejected = 0;

	for (i = 0; i < count; i++) {
		tests[i].p = p[i];
		pointers[i] = &tests[i];
	}
	method(pointers, count);
	for (i = 0; i < count; i++) {
		adjusted[i] = tests[i].adjusted;
		rejected += adjusted[i] <= 0.05;
	}
	return rejected;
}

static void check_adjusted(struct statistics_values *values)
{
	double adjusted[TESTS_MAX];
	size_t count = values->counts[0], i;

	adjust(values->lists[0], count, adjust_holm, adjusted);
	for (i = 0; i < count; i++)
		assert_near(adjusted[i], values->lists[1][i], 1e-12);
	adjust(values->lists[0], count, adjust_benjamini_hochberg, adjusted);
	for (i = 0; i < count; i++)
		assert_near(adjusted[i], values->lists[2][i], 1e-12);
}

static void adjusted_p_are_those_of_numpy(void **state)
{
	(void)state;
	each_statistics_values("adjusted", check_adjusted);
}

/* Benjamini and Hochberg 1995, section 3.2: thrombolysis in acute myocardial infarction. Their
 * procedure rejects four of the hypotheses, Bonferroni's (here Holm's, which rejects the same)
 * three. */
static void as_published_four_of_fifteen_are_rejected(void **state)
{
	static const double p[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
				   0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
	double adjusted[TESTS_MAX];

	(void)state;
	assert_int_equal(adjust(p, 15, adjust_benjamini_hochberg, adjusted), 4);
	assert_near(adjusted[3], 0.0095 * 15 / 4, 1e-12);
	assert_int_equal(adjust(p, 15, adjust_holm, adjusted), 3);
	assert_near(adjusted[3], 0.0095 * 12, 1e-12);
}

static void what_was_not_tested_does_not_count(void **state)
{
	static const double p[] = {NAN, 0.02, NAN, 0.04};
	double adjusted[TESTS_MAX];

	(void)state;
	adjust(p, 4, adjust_holm, adjusted);
	assert_near(adjusted[1], 0.04, 1e-15);
	assert_near(adjusted[3], 0.04, 1e-15);
	assert_true(isnan(adjusted[0]) && isnan(adjusted[2]));
	adjust(p, 4, adjust_benjamini_hochberg, adjusted);
	assert_near(adjusted[1], 0.04, 1e-15);
	assert_true(isnan(adjusted[0]) && isnan(adjusted[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_those_of_numpy),
		cmocka_unit_test(of_nothing_there_is_no_quantile_mad_or_mean),
		cmocka_unit_test(quantiles_between_infinities_are_infinite),
		cmocka_unit_test(deviations_are_those_of_scipy),
		cmocka_unit_test(geometric_means_are_those_of_scipy),
		cmocka_unit_test(geometric_means_leave_out_what_has_no_logarithm),
		cmocka_unit_test(tails_are_those_of_scipy),
		cmocka_unit_test(critical_values_are_those_of_printed_tables),
		cmocka_unit_test(tails_end_where_their_values_do),
		cmocka_unit_test(adjusted_p_are_those_of_numpy),
		cmocka_unit_test(as_published_four_of_fifteen_are_rejected),
		cmocka_unit_test(what_was_not_tested_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
