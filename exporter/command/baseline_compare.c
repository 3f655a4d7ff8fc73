/* baseline compare: what differs between two baselines, and whether that is too much. */
#include "exporter/command/baseline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/common_buckets.h"
#include "exporter/baseline/compare_report.h"
#include "exporter/system/terminal.h"

#define REPORT_BYTES_MAX ((size_t)1 << 30)

struct compare_job {
	struct comparison_options options;
	compare_format *format;
	struct fail_on *conditions[FAIL_ON_MAX];
	struct fail_on_result results[FAIL_ON_MAX];
	size_t condition_count;
};

/* A share as a percentage, "1%", or a number below 1. */
static int parse_share(const struct invocation *invocation, const char *name, double *share,
		       struct error *error)
{
	const char *text = invocation_option(invocation, name);
	char *end;
	double value = strtod(text, &end);
	bool percent = end != text && strcmp(end, "%") == 0;

	*share = percent ? value / 100 : value;
	if (end == text || (*end && !percent) || !(*share >= 0 && *share < 1))
		return error_set(error, "--%s=%s: must be a share below 1, such as 0.01 or 1%%",
				 name, text);
	return 0;
}

static int parse_allowed(const struct invocation *invocation, bool *allowed, struct error *error)
{
	const char *names[USABILITY_CHECKS];
	size_t count = invocation_values(invocation, "allow", names, USABILITY_CHECKS), i;
	enum usability_check check;

	if (count > USABILITY_CHECKS)
		return error_set(error, "--allow is given %zu times: there are %d checks", count,
				 USABILITY_CHECKS);
	for (i = 0; i < count; i++) {
		if (!names[i][0])
			continue;
		if (!usability_parse(names[i], &check))
			return error_set(error,
					 "--allow=%s: must be lost, buffers, intervals, "
					 "length, configuration or host",
					 names[i]);
		allowed[check] = true;
	}
	return 0;
}

static int parse_conditions(const struct invocation *invocation, struct compare_job *job,
			    struct error *error)
{
	const char *texts[FAIL_ON_MAX];
	size_t count = invocation_values(invocation, "fail-on", texts, FAIL_ON_MAX), i;

	if (count > FAIL_ON_MAX)
		return error_set(error, "--fail-on is given more than %d times", FAIL_ON_MAX);
	for (i = 0; i < count; i++) {
		if (!texts[i][0])
			continue;
		job->conditions[job->condition_count] = fail_on_parse(texts[i], error);
		if (!job->conditions[job->condition_count])
			return -1;
		job->condition_count++;
	}
	return 0;
}

static int parse(const struct invocation *invocation, struct compare_job *job, struct error *error)
{
	job->format = compare_format_find(invocation_option(invocation, "format"));
	correction_parse(invocation_option(invocation, "correction"), &job->options.correction);
	if (parse_share(invocation, "alpha", &job->options.alpha, error) ||
	    parse_share(invocation, "max-lost", &job->options.rules.lost_max, error))
		return -1;
	if (job->options.alpha == 0)
		return error_set(error, "--alpha=0: nothing could be significant");
	if (parse_allowed(invocation, job->options.rules.allowed, error) ||
	    parse_conditions(invocation, job, error))
		return -1;
	if (invocation->operand_count != 3)
		return error_set(error, "compare takes two baselines: etw_exporter baseline "
					"compare BASE.json NEW.json");
	return 0;
}

static int print(const struct compare_report *report, compare_format *format, struct error *error)
{
	struct text text;
	int result = 0;

	text_init(&text, REPORT_BYTES_MAX);
	format(report, &text);
	if (text.failed)
		result = error_set(error, "cannot print the comparison: out of memory");
	else if (fwrite(text.bytes, 1, text.length, stdout) != text.length || fflush(stdout))
		result = error_set(error, "cannot write to standard output");
	text_done(&text);
	return result;
}

/* What the comparison comes to; -1: see error. */
static int report_on(const struct invocation *invocation, struct compare_job *job,
		     const struct comparison *comparison, struct error *error)
{
	const struct compare_report report = {.base_name = invocation->operands[1],
					      .next_name = invocation->operands[2],
					      .comparison = comparison,
					      .conditions = job->conditions,
					      .results = job->results,
					      .condition_count = job->condition_count,
					      .bars = terminal_is_standard_output(),
					      .colours = terminal_has_colours()};
	size_t i;

	for (i = 0; i < job->condition_count; i++)
		if (fail_on_evaluate(job->conditions[i], comparison, &job->results[i], error))
			return -1;
	if (print(&report, job->format, error))
		return -1;
	return (int)compare_verdict(&report);
}

static int compare(const struct invocation *invocation, struct compare_job *job,
		   struct error *error)
{
	struct baseline *base = baseline_file_read(invocation->operands[1], error), *next = NULL;
	struct comparison *comparison = NULL;
	int verdict = -1;

	if (base)
		next = baseline_file_read(invocation->operands[2], error);
	if (next && !common_buckets_make_all(base, next, error))
		comparison = comparison_new(base, next, &job->options, error);
	if (comparison)
		verdict = report_on(invocation, job, comparison, error);
	comparison_free(comparison);
	baseline_free(next);
	baseline_free(base);
	return verdict;
}

/* 1 is a regression alone: what fails otherwise cannot be used. */
int baseline_compare(const struct invocation *invocation, struct error *error)
{
	struct compare_job job = {0};
	int code = EXIT_USAGE;
	size_t i;

	if (!parse(invocation, &job, error)) {
		code = compare(invocation, &job, error);
		if (code < 0)
			code = COMPARE_UNUSABLE;
	}
	for (i = 0; i < job.condition_count; i++) {
		fail_on_result_done(&job.results[i]);
		fail_on_free(job.conditions[i]);
	}
	return code;
}
