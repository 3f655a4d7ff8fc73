/*
 * The distribution of the ratio of two quantiles, each of which is as uncertain as the rank is that
 * it has among all observations.
 */
#include <math.h>

#include "exporter/baseline/statistics_histogram.h"

/* Of a rank's distribution: how far to both sides it is looked at, in standard deviations. */
#define REACH 7
#define STEPS QUANTILE_STEPS
/* Of the search for a ratio. */
#define ROUNDS_MAX    60
#define DOUBLINGS_MAX 64
#define EXACTNESS     1e-10

/* The share of all observations that lies below the quantile: a beta distribution. */
struct share {
	double low, step;	   /* where the points are */
	double density[STEPS + 1]; /* there; all of it is 1 */
	double below[STEPS + 1];
};

/* 0 where 0 of it are infinitely much. */
static double times(double count, double logarithm)
{
	return count == 0 ? 0 : count * logarithm;
}

/* But for a factor that is the same everywhere. */
static double beta_density(double a, double b, double x)
{
	double mean = a / (a + b);

	return exp(times(a - 1, log1p((x - mean) / mean)) +
		   times(b - 1, log1p((mean - x) / (1 - mean))));
}

/* By Simpson's rule. */
static void add_up(struct share *share, double a, double b)
{
	double middle;
	size_t i;

	share->density[0] = beta_density(a, b, share->low);
	share->below[0] = 0;
	for (i = 1; i <= STEPS; i++) {
		middle = beta_density(a, b, share->low + ((double)i - 0.5) * share->step);
		share->density[i] = beta_density(a, b, share->low + (double)i * share->step);
		share->below[i] =
			share->below[i - 1] +
			share->step / 6 * (share->density[i - 1] + 4 * middle + share->density[i]);
	}
	for (i = 0; i <= STEPS; i++) {
		share->density[i] /= share->below[STEPS];
		share->below[i] /= i < STEPS ? share->below[STEPS] : 1;
	}
	share->below[STEPS] = 1;
}

static void share_init(struct share *share, double all, double q)
{
	double rank = fmin(fmax(ceil(q * all), 1), all), above = all - rank + 1;
	double mean = rank / (all + 1);
	double deviation = sqrt(mean * (1 - mean) / (all + 2));
	double high = fmin(mean + REACH * deviation, 1);

	share->low = fmax(mean - REACH * deviation, 0);
	share->step = (high - share->low) / STEPS;
	add_up(share, rank, above);
}

/* How probably the share is no more than this; between points a cubic that fits both. */
static double share_below(const struct share *share, double x)
{
	double place = (x - share->low) / share->step, t, u;
	size_t i;

	if (!(place > 0))
		return 0;
	if (place >= STEPS)
		return 1;
	i = (size_t)place;
	t = place - (double)i;
	u = 1 - t;
	return share->below[i] * u * u * (1 + 2 * t) + share->below[i + 1] * t * t * (3 - 2 * t) +
	       share->step * t * u * (share->density[i] * u - share->density[i + 1] * t);
}

/* Values that a quantile may have, rising, and how probable each is. */
struct values {
	double *value, *probability;
	size_t count;
};

/* Of the share from `from` to `to`, which is all or a part of a bucket's; in steps, each of which
 * has the value of its middle. */
static void add_bucket(struct values *values, const struct histogram_view *histogram, size_t bucket,
		       const struct share *share, const double bucket_share[2])
{
	double high = share->low + STEPS * share->step;
	double from = fmax(bucket_share[0], share->low), to = fmin(bucket_share[1], high);
	bool beyond = bucket == histogram->bound_count;
	double end = histogram->bounds[beyond ? bucket - 1 : bucket];
	double start = beyond ? end : histogram_bucket_start(histogram, bucket);
	double before, next, part, width;
	size_t i, parts;

	if (!(to > from))
		return;
	parts = beyond || start == end ? 1 : (size_t)ceil((to - from) / share->step * (1 - 1e-9));
	width = (to - from) / (double)parts;
	before = share_below(share, from);
	for (i = 0; i < parts; i++) {
		next = share_below(share, i + 1 < parts ? from + (double)(i + 1) * width : to);
		part = (from + ((double)i + 0.5) * width - bucket_share[0]) /
		       (bucket_share[1] - bucket_share[0]);
		values->value[values->count] = start + (end - start) * part;
		values->probability[values->count++] = next - before;
		before = next;
	}
}

static void take_values(struct values *values, const struct histogram_view *histogram, double all,
			const struct share *share)
{
	double below = 0, ends[2];
	size_t i;

	values->count = 0;
	for (i = 0; i <= histogram->bound_count; i++) {
		ends[0] = below / all;
		below += (double)histogram->counts[i];
		ends[1] = below / all;
		add_bucket(values, histogram, i, share, ends);
	}
}

struct ratio {
	struct values base;
	const struct histogram_view *next;
	struct share next_share;
	double next_all;
};

/* Where a value lies among the observations of a histogram. Values are asked for as they rise. */
struct walk {
	size_t bucket;
	double below;
};

static double share_at(const struct ratio *ratio, struct walk *walk, double value)
{
	const struct histogram_view *next = ratio->next;
	double start, count;

	while (walk->bucket < next->bound_count && next->bounds[walk->bucket] <= value)
		walk->below += (double)next->counts[walk->bucket++];
	if (walk->bucket == next->bound_count)
		return 1;
	start = histogram_bucket_start(next, walk->bucket);
	count = value > start ? (double)next->counts[walk->bucket] : 0;
	return (walk->below +
		(count ? count * (value - start) / (next->bounds[walk->bucket] - start) : 0)) /
	       ratio->next_all;
}

/* How probably the ratio is no more than that. What is no more than 0 is 0. */
static double ratio_below(const struct ratio *ratio, double most)
{
	struct walk walk = {0};
	double sum = 0, value;
	size_t i;

	for (i = 0; i < ratio->base.count; i++) {
		value = fmax(ratio->base.value[i], 0);
		/* From 0 it is 1 to 0, else infinite. */
		if (value == 0 && most < 1)
			continue;
		sum += ratio->base.probability[i] *
		       share_below(&ratio->next_share, share_at(ratio, &walk, most * value));
	}
	return sum;
}

/* A range of ratios, the probability of the lower one being below what is looked for. */
struct bracket {
	double low, high, low_excess, high_excess;
};

static double excess(const struct ratio *ratio, double most, double probability)
{
	return ratio_below(ratio, most) - probability;
}

/* False: there is none so great. */
static bool find_bracket(const struct ratio *ratio, double middle, double probability,
			 struct bracket *bracket)
{
	double step = middle / 16;
	int i;

	*bracket = (struct bracket){.low = middle, .high = middle};
	bracket->low_excess = bracket->high_excess = excess(ratio, middle, probability);
	for (i = 0; i < DOUBLINGS_MAX && bracket->high_excess < 0; i++, step *= 2) {
		bracket->low = bracket->high;
		bracket->low_excess = bracket->high_excess;
		bracket->high += step;
		bracket->high_excess = excess(ratio, bracket->high, probability);
	}
	for (; bracket->low_excess >= 0 && bracket->low > 0; step *= 2) {
		bracket->high = bracket->low;
		bracket->high_excess = bracket->low_excess;
		bracket->low = fmax(bracket->low - step, 0);
		bracket->low_excess = excess(ratio, bracket->low, probability);
	}
	return bracket->high_excess >= 0;
}

/* Regula falsi, of which an end that stays is taken for nearer (Illinois). */
static double quantile_of(const struct ratio *ratio, double middle, double probability)
{
	struct bracket bracket;
	double at, found;
	int round, side = 0;

	if (!find_bracket(ratio, middle, probability, &bracket))
		return INFINITY;
	if (bracket.low_excess >= 0)
		return bracket.low;
	for (round = 0; round < ROUNDS_MAX && bracket.high - bracket.low > EXACTNESS * bracket.high;
	     round++) {
		at = bracket.low - bracket.low_excess * (bracket.high - bracket.low) /
					   (bracket.high_excess - bracket.low_excess);
		found = excess(ratio, at, probability);
		if (fabs(found) < EXACTNESS)
			return at;
		if (found < 0) {
			bracket.low = at;
			bracket.low_excess = found;
			bracket.high_excess /= side < 0 ? 2 : 1;
		} else {
			bracket.high = at;
			bracket.high_excess = found;
			bracket.low_excess /= side > 0 ? 2 : 1;
		}
		side = found < 0 ? -1 : 1;
	}
	return bracket.high;
}

static double times_greater(double base, double next)
{
	if (base == 0)
		return next == 0 ? 1 : copysign(INFINITY, next);
	return next / base;
}

void histogram_quantile_change(const struct two_histograms *histograms, double q, double alpha,
			       double *room, struct change_estimate *estimate)
{
	struct ratio ratio = {
		.base = {room, room + QUANTILE_ROOM / 2, 0},
		.next = &histograms->next,
		.next_all = histogram_observations(&histograms->next),
	};
	double base_all = histogram_observations(&histograms->base), middle;
	struct share base_share;

	middle = times_greater(histogram_quantile_of(&histograms->base, q),
			       histogram_quantile_of(&histograms->next, q));
	estimate->middle = middle;
	share_init(&base_share, base_all, q);
	share_init(&ratio.next_share, ratio.next_all, q);
	take_values(&ratio.base, &histograms->base, base_all, &base_share);
	middle = middle > 0 && isfinite(middle) ? middle : 1;
	estimate->low = quantile_of(&ratio, middle, alpha / 2);
	estimate->high = quantile_of(&ratio, middle, 1 - alpha / 2);
}
