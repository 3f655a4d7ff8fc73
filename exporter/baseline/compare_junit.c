/*
 * A comparison as a CI server takes it: a test case for each check of usability and each --fail-on.
 * Source: the JUnit XML that Jenkins and GitLab read.
 */
#include "exporter/baseline/compare_report.h"

#include <stdio.h>

#include "exporter/baseline/compare_cells.h"

/* Text of XML 1.0, which has no control characters, not even as references. */
static void add_xml(struct text *to, const char *text)
{
	struct text printable;

	text_init(&printable, to->limit);
	text_printable(&printable, text);
	text_char(&printable, '\0');
	to->failed = to->failed || printable.failed;
	if (!printable.failed)
		text_html(to, printable.bytes);
	text_done(&printable);
}

static void begin_case(struct text *to, const char *class, const char *name)
{
	text_printf(to, "    <testcase classname=\"%s\" name=\"", class);
	add_xml(to, name);
	text_string(to, "\" time=\"0\">");
}

static void add_message(struct text *to, const char *element, const char *type, const char *message)
{
	text_printf(to, "<%s type=\"%s\" message=\"", element, type);
	add_xml(to, message);
	text_string(to, "\">");
}

static void add_check(const struct usability *usability, enum usability_check check,
		      struct text *to)
{
	const struct usability_finding *finding = &usability->findings[check];

	begin_case(to, "usability", usability_name(check));
	if (finding->level == USABILITY_REFUSED) {
		add_message(to, "error", "refused", finding->text);
		text_string(to, "</error>");
	} else if (finding->level == USABILITY_FLAGGED) {
		text_string(to, "<system-out>");
		add_xml(to, finding->text);
		text_string(to, "</system-out>");
	}
	text_string(to, "</testcase>\n");
}

static void add_failed(const struct fail_on_result *result, struct text *to)
{
	struct compare_sentence sentence;
	size_t i;

	for (i = 0; i < result->count; i++) {
		if (!result->series[i].failed)
			continue;
		compare_failure(&sentence, &result->series[i]);
		add_xml(to, result->series[i].series->key);
		text_string(to, ": ");
		add_xml(to, sentence.text);
		text_char(to, '\n');
	}
}

static void add_condition(const struct fail_on *condition, const struct fail_on_result *result,
			  bool refused, struct text *to)
{
	char message[64];

	begin_case(to, "fail-on", fail_on_text(condition));
	if (refused) {
		text_string(to, "<skipped/>");
	} else if (result->failed) {
		snprintf(message, sizeof(message), "%zu of %zu series", result->failed,
			 result->count);
		add_message(to, "failure", "regression", message);
		add_failed(result, to);
		text_string(to, "</failure>");
	} else if (result->unusable[0]) {
		add_message(to, "error", "unusable", result->unusable);
		text_string(to, "</error>");
	}
	text_string(to, "</testcase>\n");
}

struct counts {
	size_t failures, errors, skipped;
};

static struct counts count(const struct compare_report *report, bool refused)
{
	const struct usability *usability = &report->comparison->usability;
	struct counts counts = {0};
	size_t i;

	for (i = 0; i < USABILITY_CHECKS; i++)
		counts.errors += usability->findings[i].level == USABILITY_REFUSED;
	for (i = 0; i < report->condition_count; i++) {
		counts.skipped += refused;
		counts.failures += !refused && report->results[i].failed;
		counts.errors += !refused && !report->results[i].failed &&
				 report->results[i].unusable[0] != '\0';
	}
	return counts;
}

void compare_junit(const struct compare_report *report, struct text *to)
{
	const struct usability *usability = &report->comparison->usability;
	bool refused = usability_level(usability) == USABILITY_REFUSED;
	struct counts counts = count(report, refused);
	size_t i;

	text_printf(to,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<testsuites>\n"
		    "  <testsuite name=\"etw_exporter baseline compare\" tests=\"%zu\" "
		    "failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
		    USABILITY_CHECKS + report->condition_count, counts.failures, counts.errors,
		    counts.skipped);
	for (i = 0; i < USABILITY_CHECKS; i++)
		add_check(usability, (enum usability_check)i, to);
	for (i = 0; i < report->condition_count; i++)
		add_condition(report->conditions[i], &report->results[i], refused, to);
	text_string(to, "  </testsuite>\n</testsuites>\n");
}
