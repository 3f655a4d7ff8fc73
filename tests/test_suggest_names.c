#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/command/suggest_names.h"

static void expect_words(const char *name, const char *words)
{
	char to[100];

	suggest_words(name, to, sizeof(to));
	assert_string_equal(to, words);
}

static void names_become_words(void **state)
{
	(void)state;
	expect_words("ImageFileName", "image_file_name");
	expect_words("DCStart", "dc_start");
	expect_words("Microsoft-Windows-DNS-Client", "microsoft_windows_dns_client");
	expect_words("--x  y__z--", "x_y_z");
	expect_words("durationMs", "duration_ms");
	expect_words("\xc3\xa4", "");
	expect_words("", "");
}

static void long_names_are_cut(void **state)
{
	char to[8];

	(void)state;
	suggest_words("abcdefghijklmnopqrstuvwxyz", to, sizeof(to));
	assert_string_equal(to, "abcdef");
}

static void expect_metric(struct suggest_names *names, const char *provider, const char *event,
			  const char *expected)
{
	char to[SUGGEST_NAME_SIZE];

	assert_true(
		suggest_metric_name(names, RULE_COUNTER, provider, event, 7, "events_total", to));
	assert_string_equal(to, expected);
}

static void metrics_are_named_by_provider_and_event(void **state)
{
	struct suggest_names *names = calloc(1, sizeof(*names));

	(void)state;
	expect_metric(names, "disk_io", "read", "disk_io_read_events_total");
	expect_metric(names, "disk_io", "read", "disk_io_read_7_events_total");
	free(names);
}

static void reserved_names_and_odd_words_are_kept_out(void **state)
{
	struct suggest_names *names = calloc(1, sizeof(*names));

	(void)state;
	expect_metric(names, "process", "start", "trace_process_start_events_total");
	expect_metric(names, "perf", "counter_ms_kb", "perf_events_total");
	expect_metric(names, "3com", "x", "trace_3com_x_events_total");
	free(names);
}

static void no_name_comes_twice_and_there_is_an_end(void **state)
{
	struct suggest_names *names = calloc(1, sizeof(*names));
	char to[SUGGEST_NAME_SIZE];
	size_t i, j;

	(void)state;
	for (i = 0; i < SUGGEST_NAMES_MAX; i++)
		assert_true(
			suggest_metric_name(names, RULE_COUNTER, "a", "z", 1, "events_total", to));
	assert_false(suggest_metric_name(names, RULE_COUNTER, "a", "z", 1, "events_total", to));
	for (i = 0; i < names->count; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(names->list[i], names->list[j]);
	free(names);
}

static void labels_that_say_nothing_or_are_taken_get_others(void **state)
{
	char to[SUGGEST_NAME_SIZE];

	(void)state;
	suggest_label_name("Type", to);
	assert_string_equal(to, "event_type");
	suggest_label_name("le", to);
	assert_string_equal(to, "event_le");
	suggest_label_name("3D", to);
	assert_string_equal(to, "field_3_d");
	suggest_label_name("__Name", to);
	assert_string_equal(to, "name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_words),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(metrics_are_named_by_provider_and_event),
		cmocka_unit_test(reserved_names_and_odd_words_are_kept_out),
		cmocka_unit_test(no_name_comes_twice_and_there_is_an_end),
		cmocka_unit_test(labels_that_say_nothing_or_are_taken_get_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
