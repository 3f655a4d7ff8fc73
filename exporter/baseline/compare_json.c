/* A comparison for programs. Numbers have six digits, so that it is the same on every machine. */
#include "exporter/baseline/compare_report.h"

#include <math.h>

#include "exporter/command/json.h"

/* What is no finite number is null. */
static void add_number(struct text *to, const char *key, double value)
{
	json_key(to, key);
	if (isfinite(value))
		text_printf(to, "%.6g", value);
	else
		text_string(to, "null");
}

static void add_statistic(struct text *to, const struct statistic *statistic)
{
	json_key(to, "statistic");
	text_char(to, '"');
	statistic_name(to, statistic);
	text_char(to, '"');
}

static void add_change(const struct change *change, double alpha, struct text *to)
{
	text_char(to, '{');
	add_statistic(to, &change->statistic);
	add_number(to, "base", change->base);
	add_number(to, "new", change->next);
	add_number(to, "ratio", change->ratio);
	add_number(to, "ratio_low", change->low);
	add_number(to, "ratio_high", change->high);
	add_number(to, "p", change->test.p);
	add_number(to, "p_adjusted", change->test.adjusted);
	json_string(to, "tested_over", repetition_name(change->repetition));
	json_bool(to, "significant", change_is_significant(change, alpha));
	add_number(to, "bucket_ratio", change->resolution);
	json_bool(to, "base_beyond_buckets", change->base_beyond);
	json_bool(to, "new_beyond_buckets", change->next_beyond);
	text_char(to, '}');
}

static const char *status_of(const struct compared_series *series)
{
	if (!series->base || !series->next)
		return series->next ? "new" : "gone";
	if (series->kind_differs)
		return "type_differs";
	return series->bounds_differ ? "buckets_differ" : "both";
}

static void add_labels(const struct baseline_series *series, struct text *to)
{
	size_t i;

	json_key(to, "labels");
	text_char(to, '{');
	for (i = 0; i < series->label_count; i++)
		json_string(to, series->labels[i].name, series->labels[i].value);
	text_char(to, '}');
}

static void add_series(const struct compared_series *series, double alpha, struct text *to)
{
	const struct baseline_series *known = series->next ? series->next : series->base;
	size_t i;

	text_char(to, '{');
	json_string(to, "series", series->key);
	json_string(to, "metric", known->metric);
	add_labels(known, to);
	json_string(to, "type", baseline_kind_name(known->kind));
	json_string(to, "status", status_of(series));
	json_bool(to, "changed", series->changed);
	json_key(to, "changes");
	text_char(to, '[');
	for (i = 0; i < series->change_count; i++) {
		json_next(to);
		add_change(&series->changes[i], alpha, to);
	}
	text_char(to, ']');
	json_key(to, "shape");
	text_char(to, '{');
	add_number(to, "distance", series->shape);
	add_number(to, "p", series->shape_test.p);
	add_number(to, "p_adjusted", series->shape_test.adjusted);
	text_string(to, "}}");
}

static void add_checks(const struct usability *usability, struct text *to)
{
	size_t i;

	json_key(to, "checks");
	text_char(to, '[');
	for (i = 0; i < USABILITY_CHECKS; i++) {
		json_next(to);
		text_char(to, '{');
		json_string(to, "check", usability_name((enum usability_check)i));
		json_string(to, "result", usability_level_name(usability->findings[i].level));
		json_string(to, "text", usability->findings[i].text);
		text_char(to, '}');
	}
	text_char(to, ']');
}

static void add_condition_series(const struct fail_on_series *series, double alpha, struct text *to)
{
	json_next(to);
	text_char(to, '{');
	json_string(to, "series", series->series->key);
	json_bool(to, "failed", series->failed);
	json_key(to, "change");
	add_change(&series->change, alpha, to);
	text_char(to, '}');
}

static void add_condition(const struct compare_report *report, size_t index, bool refused,
			  struct text *to)
{
	const struct fail_on_result *result = &report->results[index];
	size_t i;

	json_next(to);
	text_char(to, '{');
	json_string(to, "condition", fail_on_text(report->conditions[index]));
	json_string(to, "result",
		    refused		  ? "skipped"
		    : result->failed	  ? "failed"
		    : result->unusable[0] ? "unusable"
					  : "passed");
	json_string(to, "text", result->unusable);
	json_u64(to, "undecided", result->undecided);
	json_key(to, "series");
	text_char(to, '[');
	for (i = 0; !refused && i < result->count; i++)
		add_condition_series(&result->series[i], report->comparison->options.alpha, to);
	text_string(to, "]}");
}

static void add_conditions(const struct compare_report *report, bool refused, struct text *to)
{
	size_t i;

	json_key(to, "fail_on");
	text_char(to, '[');
	for (i = 0; i < report->condition_count; i++)
		add_condition(report, i, refused, to);
	text_char(to, ']');
}

static void add_geometric_means(const struct comparison *comparison, struct text *to)
{
	static const char *const names[COMPARED_CHANGES_MAX] = {"rates", "p50", "p90", "p99"};
	size_t i;

	json_key(to, "geometric_means");
	text_char(to, '{');
	for (i = 0; i < COMPARED_CHANGES_MAX; i++)
		add_number(to, names[i], comparison->geometric_means[i]);
	text_char(to, '}');
}

static void add_summary(const struct comparison *comparison, struct text *to)
{
	json_string(to, "tested_over", comparison->by_runs ? "runs" : "intervals and observations");
	json_string(to, "correction", correction_name(comparison->options.correction));
	add_number(to, "alpha", comparison->options.alpha);
	json_u64(to, "tests", comparison->tests);
	json_u64(to, "series_in_both", comparison->both);
	json_u64(to, "series_changed", comparison->changed);
	json_u64(to, "series_new", comparison->only_next);
	json_u64(to, "series_gone", comparison->only_base);
	add_geometric_means(comparison, to);
}

/* What is refused has no series: it is not to be gone by. A series is a line. */
void compare_json(const struct compare_report *report, struct text *to)
{
	const struct comparison *comparison = report->comparison;
	bool refused = usability_level(&comparison->usability) == USABILITY_REFUSED;
	size_t i;

	text_char(to, '{');
	json_string(to, "base", report->base_name);
	json_string(to, "new", report->next_name);
	json_string(to, "result", compare_verdict_name(compare_verdict(report)));
	add_checks(&comparison->usability, to);
	add_conditions(report, refused, to);
	add_summary(comparison, to);
	json_key(to, "series");
	text_string(to, "[");
	for (i = 0; !refused && i < comparison->series_count; i++) {
		text_string(to, i ? ",\n" : "\n");
		add_series(&comparison->series[i], comparison->options.alpha, to);
	}
	text_string(to, "\n]}\n");
}
