/*
 * compare_report: a comparison as text: for a person, a program, a merge request or a CI server. A
 * format is a row of the table. Pure, used by one thread.
 */
#ifndef EXPORTER_BASELINE_COMPARE_REPORT_H
#define EXPORTER_BASELINE_COMPARE_REPORT_H

#include "exporter/baseline/comparison.h"
#include "exporter/baseline/fail_on.h"
#include "metrics/text.h"

#define FAIL_ON_MAX 64

/* All borrowed. */
struct compare_report {
	const char *base_name, *next_name; /* of the files */
	const struct comparison *comparison;
	struct fail_on *const *conditions;
	const struct fail_on_result *results; /* of each condition */
	size_t condition_count;
	bool bars; /* distributions are drawn */
	bool colours;
};

enum compare_verdict {
	COMPARE_SAME,	    /* no condition failed */
	COMPARE_REGRESSION, /* one failed */
	COMPARE_UNUSABLE,   /* refused, or a condition says nothing */
	COMPARE_VERDICTS
};

enum compare_verdict compare_verdict(const struct compare_report *report);

/* "same", "regression", "unusable". */
const char *compare_verdict_name(enum compare_verdict verdict);

typedef void compare_format(const struct compare_report *report, struct text *to);

compare_format compare_text, compare_json, compare_markdown, compare_junit;

/* Appends the schema of what compare_json() writes: JSON Schema, draft 7. */
void compare_schema(struct text *to);

/* By its name: "text", ... NULL: there is none. */
compare_format *compare_format_find(const char *name);

#endif
