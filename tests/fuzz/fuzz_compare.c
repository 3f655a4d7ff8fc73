/*
 * Any bytes as metrics pages of which two baselines are made, and these compared: a report in each
 * format, the same each time; what XML and JSON forbid is in none, p are probabilities, and what is
 * compared with itself has not changed.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/utf8.h"
#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/builder.h"
#include "exporter/baseline/compare_report.h"

#define TEXT_MAX ((size_t)64 << 20)
/* Pages of each baseline. */
#define PAGES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Takes pages up to a zero each, and the last again where there are no more. NULL: one is wrong. */
static struct baseline *take_baseline(const char **at, const char *end)
{
	const struct baseline_run run = {
		.interval_ns = 1000000000, .length_ns = 6000000000, .complete = true};
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline = NULL;
	const char *stop;
	struct error error = {""};
	int i, result = 0;

	require(builder);
	for (i = 0; i < PAGES && !result; i++) {
		stop = *at < end ? memchr(*at, '\0', (size_t)(end - *at)) : NULL;
		if (!stop)
			stop = end;
		result = baseline_builder_page(builder, "page", *at, (size_t)(stop - *at), 1,
					       &error);
		if (stop < end)
			*at = stop + 1;
	}
	if (!result)
		baseline = baseline_builder_finish(builder, &run, &error);
	baseline_builder_free(builder);
	return baseline;
}

/* As it is read from a file, where texts are checked more than on pages. */
static struct baseline *reread(struct baseline *baseline)
{
	struct baseline *again;
	struct error error;
	struct text text;

	if (!baseline)
		return NULL;
	text_init(&text, TEXT_MAX);
	baseline_json(baseline, &text);
	again = baseline_parse("baseline", text.bytes, text.length, &error);
	text_done(&text);
	baseline_free(baseline);
	return again;
}

/* JSON forbids fewer. */
static void check_characters(const struct text *text, bool is_json)
{
	size_t at = 0, bytes;
	uint32_t code;

	for (; at < text->length; at += bytes) {
		bytes = utf8_next(text->bytes + at, text->length - at, &code);
		require(bytes);
		require(code == '\n' || (is_json ? code >= ' ' : !utf8_is_control(code)));
	}
}

static void check_formats(struct compare_report *report)
{
	static compare_format *const formats[] = {compare_json, compare_junit, compare_markdown,
						  compare_text};
	struct text text, again;
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		text_init(&text, TEXT_MAX);
		text_init(&again, TEXT_MAX);
		formats[i](report, &text);
		formats[i](report, &again);
		require(!text.failed && text.length == again.length &&
			memcmp(text.bytes, again.bytes, text.length) == 0);
		check_characters(&text, formats[i] == compare_json);
		text_done(&text);
		text_done(&again);
	}
	report->terminal = true;
	text_init(&text, TEXT_MAX);
	compare_text(report, &text);
	require(!text.failed);
	text_done(&text);
}

static void check_change(const struct change *change)
{
	require(isnan(change->test.p) || (change->test.p >= 0 && change->test.p <= 1));
	/* Which is p times a number and divided by it: rounded. */
	require(isnan(change->test.p) || (change->test.adjusted >= change->test.p * (1 - 1e-12) &&
					  change->test.adjusted <= 1));
	require(isnan(change->low) == isnan(change->high));
	require(isnan(change->low) || change->low <= change->high);
}

static void check(const struct baseline *base, const struct baseline *next)
{
	static const struct comparison_options options = {.alpha = 0.05,
							  .rules = {.lost_max = 0.01}};
	struct error error = {""};
	struct comparison *comparison = comparison_new(base, next, &options, &error);
	struct fail_on *condition = fail_on_parse("p99(h) > +10%", &error);
	struct fail_on_result result;
	struct compare_report report = {.base_name = "base",
					.next_name = "next",
					.conditions = &condition,
					.results = &result,
					.condition_count = 1};
	size_t i, j;

	require(comparison && condition);
	require(!fail_on_evaluate(condition, comparison, &result, &error));
	report.comparison = comparison;
	for (i = 0; i < comparison->series_count; i++)
		for (j = 0; j < comparison->series[i].change_count; j++)
			check_change(&comparison->series[i].changes[j]);
	require(base != next || (!comparison->changed && !result.failed));
	check_formats(&report);
	fail_on_result_done(&result);
	fail_on_free(condition);
	comparison_free(comparison);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct baseline *base = reread(take_baseline(&at, end));
	struct baseline *next = base ? reread(take_baseline(&at, end)) : NULL;

	if (base)
		check(base, base);
	if (next)
		check(base, next);
	baseline_free(next);
	baseline_free(base);
	return 0;
}
