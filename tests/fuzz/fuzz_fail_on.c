/*
 * Any text as a condition of --fail-on, and any as a label's value: the condition is refused with
 * its place, or is one that holds what its header says, that is the same once it is read again, and
 * that can be evaluated. A matcher takes what its opposite does not, unless both take too long.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/builder.h"
#include "exporter/baseline/fail_on_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INTERVALS 6

static void require(bool condition)
{
	if (!condition)
		abort();
}

static const char *const pages[] = {
	"# TYPE c counter\nc{a=\"x\",b=\"y\"} 7\nc{a=\"gone\"} 1\n# TYPE g gauge\ng 3\n"
	"# TYPE h histogram\nh_bucket{le=\"1\"} 40\nh_bucket{le=\"2\"} 60\nh_bucket{le=\"+Inf\"} "
	"70\n"
	"h_sum 80\nh_count 70\n",
	"# TYPE c counter\nc{a=\"x\",b=\"y\"} 9\nc{a=\"new\"} 1\n# TYPE g gauge\ng 4\n"
	"# TYPE h histogram\nh_bucket{le=\"1\"} 10\nh_bucket{le=\"2\"} 60\nh_bucket{le=\"+Inf\"} "
	"90\n"
	"h_sum 180\nh_count 90\n"};

static struct baseline *make_baseline(const char *page)
{
	const struct baseline_run run = {
		.interval_ns = 1000000000, .length_ns = 6000000000, .complete = true};
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline;
	struct error error;
	size_t i;

	require(builder);
	for (i = 0; i < INTERVALS; i++)
		require(!baseline_builder_page(builder, "page", page, strlen(page), 1, &error));
	baseline = baseline_builder_finish(builder, &run, &error);
	require(baseline);
	baseline_builder_free(builder);
	return baseline;
}

/* The same for all conditions, and never freed. */
static const struct comparison *comparison(void)
{
	static struct comparison *made;
	static const struct comparison_options options = {.alpha = 0.05,
							  .rules = {.lost_max = 0.01}};
	struct error error;

	if (!made)
		made = comparison_new(make_baseline(pages[0]), make_baseline(pages[1]), &options,
				      &error);
	require(made);
	return made;
}

static char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	require(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static void check_condition(const struct fail_on *condition)
{
	double q = condition->statistic.q;
	bool is_quantile = condition->statistic.kind == STATISTIC_QUANTILE;

	require(condition->metric[0]);
	require(condition->matcher_count <= FAIL_ON_MATCHERS_MAX);
	require(is_quantile ? q > 0 && q < 1 : q == 0);
	require(isnan(condition->p) || (condition->p > 0 && condition->p < 1));
	require(condition->value >= 0);
	if (condition->threshold == FAIL_ON_RATIO)
		require(condition->above ? condition->value >= 1 : condition->value <= 1);
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static void check_again(const struct fail_on *condition)
{
	struct error error = {""};
	struct fail_on *again = fail_on_parse(fail_on_text(condition), &error);

	require(again);
	require(strcmp(again->metric, condition->metric) == 0);
	require(again->matcher_count == condition->matcher_count);
	require(again->statistic.kind == condition->statistic.kind);
	require(again->threshold == condition->threshold);
	require(same_number(again->value, condition->value));
	require(same_number(again->p, condition->p));
	fail_on_free(again);
}

static void check_result(const struct fail_on *condition)
{
	struct fail_on_result result;
	struct error error;
	size_t i, failed = 0;

	require(!fail_on_evaluate(condition, comparison(), &result, &error));
	for (i = 0; i < result.count; i++)
		failed += result.series[i].failed;
	require(failed == result.failed);
	require(result.failed + result.undecided <= result.count);
	require(result.count || result.unusable[0]);
	fail_on_result_done(&result);
}

static void check_matchers(const struct fail_on *condition, char *value)
{
	static char name[] = "a";
	const struct baseline_label label = {name, value};
	size_t i;

	for (i = 0; i < condition->matcher_count; i++)
		label_matcher_takes(condition->matchers[i], &label, 1);
}

/* The value as an expression of its own, which a label of that value may fit or not. */
static void check_opposites(char *value)
{
	static char name[] = "a";
	const struct baseline_label label = {name, value};
	enum label_match match;

	for (match = LABEL_EQUAL; match <= LABEL_REGEX; match += LABEL_REGEX) {
		struct error error = {""};
		struct label_matcher *is = label_matcher_new(name, match, value, &error);
		struct label_matcher *is_not = label_matcher_new(name, match + 1, value, &error);

		require(!is == !is_not);
		require(is || (match == LABEL_REGEX && error.text[0]));
		require(match == LABEL_REGEX || label_matcher_takes(is, &label, 1));
		if (is)
			require(label_matcher_takes(is, &label, 1) !=
				label_matcher_takes(is_not, &label, 1));
		label_matcher_free(is);
		label_matcher_free(is_not);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *middle = size ? memchr(data, '\0', size) : NULL;
	size_t first = middle ? (size_t)(middle - data) : size;
	char *text = text_of(data, first);
	char *value = middle ? text_of(middle + 1, size - first - 1) : text_of(data, 0);
	struct error error = {""};
	struct fail_on *condition = fail_on_parse(text, &error);

	if (condition) {
		require(strcmp(fail_on_text(condition), text) == 0);
		check_condition(condition);
		check_again(condition);
		check_matchers(condition, value);
		check_result(condition);
	} else {
		require(strncmp(error.text, "--fail-on", strlen("--fail-on")) == 0);
	}
	check_opposites(value);
	fail_on_free(condition);
	free(value);
	free(text);
	return 0;
}
