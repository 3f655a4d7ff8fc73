#include "exporter/baseline/statistics.h"

#include <math.h>
#include <stdlib.h>

static int compare_values(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

void sort_values(double *values, size_t count)
{
	if (count > 1)
		qsort(values, count, sizeof(*values), compare_values);
}

double sample_quantile(const double *sorted, size_t count, double q)
{
	double position, below;
	size_t index;

	if (!count)
		return NAN;
	position = q * (double)(count - 1);
	below = floor(position);
	index = (size_t)below;
	if (index + 1 >= count || position == below || sorted[index] == sorted[index + 1])
		return sorted[index < count ? index : count - 1];
	return sorted[index] + (position - below) * (sorted[index + 1] - sorted[index]);
}

double sample_median(const double *sorted, size_t count)
{
	return sample_quantile(sorted, count, 0.5);
}

double sample_mad(const double *sorted, size_t count, double *room)
{
	double median = sample_median(sorted, count);
	size_t i;

	for (i = 0; i < count; i++)
		room[i] = fabs(sorted[i] - median);
	sort_values(room, count);
	return MAD_SCALE * sample_median(room, count);
}

double geometric_mean(const double *values, size_t count)
{
	double sum = 0;
	size_t used = 0, i;

	for (i = 0; i < count; i++) {
		if (!(values[i] > 0) || isinf(values[i]))
			continue;
		sum += log(values[i]);
		used++;
	}
	return used ? exp(sum / (double)used) : NAN;
}

/* By p; what was not tested comes last. */
static int compare_tests(const void *a, const void *b)
{
	double left = (*(struct test_probability *const *)a)->p;
	double right = (*(struct test_probability *const *)b)->p;

	/* Which may be any number where it is not 0. */
	if (isnan(left) || isnan(right))
		return !isnan(right) - !isnan(left);
	return (left > right) - (left < right);
}

/* Sorts them. How many were made, which are the first. */
static size_t sort_tests(struct test_probability **tests, size_t count)
{
	size_t made = 0, i;

	if (count > 1)
		qsort(tests, count, sizeof(struct test_probability *), compare_tests);
	for (i = 0; i < count; i++) {
		tests[i]->adjusted = NAN;
		made += !isnan(tests[i]->p);
	}
	return made;
}

void adjust_holm(struct test_probability **tests, size_t count)
{
	size_t made = sort_tests(tests, count), i;
	double greatest = 0;

	for (i = 0; i < made; i++) {
		greatest = fmax(greatest, tests[i]->p * (double)(made - i));
		tests[i]->adjusted = fmin(greatest, 1);
	}
}

void adjust_benjamini_hochberg(struct test_probability **tests, size_t count)
{
	size_t made = sort_tests(tests, count), i;
	double least = 1;

	for (i = made; i-- > 0;) {
		least = fmin(least, tests[i]->p * (double)made / (double)(i + 1));
		tests[i]->adjusted = least;
	}
}
