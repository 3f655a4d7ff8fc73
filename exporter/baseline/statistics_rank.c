#include "exporter/baseline/statistics_rank.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "exporter/baseline/statistics_tails.h"

#define ITEMS_MAX RANK_EXACT_SMALLER
#define SUM_MAX	  ((size_t)2 * RANK_EXACT_SMALLER * RANK_EXACT_TOTAL)

/* Of both samples, in order, groups of values that are the same. */
struct ties {
	const struct two_samples *samples;
	size_t base_at, next_at;
	size_t base_count, next_count; /* of the group */
};

static size_t equal_from(const double *sorted, size_t count, size_t at, double value)
{
	size_t start = at;

	while (at < count && sorted[at] == value)
		at++;
	return at - start;
}

static bool next_group(struct ties *ties)
{
	const struct two_samples *s = ties->samples;
	double value;

	ties->base_at += ties->base_count;
	ties->next_at += ties->next_count;
	if (ties->base_at < s->base_count)
		value = s->base[ties->base_at];
	else if (ties->next_at < s->next_count)
		value = s->next[ties->next_at];
	else
		return false;
	if (ties->next_at < s->next_count && s->next[ties->next_at] < value)
		value = s->next[ties->next_at];
	ties->base_count = equal_from(s->base, s->base_count, ties->base_at, value);
	ties->next_count = equal_from(s->next, s->next_count, ties->next_at, value);
	return true;
}

double mann_whitney_u(const struct two_samples *samples)
{
	struct ties ties = {.samples = samples};
	double u = 0;

	while (next_group(&ties))
		u += (double)ties.next_count * ((double)ties.base_at + (double)ties.base_count / 2);
	return u;
}

/* In how many ways so many ranks have a sum; ranks are doubled, so that those of ties are whole. */
struct rank_sums {
	size_t items;
	double ways[ITEMS_MAX + 1][SUM_MAX + 1];
};

/* Takes in one more rank, that may be chosen or not. */
static void add_rank(struct rank_sums *sums, size_t doubled)
{
	size_t chosen, sum;

	for (chosen = sums->items; chosen > 0; chosen--)
		for (sum = SUM_MAX; sum >= doubled; sum--)
			sums->ways[chosen][sum] += sums->ways[chosen - 1][sum - doubled];
}

static void add_ranks(struct rank_sums *sums, const struct two_samples *samples)
{
	struct ties ties = {.samples = samples};
	size_t below, group, i;

	while (next_group(&ties)) {
		below = ties.base_at + ties.next_at;
		group = ties.base_count + ties.next_count;
		for (i = 0; i < group; i++)
			add_rank(sums, 2 * below + group + 1);
	}
}

/* From sums of the smaller sample's ranks to U of `next`, in halves, which runs the other way round
 * where the smaller one is `base`. */
static void init_exact(struct rank_null *null, const struct two_samples *samples)
{
	size_t smaller = samples->next_count, halves = 2 * null->pairs, least, half, i;
	bool swapped = samples->base_count < samples->next_count;
	struct rank_sums sums = {0};
	double all = 0;

	if (swapped)
		smaller = samples->base_count;
	sums.items = smaller;
	sums.ways[0][0] = 1;
	add_ranks(&sums, samples);
	least = smaller * (smaller + 1);
	for (i = 0; i <= halves; i++) {
		half = swapped ? halves - i : i;
		all += sums.ways[smaller][least + half];
		null->up_to[i] = all;
	}
	for (i = 0; i <= halves; i++)
		null->up_to[i] /= all;
}

/* Hollander and Wolfe, "Nonparametric Statistical Methods", (4.13): the variance with ties. */
static double tied_variance(const struct two_samples *samples)
{
	struct ties ties = {.samples = samples};
	double base = (double)samples->base_count, next = (double)samples->next_count;
	double total = base + next, tied = 0, group;

	while (next_group(&ties)) {
		group = (double)(ties.base_count + ties.next_count);
		tied += group * group * group - group;
	}
	return base * next / 12 * (total + 1 - tied / (total * (total - 1)));
}

void rank_null_init(struct rank_null *null, const struct two_samples *samples, double base_factor,
		    double next_factor)
{
	size_t base_count = samples->base_count, next_count = samples->next_count;
	size_t smaller = base_count < next_count ? base_count : next_count;
	double base = (double)base_count, next = (double)next_count, wider;
	bool independent = base_factor <= 1 && next_factor <= 1;

	null->pairs = base_count * next_count;
	null->exact = independent && smaller <= RANK_EXACT_SMALLER &&
		      base_count + next_count <= RANK_EXACT_TOTAL;
	if (null->exact) {
		init_exact(null, samples);
		return;
	}
	wider = (base_factor / base + next_factor / next) / (1 / base + 1 / next);
	null->deviation = sqrt(fmax(tied_variance(samples), 0) * wider);
	null->freedom =
		independent ? INFINITY : fmax(base / base_factor + next / next_factor - 2, 1);
}

double rank_null_p(const struct rank_null *null, double u)
{
	double mean = (double)null->pairs / 2, distance, below, above;
	size_t half;

	if (null->exact) {
		half = (size_t)(2 * u);
		below = null->up_to[half];
		above = half ? 1 - null->up_to[half - 1] : 1;
		return fmin(2 * fmin(below, above), 1);
	}
	distance = fmax(fabs(u - mean) - 0.5, 0);
	if (distance == 0 || null->deviation == 0)
		return 1;
	return student_two_sided(distance / null->deviation, null->freedom);
}

/* Exact: whether a U of so many halves, and one as far above the mean, have no more than alpha. */
static bool is_within(const struct rank_null *null, size_t half, double alpha)
{
	size_t halves = 2 * null->pairs;

	return half < null->pairs && 2 * null->up_to[half] <= alpha &&
	       2 * (1 - null->up_to[halves - half - 1]) <= alpha;
}

double rank_null_limit(const struct rank_null *null, double alpha)
{
	double limit;
	size_t half = 0;

	if (null->exact) {
		while (is_within(null, half, alpha))
			half++;
		return half ? floor((double)(half - 1) / 2) : -1;
	}
	limit = floor((double)null->pairs / 2 - 0.5 -
		      student_critical(alpha, null->freedom) * null->deviation);
	return limit < 0 ? -1 : limit;
}

static double pair_value(enum pair_change change, double base, double next)
{
	if (change == PAIR_SHIFT)
		return next - base;
	if (base == 0)
		return next == 0 ? 1 : INFINITY;
	return next / base;
}

/* Doubles as integers in the same order, and back. */
static int64_t to_ordered(double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits < 0 ? INT64_MIN - bits : bits;
}

static double from_ordered(int64_t ordered)
{
	int64_t bits = ordered < 0 ? INT64_MIN - ordered : ordered;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* How many pairs change by no more; as both samples are sorted, one walk over them. */
static double pairs_up_to(const struct two_samples *s, enum pair_change change, double value)
{
	size_t i, next = 0;
	double count = 0;

	for (i = 0; i < s->base_count; i++) {
		while (next < s->next_count &&
		       pair_value(change, s->base[i], s->next[next]) <= value)
			next++;
		count += (double)next;
	}
	return count;
}

/* The change of a rank, from 1, among those of all pairs: halves what is between the least and the
 * greatest until it is found to the last bit. */
static double ranked_change(const struct two_samples *s, enum pair_change change, double rank)
{
	double least = pair_value(change, s->base[s->base_count - 1], s->next[0]);
	double greatest = pair_value(change, s->base[0], s->next[s->next_count - 1]);
	int64_t low = to_ordered(least), high = to_ordered(greatest);

	while (low < high) {
		int64_t middle = (low & high) + ((low ^ high) >> 1);

		if (pairs_up_to(s, change, from_ordered(middle)) >= rank)
			high = middle;
		else
			low = middle + 1;
	}
	return from_ordered(low);
}

void hodges_lehmann(const struct two_samples *samples, enum pair_change change,
		    const struct rank_null *null, double alpha, struct change_estimate *estimate)
{
	double pairs = (double)null->pairs, limit = rank_null_limit(null, alpha), middle;

	middle = floor((pairs + 1) / 2);
	estimate->middle = ranked_change(samples, change, middle);
	if (null->pairs % 2 == 0)
		estimate->middle =
			(estimate->middle + ranked_change(samples, change, middle + 1)) / 2;
	estimate->low = change == PAIR_RATIO ? 0 : -INFINITY;
	estimate->high = INFINITY;
	if (limit < 0)
		return;
	estimate->low = ranked_change(samples, change, limit + 1);
	estimate->high = ranked_change(samples, change, pairs - limit);
}

/* How many are below the value, and those that are equal for half. */
static double rank_in(const double *sorted, size_t count, double value)
{
	size_t low = 0, high = count, middle, below;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (sorted[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	below = low;
	for (high = count; low < high;) {
		middle = low + (high - low) / 2;
		if (sorted[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return (double)below + (double)(low - below) / 2;
}

double pooled_rank(const struct two_samples *samples, double value)
{
	return rank_in(samples->base, samples->base_count, value) +
	       rank_in(samples->next, samples->next_count, value);
}
