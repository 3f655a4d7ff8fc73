/*
 * statistics_values: what another program has computed: the lines of
 * tests/fixtures/statistics/values.txt, which make.py beside it writes.
 */
#ifndef TESTS_SUPPORT_STATISTICS_VALUES_H
#define TESTS_SUPPORT_STATISTICS_VALUES_H

#include <stddef.h>

#define VALUE_LISTS_MAX 5
#define VALUES_MAX	1024

struct statistics_values {
	double lists[VALUE_LISTS_MAX][VALUES_MAX];
	size_t counts[VALUE_LISTS_MAX];
	size_t count;
};

/* Calls for each line of that name, of which there must be one; the lists may be written to. */
void each_statistics_values(const char *name, void (*check)(struct statistics_values *values));

/* Fails where they differ by more than that share of what is expected. */
void assert_near(double value, double expected, double share);

#endif
