#include "exporter/baseline/compare_report.h"

#include <string.h>

static const struct {
	const char *name;
	compare_format *write;
} formats[] = {
	{"text", compare_text},
	{"json", compare_json},
	{"markdown", compare_markdown},
	{"junit", compare_junit},
};

compare_format *compare_format_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].write;
	return NULL;
}

enum compare_verdict compare_verdict(const struct compare_report *report)
{
	enum compare_verdict verdict = COMPARE_SAME;
	size_t i;

	if (usability_level(&report->comparison->usability) == USABILITY_REFUSED)
		return COMPARE_UNUSABLE;
	for (i = 0; i < report->condition_count; i++) {
		if (report->results[i].failed)
			return COMPARE_REGRESSION;
		if (report->results[i].unusable[0])
			verdict = COMPARE_UNUSABLE;
	}
	return verdict;
}

const char *compare_verdict_name(enum compare_verdict verdict)
{
	static const char *const names[COMPARE_VERDICTS] = {"same", "regression", "unusable"};

	return names[verdict];
}
