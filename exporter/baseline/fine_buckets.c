#include "exporter/baseline/fine_buckets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "exporter/baseline/baseline.h"
#include "metrics/family_info.h"

/* How far buckets go on below the lowest bound above 0, and above the highest. */
#define REACH 64.0
/* Of a histogram that has no bounds. */
#define LEAST 1e-9
#define MOST  1e9
/* Each division of all buckets is tried with a factor that is so many times the one before. */
#define COARSER	   1.25
#define FACTOR_MAX 2.0
#define DIGITS	   4

struct bounds {
	double *list;
	size_t count;
	bool is_full;
};

/* A bound that is not above those before it is left out. */
static void add(struct bounds *bounds, double bound)
{
	if (bounds->count && !(bound > bounds->list[bounds->count - 1]))
		return;
	if (bounds->count == FAMILY_BOUNDS_MAX)
		bounds->is_full = true;
	else
		bounds->list[bounds->count++] = bound;
}

/* As it is short in files. */
static double rounded(double bound)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*g", DIGITS, bound);
	return strtod(text, NULL);
}

/* Bounds between two, which are above 0, and the upper one. */
static void divide(struct bounds *bounds, double lower, double upper, double factor)
{
	double parts = ceil(log(upper / lower) / log(factor) - 1e-9), bound;
	int i;

	for (i = 1; i < parts; i++) {
		bound = rounded(lower * pow(upper / lower, i / parts));
		if (bound < upper)
			add(bounds, bound);
	}
	add(bounds, upper);
}

static void fill(struct bounds *bounds, const struct buckets_config *buckets, double factor)
{
	size_t i;

	bounds->count = 0;
	bounds->is_full = false;
	if (!buckets->count) {
		add(bounds, LEAST);
		divide(bounds, LEAST, MOST, factor);
	}
	for (i = 0; i < buckets->count; i++) {
		double lower = i ? buckets->bounds[i - 1] : 0, upper = buckets->bounds[i];

		if (!(upper > 0)) {
			add(bounds, upper);
			continue;
		}
		if (!(lower > 0)) {
			lower = rounded(upper / REACH);
			add(bounds, lower);
		}
		divide(bounds, lower, upper, factor);
	}
	if (buckets->count && buckets->bounds[i - 1] > 0 &&
	    isfinite(buckets->bounds[i - 1] * REACH))
		divide(bounds, buckets->bounds[i - 1], rounded(buckets->bounds[i - 1] * REACH),
		       factor);
}

static int refine(struct buckets_config *buckets, struct error *error)
{
	struct bounds bounds = {.list = malloc(FAMILY_BOUNDS_MAX * sizeof(*bounds.list))};
	double factor = FINE_BUCKETS_FACTOR;

	if (!bounds.list)
		return error_set(error, "out of memory");
	fill(&bounds, buckets, factor);
	while (bounds.is_full && factor < FACTOR_MAX) {
		factor *= COARSER;
		fill(&bounds, buckets, factor);
	}
	if (bounds.is_full) {
		free(bounds.list);
		return 0;
	}
	free(buckets->bounds);
	buckets->bounds = bounds.list;
	buckets->count = bounds.count;
	buckets->has_native = false;
	return 0;
}

int fine_buckets_make(struct config *config, struct error *error)
{
	size_t i;

	for (i = 0; i < config->rule_count; i++) {
		struct buckets_config *buckets = &config->rules[i].buckets;

		/* Which nobody sees, and each bucket has its own. */
		rule_config_drop_exemplar(&config->rules[i]);
		if ((!buckets->count && !buckets->has_native) ||
		    (buckets->has_native && buckets->native.negative))
			continue;
		if (refine(buckets, error))
			return -1;
	}
	return 0;
}
