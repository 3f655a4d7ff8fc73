/* How far successive values of a sample depend on one another. */
#include "exporter/baseline/statistics_rank.h"

#include <math.h>

/* Autocorrelations that are looked at; a series that has more to it changes all the time. */
#define LAGS_MAX 512
/* What a coefficient is taken for at most: 199 values for one. */
#define COEFFICIENT_MAX 0.99

struct series {
	const double *values;
	size_t count;
	double mean, squares;
};

static double autocorrelation(const struct series *series, size_t lag)
{
	double sum = 0;
	size_t i;

	for (i = lag; i < series->count; i++)
		sum += (series->values[i] - series->mean) *
		       (series->values[i - lag] - series->mean);
	return sum / series->squares;
}

static double autoregression_factor(const struct series *series)
{
	double coefficient = autocorrelation(series, 1);

	coefficient += (1 + 3 * coefficient) / (double)series->count;
	coefficient = fmin(fmax(coefficient, 0), COEFFICIENT_MAX);
	return (1 + coefficient) / (1 - coefficient);
}

/* Sums of two neighbouring autocorrelations, as long as they are above 0, none above the one
 * before. What the mean takes from all of them is put back. */
static double monotone_factor(const struct series *series)
{
	double sum = -1, least = INFINITY, pair;
	size_t lag, lags = series->count / 2;

	if (lags > LAGS_MAX)
		lags = LAGS_MAX;
	for (lag = 0; lag + 1 < lags; lag += 2) {
		pair = autocorrelation(series, lag) + autocorrelation(series, lag + 1);
		if (pair <= 0)
			break;
		least = fmin(least, pair);
		sum += 2 * least;
	}
	return sum / fmax(1 - sum / (double)series->count, 0.1);
}

double dependence_factor(const double *values, size_t count)
{
	struct series series = {.values = values, .count = count};
	size_t i;

	for (i = 0; i < count; i++)
		series.mean += values[i] / (double)count;
	for (i = 0; i < count; i++)
		series.squares += (values[i] - series.mean) * (values[i] - series.mean);
	if (count < 3 || !(series.squares > 0))
		return 1;
	return fmax(fmax(autoregression_factor(&series), monotone_factor(&series)), 1);
}
