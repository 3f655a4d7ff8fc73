/* A comparison for a terminal. */
#include "exporter/baseline/compare_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_text.h"
#include "exporter/baseline/compare_cells.h"

#define COLUMN_BYTES 14
#define P_BYTES	     9
#define BINS	     16
/* Series that have not changed, are new or are gone, that are shown of each. */
#define LISTED_MAX 100

enum colour {
	PLAIN,
	BOLD,
	RED,
	GREEN,
	YELLOW
};

struct output {
	const struct compare_report *report;
	const struct comparison *comparison;
	struct text *to;
};

static void paint(const struct output *out, enum colour colour)
{
	static const char *const codes[] = {"\033[0m", "\033[1m", "\033[31m", "\033[32m",
					    "\033[33m"};

	if (out->report->colours)
		text_string(out->to, codes[colour]);
}

/* Characters that are shown: of UTF-8 those that begin one. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void add_column(const struct output *out, const char *text, size_t width)
{
	size_t i;

	for (i = width_of(text); i < width; i++)
		text_char(out->to, ' ');
	text_string(out->to, text);
}

static void add_side(const struct output *out, const char *what, const char *name,
		     const struct baseline *baseline)
{
	size_t intervals = 0, run;

	for (run = 0; run < baseline->run_count; run++)
		intervals += baseline->runs[run].interval_count;
	text_printf(out->to, "%-5s ", what);
	text_printable(out->to, name);
	text_printf(out->to, ": %zu run%s, %zu intervals, %zu series\n", baseline->run_count,
		    baseline->run_count == 1 ? "" : "s", intervals, baseline->series_count);
}

static void add_findings(const struct output *out)
{
	const struct usability *usability = &out->comparison->usability;
	size_t i;

	for (i = 0; i < USABILITY_CHECKS; i++) {
		const struct usability_finding *finding = &usability->findings[i];

		if (finding->level == USABILITY_GOOD)
			continue;
		paint(out, finding->level == USABILITY_REFUSED ? RED : YELLOW);
		text_printf(out->to, "%s (%s): ", usability_level_name(finding->level),
			    usability_name((enum usability_check)i));
		text_printable(out->to, finding->text);
		paint(out, PLAIN);
		text_char(out->to, '\n');
	}
}

static void add_head(const struct output *out)
{
	const struct comparison *comparison = out->comparison;

	add_side(out, "BASE", out->report->base_name, comparison->base);
	add_side(out, "NEW", out->report->next_name, comparison->next);
	text_printf(out->to, "tested over %s; p is adjusted for %zu tests (%s), alpha %g\n",
		    comparison->by_runs ? "runs" : "intervals and observations", comparison->tests,
		    correction_name(comparison->options.correction), comparison->options.alpha);
	add_findings(out);
}

static void add_failed(const struct output *out, const struct fail_on_series *failed)
{
	struct compare_sentence sentence;

	compare_failure(&sentence, failed);
	text_string(out->to, "    ");
	text_printable(out->to, failed->series->key);
	text_printf(out->to, ": %s\n", sentence.text);
}

static void add_condition(const struct output *out, size_t index)
{
	const struct fail_on *condition = out->report->conditions[index];
	const struct fail_on_result *result = &out->report->results[index];
	size_t i;

	paint(out, result->failed ? RED : result->unusable[0] ? YELLOW : GREEN);
	text_string(out->to, result->failed	   ? "failed: "
			     : result->unusable[0] ? "unusable: "
						   : "passed: ");
	paint(out, PLAIN);
	text_printable(out->to, fail_on_text(condition));
	text_printf(out->to, " (%zu of %zu series", result->failed, result->count);
	if (result->undecided)
		text_printf(out->to, ", %zu undecided", result->undecided);
	text_string(out->to, ")");
	if (result->unusable[0]) {
		text_string(out->to, ": ");
		text_printable(out->to, result->unusable);
	}
	text_char(out->to, '\n');
	for (i = 0; i < result->count; i++)
		if (result->series[i].failed)
			add_failed(out, &result->series[i]);
}

/* Whether more is worse is known of how long things take alone. */
static enum colour colour_of(const struct output *out, const struct compared_series *series,
			     const struct change *change)
{
	size_t length = strlen(series->next->metric);
	bool seconds = length > 8 && strcmp(series->next->metric + length - 8, "_seconds") == 0;

	if (!change_is_significant(change, out->comparison->options.alpha))
		return PLAIN;
	if (change->statistic.kind != STATISTIC_QUANTILE || !seconds)
		return YELLOW;
	return change->ratio > 1 ? RED : GREEN;
}

static void add_verdict(const struct output *out, const struct compared_series *series,
			const struct change *change)
{
	enum colour colour = colour_of(out, series, change);
	struct compare_cell cell;

	if (colour != PLAIN)
		paint(out, colour);
	compare_change_cell(&cell, change, out->comparison->options.alpha);
	add_column(out, cell.text, COLUMN_BYTES);
	if (colour != PLAIN)
		paint(out, PLAIN);
	compare_p_cell(&cell, &change->test);
	add_column(out, cell.text, P_BYTES);
	compare_interval_cell(&cell, change);
	if (cell.text[0])
		text_printf(out->to, "   %s", cell.text);
}

static void add_change(const struct output *out, const struct compared_series *series,
		       const struct change *change)
{
	struct compare_cell cell;
	size_t start = out->to->length;

	text_string(out->to, "    ");
	statistic_name(out->to, &change->statistic);
	while (out->to->length - start < 12 && !out->to->failed)
		text_char(out->to, ' ');
	compare_value_cell(&cell, series->base, change, false);
	add_column(out, cell.text, COLUMN_BYTES);
	compare_value_cell(&cell, series->next, change, true);
	add_column(out, cell.text, COLUMN_BYTES);
	if (series->base && series->next)
		add_verdict(out, series, change);
	text_char(out->to, '\n');
}

/* Where the least and the greatest of rates are. */
struct range {
	double low, high;
};

static void widen(struct range *range, const struct baseline *baseline,
		  const struct baseline_series *series)
{
	size_t run, i;

	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; series->values[run].rates && i < baseline->runs[run].interval_count;
		     i++) {
			double value = series->values[run].rates[i];

			range->low = fmin(range->low, value);
			range->high = fmax(range->high, value);
		}
}

/* Counts rates in bins of the same width. */
static void add_rate_bars(const struct output *out, const struct baseline *baseline,
			  const struct baseline_series *series, const struct range *range)
{
	double bins[BINS] = {0}, place;
	size_t run, i;

	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; series->values[run].rates && i < baseline->runs[run].interval_count;
		     i++) {
			place = (series->values[run].rates[i] - range->low) /
				(range->high - range->low) * BINS;
			if (place >= 0)
				bins[place < BINS ? (size_t)place : BINS - 1]++;
		}
	baseline_bars(bins, BINS, BINS, out->to);
}

/* What a bucket is drawn as: where its values are, on a scale of logarithms. Where they may be 0 or
 * anything, as wide as from half of its end, or to twice its start. */
static struct range bucket_range(const struct baseline_series *series, size_t bucket)
{
	double end = bucket < series->bound_count ? series->bounds[bucket] : INFINITY;
	double start = bucket ? series->bounds[bucket - 1] : 0;

	if (!(start > 0))
		start = end / 2;
	if (isinf(end))
		end = 2 * start;
	return (struct range){log2(start), log2(end)};
}

/* In even parts to all bins that it reaches into. */
static void spread_bucket(const struct range *whole, const struct range *bucket, double count,
			  double *bins)
{
	double width = (whole->high - whole->low) / BINS, part;
	size_t i;

	for (i = 0; i < BINS; i++) {
		double low = whole->low + (double)i * width;

		part = fmin(low + width, bucket->high) - fmax(low, bucket->low);
		if (part > 0)
			bins[i] += count * part / (bucket->high - bucket->low);
	}
}

static void add_bucket_bars(const struct output *out, const struct baseline *baseline,
			    const struct baseline_series *series, const struct range *whole)
{
	double bins[BINS] = {0};
	size_t run, i;

	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; series->values[run].buckets && i <= series->bound_count; i++) {
			const struct range bucket = bucket_range(series, i);

			if (series->values[run].buckets[i])
				spread_bucket(whole, &bucket,
					      (double)series->values[run].buckets[i], bins);
		}
	baseline_bars(bins, BINS, BINS, out->to);
}

/* Of buckets that have anything in. */
static void find_buckets(const struct baseline *baseline, const struct baseline_series *series,
			 struct range *whole)
{
	size_t run, i;

	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; series->values[run].buckets && i <= series->bound_count; i++) {
			const struct range bucket = bucket_range(series, i);

			if (!series->values[run].buckets[i])
				continue;
			whole->low = isnan(bucket.low) ? -INFINITY : fmin(whole->low, bucket.low);
			whole->high = fmax(whole->high, bucket.high);
		}
}

/* Of a histogram its buckets, else how rates are spread: before and now, on the same scale. */
static void add_bars(const struct output *out, const struct compared_series *series)
{
	const struct comparison *comparison = out->comparison;
	struct range range = {INFINITY, -INFINITY};

	if (series->kind_differs || series->bounds_differ)
		return;
	text_string(out->to, "  ");
	if (series->base->kind == BASELINE_HISTOGRAM) {
		find_buckets(comparison->base, series->base, &range);
		find_buckets(comparison->next, series->next, &range);
		/* Of values that may be below 0 there are no logarithms. */
		if (!isfinite(range.low) || !isfinite(range.high))
			return;
		add_bucket_bars(out, comparison->base, series->base, &range);
		text_string(out->to, " > ");
		add_bucket_bars(out, comparison->next, series->next, &range);
		return;
	}
	widen(&range, comparison->base, series->base);
	widen(&range, comparison->next, series->next);
	if (!(range.high > range.low))
		return;
	add_rate_bars(out, comparison->base, series->base, &range);
	text_string(out->to, " > ");
	add_rate_bars(out, comparison->next, series->next, &range);
}

static void add_shape(const struct output *out, const struct compared_series *series)
{
	struct compare_cell p;

	if (isnan(series->shape))
		return;
	compare_p_cell(&p, &series->shape_test);
	text_printf(out->to, "    shape       %14s%14s%14.3f%9s\n", "", "", series->shape, p.text);
}

static void add_series(const struct output *out, const struct compared_series *series)
{
	size_t i;

	text_string(out->to, "  ");
	if (series->changed)
		paint(out, BOLD);
	text_printable(out->to, series->key);
	if (series->changed)
		paint(out, PLAIN);
	if (series->base && series->next && out->report->bars)
		add_bars(out, series);
	text_char(out->to, '\n');
	if (series->kind_differs)
		text_string(out->to, "    is of another type now\n");
	if (series->bounds_differ)
		text_string(out->to, "    has other buckets now: quantiles are not compared\n");
	for (i = 0; i < series->change_count; i++)
		add_change(out, series, &series->changes[i]);
	add_shape(out, series);
}

/* All up to `whole`, of others some. */
static void add_rows(const struct output *out, const char *title, size_t first, size_t count,
		     size_t whole)
{
	size_t i, shown = count - whole < LISTED_MAX ? count : whole + LISTED_MAX;

	if (!count)
		return;
	text_printf(out->to, "\n%-12s%14s%14s%14s%9s   interval of %g %%\n", title, "BASE", "NEW",
		    "change", "p", 100 * (1 - out->comparison->options.alpha));
	for (i = first; i < first + shown; i++)
		add_series(out, &out->comparison->series[i]);
	if (shown < count)
		text_printf(out->to, "  %zu more are left out; --format=json has them\n",
			    count - shown);
}

static void add_summary(const struct output *out)
{
	static const char *const names[COMPARED_CHANGES_MAX] = {"rates", "p50", "p90", "p99"};
	const struct comparison *comparison = out->comparison;
	struct compare_cell cell;
	size_t i;

	text_string(out->to, "\n");
	for (i = 0; i < COMPARED_CHANGES_MAX; i++) {
		if (isnan(comparison->geometric_means[i]))
			continue;
		compare_ratio_cell(&cell, comparison->geometric_means[i]);
		text_printf(out->to, "geometric mean of %-6s %s\n", names[i], cell.text);
	}
	text_printf(out->to, "%zu of %zu series changed, %zu are new, %zu are gone\n",
		    comparison->changed, comparison->both, comparison->only_next,
		    comparison->only_base);
}

void compare_text(const struct compare_report *report, struct text *to)
{
	const struct output out = {report, report->comparison, to};
	const struct comparison *comparison = report->comparison;
	size_t i;

	add_head(&out);
	if (usability_level(&comparison->usability) == USABILITY_REFUSED)
		return;
	for (i = 0; i < report->condition_count; i++)
		add_condition(&out, i);
	add_rows(&out, "in both", 0, comparison->both, comparison->changed);
	add_rows(&out, "new", comparison->both, comparison->only_next, 0);
	add_rows(&out, "gone", comparison->both + comparison->only_next, comparison->only_base, 0);
	add_summary(&out);
}
