#include "exporter/baseline/statistics_histogram.h"

#include <math.h>

#include "exporter/baseline/statistics.h"
#include "exporter/baseline/statistics_tails.h"

double histogram_observations(const struct histogram_view *histogram)
{
	double all = 0;
	size_t i;

	for (i = 0; i <= histogram->bound_count; i++)
		all += (double)histogram->counts[i];
	return all;
}

double histogram_bucket_start(const struct histogram_view *histogram, size_t bucket)
{
	if (bucket)
		return histogram->bounds[bucket - 1];
	return fmin(histogram->bounds[0], 0);
}

static double ranked_value(const struct histogram_view *histogram, double rank)
{
	double below = 0, count = 0, start;
	size_t bucket;

	for (bucket = 0; bucket < histogram->bound_count; bucket++) {
		count = (double)histogram->counts[bucket];
		if (below + count >= rank)
			break;
		below += count;
	}
	if (bucket == histogram->bound_count)
		return histogram->bounds[bucket - 1];
	start = histogram_bucket_start(histogram, bucket);
	if (count == 0)
		return start;
	return start + (histogram->bounds[bucket] - start) * ((rank - below) / count);
}

double histogram_quantile_of(const struct histogram_view *histogram, double q)
{
	double all = histogram_observations(histogram);

	if (!(all > 0) || !histogram->bound_count)
		return NAN;
	return ranked_value(histogram, q * all);
}

double histogram_resolution(const struct histogram_view *histogram, double value)
{
	size_t bucket = 0;
	double start;

	if (isnan(value) || value < 0 || !histogram->bound_count)
		return NAN;
	while (bucket < histogram->bound_count && histogram->bounds[bucket] < value)
		bucket++;
	if (bucket == histogram->bound_count)
		return INFINITY;
	start = histogram_bucket_start(histogram, bucket);
	return start > 0 ? histogram->bounds[bucket] / start : INFINITY;
}

double histogram_share_up_to(const struct histogram_view *histogram, double value)
{
	double below = 0, start;
	size_t bucket;

	for (bucket = 0; bucket < histogram->bound_count; bucket++) {
		if (histogram->bounds[bucket] >= value)
			break;
		below += (double)histogram->counts[bucket];
	}
	if (bucket < histogram->bound_count) {
		start = histogram_bucket_start(histogram, bucket);
		if (value >= histogram->bounds[bucket])
			below += (double)histogram->counts[bucket];
		else if (value > start)
			below += (double)histogram->counts[bucket] * (value - start) /
				 (histogram->bounds[bucket] - start);
	}
	return below / histogram_observations(histogram);
}

double histogram_ks(const struct two_histograms *histograms, double *p)
{
	const struct histogram_view *base = &histograms->base, *next = &histograms->next;
	double base_all = histogram_observations(base), next_all = histogram_observations(next);
	double base_sum = 0, next_sum = 0, greatest = 0;
	size_t i;

	for (i = 0; i < base->bound_count; i++) {
		base_sum += (double)base->counts[i];
		next_sum += (double)next->counts[i];
		greatest = fmax(greatest, fabs(base_sum / base_all - next_sum / next_all));
	}
	*p = kolmogorov_above(greatest * sqrt(base_all * next_all / (base_all + next_all)));
	return greatest;
}

/* The quantile of both histograms together lies where their joint count reaches its rank: the
 * values between the bounds are those of ranked_value(). */
static double joint_quantile(const struct two_histograms *histograms, double q)
{
	const struct histogram_view *base = &histograms->base, *next = &histograms->next;
	double all = histogram_observations(base) + histogram_observations(next);
	double rank = q * all, below = 0, count, start;
	size_t i;

	for (i = 0; i < base->bound_count; i++) {
		count = (double)base->counts[i] + (double)next->counts[i];
		start = histogram_bucket_start(base, i);
		if (below + count >= rank && count > 0)
			return start + (base->bounds[i] - start) * ((rank - below) / count);
		below += count;
	}
	return base->bounds[base->bound_count - 1];
}

double histogram_quantile_p(const struct two_histograms *histograms, double q)
{
	double base_all = histogram_observations(&histograms->base);
	double next_all = histogram_observations(&histograms->next);
	double least = fmin(base_all, next_all) * fmin(q, 1 - q);
	double at, base_share, next_share, share, variance;

	if (least < QUANTILE_OBSERVATIONS_MIN || !histograms->base.bound_count)
		return NAN;
	at = joint_quantile(histograms, q);
	base_share = histogram_share_up_to(&histograms->base, at);
	next_share = histogram_share_up_to(&histograms->next, at);
	share = (base_share * base_all + next_share * next_all) / (base_all + next_all);
	variance = share * (1 - share) * (1 / base_all + 1 / next_all);
	if (!(variance > 0))
		return 1;
	return normal_two_sided((next_share - base_share) / sqrt(variance));
}
