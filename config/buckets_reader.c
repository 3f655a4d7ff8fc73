#include "config/buckets_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/mapping.h"
#include "config/scalar_reader.h"

/* Closer to 0 there would be more native buckets than the least number of them. */
#define ZERO_THRESHOLD_LEAST 0x1p-128

/* So many digits every double keeps, so that ten times 1e-6 is 1e-05 and not 9.999999999999999e-06.
 */
static double rounded(long double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.15g", (double)value);
	return strtod(text, NULL);
}

static bool make_room(struct buckets_config *buckets, size_t count, const struct report *report)
{
	buckets->bounds = calloc(count, sizeof(*buckets->bounds));
	if (!buckets->bounds)
		report_out_of_memory(report);
	return buckets->bounds != NULL;
}

/* False: it is said that the bound does not follow the one before it. */
static bool add_bound(struct buckets_config *buckets, double bound, struct place place,
		      const struct report *report)
{
	if (!isfinite(bound)) {
		report_error(report, place, "the bound %zu of buckets is too large",
			     buckets->count + 1);
		return false;
	}
	if (buckets->count && bound <= buckets->bounds[buckets->count - 1]) {
		report_error(report, place,
			     "the bounds of buckets must ascend; %.15g comes behind %.15g", bound,
			     buckets->bounds[buckets->count - 1]);
		return false;
	}
	buckets->bounds[buckets->count++] = bound;
	return true;
}

static void add_text(struct buckets_config *buckets, const struct yaml_node *node,
		     const struct report *report)
{
	struct scalar_config scalar;
	struct quoted quoted;

	if (node->kind == YAML_TEXT && node->plain && scalar_parse_number(node->text, &scalar))
		add_bound(buckets, scalar.number, node->place, report);
	else
		report_error(report, node->place,
			     "a bound of buckets must be a number such as 0.001, not %s; +Inf is "
			     "added anyway",
			     yaml_describe(node, &quoted));
}

static void read_list(const struct yaml_node *list, struct buckets_config *buckets,
		      const struct report *report)
{
	const struct yaml_node *node;
	size_t count = yaml_count(list);

	if (!count || count > BUCKETS_MAX)
		report_error(report, list->place, "buckets must have from 1 to %d bounds, not %zu",
			     BUCKETS_MAX, count);
	else if (make_room(buckets, count, report))
		for (node = list->first; node; node = node->next)
			add_text(buckets, node, report);
}

static void make_exponential(const struct bucket_series *series, struct buckets_config *buckets,
			     struct place place, const struct report *report)
{
	long double bound = series->start;
	size_t i;

	for (i = 0; i < series->count; i++, bound *= series->step)
		if (!add_bound(buckets, rounded(bound), place, report))
			return;
}

/* What is left of the width where a bound should be 0 is not one. */
static double linear_bound(const struct bucket_series *series, size_t i)
{
	long double step = series->step, bound = series->start + step * (long double)i;

	return fabsl(bound) < step * 1e-12L ? 0 : rounded(bound);
}

static void make_linear(const struct bucket_series *series, struct buckets_config *buckets,
			struct place place, const struct report *report)
{
	size_t i;

	for (i = 0; i < series->count; i++)
		if (!add_bound(buckets, linear_bound(series, i), place, report))
			return;
}

static void check_exponential(const struct bucket_series *series, const struct mapping *mapping,
			      const struct report *report)
{
	if (!(series->start > 0))
		report_error(report, mapping_place(mapping, "start"),
			     "start must be over 0: bounds grow from it by a factor");
	if (!(series->step > 1))
		report_error(report, mapping_place(mapping, "factor"), "factor must be over 1");
}

static void check_linear(const struct bucket_series *series, const struct mapping *mapping,
			 const struct report *report)
{
	if (!(series->step > 0))
		report_error(report, mapping_place(mapping, "width"), "width must be over 0");
}

/* Whichever of the two is there; what is wrong in it keeps what would follow from it quiet. */
static void read_series(const struct yaml_node *node, const struct key_table *table,
			struct buckets_config *buckets, const struct report *report)
{
	struct bucket_series series = {0};
	size_t errors = report->problems->errors;
	struct mapping mapping;

	mapping_open(&mapping, table, node, report);
	mapping_read(&mapping, &series, report);
	if (report->problems->errors == errors && table == &exponential_keys)
		check_exponential(&series, &mapping, report);
	if (report->problems->errors == errors && table == &linear_keys)
		check_linear(&series, &mapping, report);
	if (report->problems->errors != errors || !make_room(buckets, series.count, report))
		return;
	if (table == &exponential_keys)
		make_exponential(&series, buckets, node->place, report);
	else
		make_linear(&series, buckets, node->place, report);
}

static void check_native(const struct buckets_config *buckets, const struct mapping *mapping,
			 const struct report *report)
{
	const struct native_config *native = &buckets->native;

	if (!(native->factor > 1))
		report_error(report, mapping_place(mapping, "factor"), "factor must be over 1");
	if (native->zero_threshold != 0 && !(native->zero_threshold >= ZERO_THRESHOLD_LEAST))
		report_error(report, mapping_place(mapping, "zero_threshold"),
			     "zero_threshold must be 0, or at least %g", ZERO_THRESHOLD_LEAST);
	if (native->negative && native->max < 2 * NATIVE_BUCKETS_LEAST)
		report_error(report, mapping_place(mapping, "max"),
			     "max must be at least %zu where values may be below 0",
			     2 * NATIVE_BUCKETS_LEAST);
}

/* Bounds below 0 say that values may be, too. */
static void read_native(const struct yaml_node *node, struct buckets_config *buckets,
			const struct report *report)
{
	size_t errors = report->problems->errors;
	struct mapping mapping;

	buckets->has_native = true;
	mapping_open(&mapping, &native_keys, node, report);
	mapping_read(&mapping, &buckets->native, report);
	if (buckets->count && buckets->bounds[0] < 0)
		buckets->native.negative = true;
	if (report->problems->errors == errors)
		check_native(buckets, &mapping, report);
}

static void read_bounds(const struct yaml_node *node, struct buckets_config *buckets,
			const struct report *report)
{
	struct quoted quoted;

	if (node->kind == YAML_LIST)
		read_list(node, buckets, report);
	else
		report_error(report, node->place, "bounds must be a list, not %s",
			     yaml_describe(node, &quoted));
}

/* At most one of the ways to make bounds; without native buckets one of them. */
static void read_mapping(const struct yaml_node *node, struct buckets_config *buckets,
			 const struct report *report)
{
	const struct yaml_node *exponential, *linear, *bounds, *native;
	size_t errors = report->problems->errors;
	struct mapping mapping;
	int ways;

	mapping_open(&mapping, &buckets_keys, node, report);
	exponential = mapping_value(&mapping, "exponential");
	linear = mapping_value(&mapping, "linear");
	bounds = mapping_value(&mapping, "bounds");
	native = mapping_value(&mapping, "native");
	ways = !!exponential + !!linear + !!bounds;
	if (report->problems->errors != errors)
		return;
	if (ways > 1 || (!ways && !native))
		report_error(report, node->place,
			     "buckets must be exponential or linear, or a list of bounds, with or "
			     "without native, or native alone");
	else if (exponential)
		read_series(exponential, &exponential_keys, buckets, report);
	else if (linear)
		read_series(linear, &linear_keys, buckets, report);
	else if (bounds)
		read_bounds(bounds, buckets, report);
	if (native && report->problems->errors == errors)
		read_native(native, buckets, report);
}

void buckets_reader_read(const struct yaml_node *node, struct buckets_config *buckets,
			 const struct report *report)
{
	struct quoted quoted;

	buckets->place = node->place;
	if (node->kind == YAML_LIST)
		read_list(node, buckets, report);
	else if (node->kind == YAML_MAPPING)
		read_mapping(node, buckets, report);
	else
		report_error(report, node->place,
			     "buckets must be a list of bounds, or a mapping with the key "
			     "exponential, linear or native, not %s",
			     yaml_describe(node, &quoted));
}
