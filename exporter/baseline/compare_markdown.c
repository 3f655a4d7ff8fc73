/* A comparison as tables of GitHub Flavored Markdown, for merge requests. */
#include "exporter/baseline/compare_report.h"

#include <math.h>
#include <string.h>

#include "exporter/baseline/compare_cells.h"

/*
 * GitHub takes comments of 65,536 characters. Rows end where the text is so long: of what changed,
 * and of the other tables, each of which gets some rows.
 */
#define CHANGED_BYTES ((size_t)48 << 10)
#define TABLE_BYTES   ((size_t)4 << 10)

/* As HTML in which nothing is markup of Markdown, nor the end of a cell. */
static void add_code(struct text *to, const char *text)
{
	struct text printable, html;
	size_t i;

	text_init(&printable, to->limit);
	text_init(&html, to->limit);
	text_printable(&printable, text);
	text_char(&printable, '\0');
	if (!printable.failed)
		text_html(&html, printable.bytes);
	to->failed = to->failed || printable.failed || html.failed;
	text_string(to, "<code>");
	for (i = 0; i < html.length; i++) {
		if (strchr("\\`*_{}[]()#+-.!|~$", html.bytes[i]))
			text_printf(to, "&#%d;", html.bytes[i]);
		else
			text_char(to, html.bytes[i]);
	}
	text_string(to, "</code>");
	text_done(&html);
	text_done(&printable);
}

/* The first of a series' rows has its name. */
static void add_change(const struct compare_report *report, const struct compared_series *series,
		       const struct change *change, struct text *to)
{
	double alpha = report->comparison->options.alpha;
	bool significant = change_is_significant(change, alpha);
	struct compare_cell cell;

	text_string(to, "| ");
	if (change == series->changes)
		add_code(to, series->key);
	text_string(to, " | ");
	statistic_name(to, &change->statistic);
	compare_value_cell(&cell, series->base, change, false);
	text_printf(to, " | %s", cell.text);
	compare_value_cell(&cell, series->next, change, true);
	text_printf(to, " | %s", cell.text);
	compare_change_cell(&cell, change, alpha);
	text_printf(to, " | %s%s%s", significant ? "**" : "", cell.text, significant ? "**" : "");
	compare_interval_cell(&cell, change);
	text_printf(to, " | %s", cell.text);
	compare_p_cell(&cell, &change->test);
	text_printf(to, " | %s |\n", cell.text);
}

/* As many series as `bytes` have room for, but for the last of them. */
static void add_rows(const struct compare_report *report, size_t first, size_t count, size_t bytes,
		     struct text *to)
{
	const struct comparison *comparison = report->comparison;
	size_t i, j, start = to->length;

	text_printf(to,
		    "| series | | BASE | NEW | change | interval of %g %% | p |\n"
		    "|---|---|--:|--:|--:|--:|--:|\n",
		    100 * (1 - comparison->options.alpha));
	for (i = first; i < first + count && to->length - start < bytes && !to->failed; i++)
		for (j = 0; j < comparison->series[i].change_count; j++)
			add_change(report, &comparison->series[i],
				   &comparison->series[i].changes[j], to);
	text_char(to, '\n');
	if (i < first + count)
		text_printf(to, "%zu more series are left out.\n\n", first + count - i);
}

static void add_findings(const struct compare_report *report, struct text *to)
{
	size_t i;

	for (i = 0; i < USABILITY_CHECKS; i++) {
		const struct usability_finding *finding =
			&report->comparison->usability.findings[i];

		if (finding->level == USABILITY_GOOD)
			continue;
		text_printf(to, "- **%s** (%s): ", usability_level_name(finding->level),
			    usability_name((enum usability_check)i));
		add_code(to, finding->text);
		text_char(to, '\n');
	}
}

static void add_conditions(const struct compare_report *report, struct text *to)
{
	size_t i;

	for (i = 0; i < report->condition_count; i++) {
		const struct fail_on_result *result = &report->results[i];

		text_printf(to, "- **%s** ",
			    result->failed	  ? "failed"
			    : result->unusable[0] ? "unusable"
						  : "passed");
		add_code(to, fail_on_text(report->conditions[i]));
		text_printf(to, ": %zu of %zu series", result->failed, result->count);
		if (result->undecided)
			text_printf(to, ", %zu undecided", result->undecided);
		if (result->unusable[0]) {
			text_string(to, "; ");
			add_code(to, result->unusable);
		}
		text_char(to, '\n');
	}
}

static void add_geometric_means(const struct comparison *comparison, struct text *to)
{
	static const char *const names[COMPARED_CHANGES_MAX] = {"rates", "p50", "p90", "p99"};
	struct compare_cell cell;
	size_t i;

	text_string(to, "Geometric mean");
	for (i = 0; i < COMPARED_CHANGES_MAX; i++) {
		compare_ratio_cell(&cell, comparison->geometric_means[i]);
		if (!isnan(comparison->geometric_means[i]))
			text_printf(to, ", %s: %s", names[i], cell.text);
	}
	text_char(to, '\n');
}

/* Folded, as it is seldom what is looked for. */
static void add_folded(const struct compare_report *report, const char *title, size_t first,
		       size_t count, struct text *to)
{
	if (!count)
		return;
	text_printf(to, "<details><summary>%s: %zu</summary>\n\n", title, count);
	add_rows(report, first, count, TABLE_BYTES, to);
	text_string(to, "</details>\n\n");
}

void compare_markdown(const struct compare_report *report, struct text *to)
{
	const struct comparison *comparison = report->comparison;
	size_t changed = comparison->changed, both = comparison->both;

	text_printf(to,
		    "### Baselines: %s\n\n%zu of %zu series changed, %zu are new, %zu are gone; "
		    "tested over %s, p adjusted for %zu tests (%s).\n\n",
		    compare_verdict_name(compare_verdict(report)), changed, both,
		    comparison->only_next, comparison->only_base,
		    comparison->by_runs ? "runs" : "intervals and observations", comparison->tests,
		    correction_name(comparison->options.correction));
	add_findings(report, to);
	if (usability_level(&comparison->usability) == USABILITY_REFUSED)
		return;
	add_conditions(report, to);
	text_char(to, '\n');
	if (changed)
		add_rows(report, 0, changed, CHANGED_BYTES, to);
	add_folded(report, "Not changed", changed, both - changed, to);
	add_folded(report, "New", both, comparison->only_next, to);
	add_folded(report, "Gone", both + comparison->only_next, comparison->only_base, to);
	add_geometric_means(comparison, to);
}
