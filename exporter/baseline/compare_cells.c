#include "exporter/baseline/compare_cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BYTES	    sizeof(((struct compare_cell *)NULL)->text)
#define P_SHOWN_MIN 0.001
/* In wider buckets the size of a change is little more than a guess. */
#define RESOLUTION_MAX 1.5

struct step {
	double from;
	const char *name;
};

/* The largest that a value is no less than is its unit. */
static const struct step second_steps[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}};
static const struct step byte_steps[] = {
	{0x1p30, "GiB"}, {0x1p20, "MiB"}, {0x1p10, "KiB"}, {1, "B"}};

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t end_length = strlen(end);

	return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

/* NULL: its name has no unit. */
static const struct step *steps_of(const char *metric)
{
	size_t length = strlen(metric);

	if (ends_with(metric, length, "_total"))
		length -= strlen("_total");
	if (ends_with(metric, length, "_seconds"))
		return second_steps;
	if (ends_with(metric, length, "_bytes"))
		return byte_steps;
	return NULL;
}

static bool is_rate(const struct baseline_series *series, const struct change *change)
{
	return series->kind != BASELINE_GAUGE && (change->statistic.kind == STATISTIC_MEDIAN ||
						  change->statistic.kind == STATISTIC_RATE);
}

/* How many observations a second there are is not in the unit of what is observed. */
static bool is_of_observations(const struct baseline_series *series, const struct change *change)
{
	return series->kind == BASELINE_HISTOGRAM &&
	       (is_rate(series, change) || change->statistic.kind == STATISTIC_COUNT ||
		change->statistic.kind == STATISTIC_TOTAL);
}

static int put_number(char *to, double value)
{
	if (fabs(value) >= 1000 && fabs(value) < 1e15)
		return snprintf(to, BYTES, "%.0f", value);
	return snprintf(to, BYTES, "%.4g", value);
}

static int put_value(char *to, double value, const struct step *steps)
{
	size_t i = 0;
	int length;

	if (!steps || value == 0 || !isfinite(value))
		return put_number(to, value);
	while (i < 3 && fabs(value) < steps[i].from)
		i++;
	length = put_number(to, value / steps[i].from);
	return length + snprintf(to + length, BYTES - (size_t)length, " %s", steps[i].name);
}

void compare_value_cell(struct compare_cell *cell, const struct baseline_series *series,
			const struct change *change, bool next)
{
	double value = next ? change->next : change->base;
	bool beyond = next ? change->next_beyond : change->base_beyond;
	char number[BYTES / 2];

	if (!series || isnan(value)) {
		snprintf(cell->text, sizeof(cell->text), "-");
		return;
	}
	put_value(number, value,
		  is_of_observations(series, change) ? NULL : steps_of(series->metric));
	snprintf(cell->text, sizeof(cell->text), "%s%s%s", beyond ? "> " : "", number,
		 is_rate(series, change) ? "/s" : "");
}

void compare_ratio_cell(struct compare_cell *cell, double ratio)
{
	if (isnan(ratio))
		snprintf(cell->text, sizeof(cell->text), "?");
	else if (isinf(ratio))
		snprintf(cell->text, sizeof(cell->text), "from 0");
	else if (ratio >= 100)
		snprintf(cell->text, sizeof(cell->text), "%.3gx", ratio);
	else
		snprintf(cell->text, sizeof(cell->text), "%+.1f %%", 100 * (ratio - 1));
}

void compare_change_cell(struct compare_cell *cell, const struct change *change, double alpha)
{
	if (isnan(change->test.adjusted))
		snprintf(cell->text, sizeof(cell->text), "?");
	else if (!change_is_significant(change, alpha))
		snprintf(cell->text, sizeof(cell->text), "~");
	else
		compare_ratio_cell(cell, change->ratio);
}

void compare_interval_cell(struct compare_cell *cell, const struct change *change)
{
	struct compare_cell low, high;
	int length;

	cell->text[0] = '\0';
	if (isnan(change->low) || isnan(change->high) || isinf(change->low))
		return;
	compare_ratio_cell(&low, change->low);
	compare_ratio_cell(&high, change->high);
	if (isinf(change->high))
		high.text[0] = '\0';
	length = snprintf(cell->text, sizeof(cell->text), "%.16s ... %.16s", low.text, high.text);
	if (change->resolution > RESOLUTION_MAX && isfinite(change->resolution))
		snprintf(cell->text + length, sizeof(cell->text) - (size_t)length,
			 ", in a bucket of %.2gx", change->resolution);
}

void compare_p_cell(struct compare_cell *cell, const struct test_probability *test)
{
	double p = test->adjusted;

	if (isnan(p))
		cell->text[0] = '\0';
	else if (p < P_SHOWN_MIN)
		snprintf(cell->text, sizeof(cell->text), "<%g", P_SHOWN_MIN);
	else
		snprintf(cell->text, sizeof(cell->text), "%.3f", p);
}

void compare_failure(struct compare_sentence *sentence, const struct fail_on_series *failed)
{
	const struct change *change = &failed->change;
	struct compare_cell base, next, ratio, p;

	compare_value_cell(&next, failed->series, change, true);
	if (isnan(change->base)) {
		snprintf(sentence->text, sizeof(sentence->text), "%s", next.text);
		return;
	}
	compare_value_cell(&base, failed->series, change, false);
	compare_ratio_cell(&ratio, change->ratio);
	compare_p_cell(&p, &change->test);
	snprintf(sentence->text, sizeof(sentence->text), "%s to %s, %s%s%s", base.text, next.text,
		 ratio.text, p.text[0] ? ", p " : "", p.text);
}
