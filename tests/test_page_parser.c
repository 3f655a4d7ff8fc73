#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/page_parser.h"
#include "metrics/text.h"
#include "tests/support/page_series_text.h"

static void assert_read(const char *page, const char *expected)
{
	struct error error = {""};
	struct text text;

	text_init(&text, 1 << 20);
	if (page_parse("page", page, strlen(page), page_series_text, &text, &error))
		fail_msg("%s", error.text);
	text_char(&text, '\0');
	assert_string_equal(text.bytes, expected);
	text_done(&text);
}

static void assert_refused(const char *page, size_t length, const char *why)
{
	struct error error = {""};
	struct text text;

	text_init(&text, 1 << 20);
	assert_int_equal(page_parse("page", page, length, page_series_text, &text, &error), -1);
	if (!strstr(error.text, why))
		fail_msg("\"%s\" does not say \"%s\"", error.text, why);
	assert_memory_equal(error.text, "page:", 5);
	text_done(&text);
}

static void counters_and_gauges_are_handed_out(void **state)
{
	(void)state;
	assert_read("# HELP a_total Help.\n# TYPE a_total counter\na_total 3\n"
		    "a_total{z=\"1\",b=\"x\\\"\\\\\\n\"} 4.5 1700000000000\n\n"
		    "# TYPE g gauge\ng{} NaN\ng{l=\"\",} -Inf\n",
		    "counter a_total 3\ncounter a_total{b=\"x\\\"\\\\\\n\",z=\"1\"} 4.5\n"
		    "gauge g NaN\ngauge g{l=\"\"} -Inf\n");
}

static void a_histogram_is_one_series(void **state)
{
	(void)state;
	assert_read("# TYPE h histogram\n"
		    "h_bucket{p=\"a\",le=\"0.5\"} 1\nh_bucket{p=\"a\",le=\"1\"} 4\n"
		    "h_bucket{p=\"a\",le=\"+Inf\"} 6\nh_sum{p=\"a\"} 7.25\nh_count{p=\"a\"} 6\n"
		    "h_bucket{p=\"b\",le=\"+Inf\"} 0\nh_sum{p=\"b\"} 0\nh_count{p=\"b\"} 0\n",
		    "histogram h{p=\"a\"} 0.5=1 1=3 =2 count 6 sum 7.25\n"
		    "histogram h{p=\"b\"} =0 count 0 sum 0\n");
}

static void other_types_are_passed_over(void **state)
{
	(void)state;
	assert_read("untold 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n"
		    "# TYPE u untyped\nu 2\n"
		    "# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 2\ng_gcount 2\n# EOF\n",
		    "");
}

static void names_may_be_any_text_between_quotes(void **state)
{
	(void)state;
	assert_read("# TYPE \"a.b\" counter\n{\"a.b\"} 3\n{ \"a.b\" , \"sch\xc3\xb6n\"=\"x\", "
		    "l=\"y\"} 4\n"
		    "# TYPE c counter\nc{\"l.m\"=\"\\n\"} 5\n"
		    "# TYPE \"h h\" histogram\n{\"h h_bucket\",le=\"+Inf\"} 1\n{\"h h_sum\"} 2\n"
		    "{\"h h_count\"} 1\n",
		    "counter {\"a.b\"} 3\ncounter {\"a.b\",l=\"y\",\"sch\xc3\xb6n\"=\"x\"} 4\n"
		    "counter c{\"l.m\"=\"\\n\"} 5\nhistogram {\"h h\"} =1 count 1 sum 2\n");
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *page, *why;
	} cases[] = {
		{"# TYPE a counter\na 1", "page:2: the page's last line does not end"},
		{"# TYPE a count\n", "page:1: a family's type is not known"},
		{"9a 1\n", "name is missing"},
		{"a\n", "not a number"},
		{"{} 1\n", "name is missing"},
		{"{\"\"} 1\n", "empty, or no text"},
		{"{\"\xff\"} 1\n", "empty, or no text"},
		{"{\"a\",\"b\"} 1\n", "has no ="},
		{"a{\"b\"} 1\n", "has no ="},
		{"# TYPE \"a\n", "does not end"},
		{"a 0x10\n", "not a number"},
		{"a 1e999\n", "not a number"},
		{"a 1 2 3\n", "stands behind"},
		{"a{b=\"c\" 1\n", "commas"},
		{"a{b=\"c} 1\n", "does not end"},
		{"a{b=c} 1\n", "quote"},
		{"a{b} 1\n", "has no ="},
		{"a{b=\"\\x\"} 1\n", "backslash"},
		{"a{b=\"\",b=\"\"} 1\n", "a label is there twice"},
		{"# TYPE a counter\na -1\n", "page:2: a counter is below 0"},
		{"# TYPE a counter\na NaN\n", "below 0, or not a number"},
		{"# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n", "lacks"},
		{"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n", "lacks"},
		{"# TYPE h histogram\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\n", "do not rise"},
		{"# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 1\n", "less than"},
		{"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 1\n",
		 "another count"},
		{"# TYPE h histogram\nh_bucket{le=\"1\"} 1.5\n", "not a whole number"},
		{"# TYPE h histogram\nh_bucket{le=\"1\"} 1e300\n", "not a whole number"},
		{"# TYPE h histogram\nh_bucket 1\n", "has no bound"},
		{"# TYPE h histogram\nh_bucket{le=\"NaN\"} 1\n", "has no bound"},
		{"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 0\nh_sum 0\nh_sum 0\n", "twice"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(cases[i].page, strlen(cases[i].page), cases[i].why);
	assert_refused("a{b=\"\0\"} 1\n", 12, "holds a zero");
}

static void sizes_have_limits(void **state)
{
	struct text page;
	size_t i;

	(void)state;
	text_init(&page, 4 << 20);
	text_string(&page, "a{");
	for (i = 0; i < PAGE_LABELS_MAX + 2; i++)
		text_printf(&page, "l%zu=\"\",", i);
	text_string(&page, "} 1\n");
	assert_refused(page.bytes, page.length, "too many labels");
	text_clear(&page);
	text_string(&page, "a{b=\"");
	for (i = 0; i < PAGE_LABEL_BYTES_MAX; i++)
		text_char(&page, 'x');
	text_string(&page, "\"} 1\n");
	assert_refused(page.bytes, page.length, "too much memory");
	text_clear(&page);
	text_string(&page, "# TYPE h histogram\n");
	for (i = 0; i <= PAGE_BOUNDS_MAX; i++)
		text_printf(&page, "h_bucket{le=\"%zu\"} 1\n", i);
	assert_refused(page.bytes, page.length, "too many buckets");
	text_done(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_and_gauges_are_handed_out),
		cmocka_unit_test(a_histogram_is_one_series),
		cmocka_unit_test(other_types_are_passed_over),
		cmocka_unit_test(names_may_be_any_text_between_quotes),
		cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
		cmocka_unit_test(sizes_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
