#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/usability.h"
#include "tests/support/baseline_rig.h"

static char other_configuration[] = "badcab", windows[] = "Windows", other_name[] = "other",
	    other_release[] = "6.12";

struct rig {
	struct baseline *base, *next;
	struct usability_rules rules;
	struct usability usability;
};

static void begin(struct rig *rig, size_t intervals)
{
	*rig = (struct rig){.rules = {.lost_max = 0.01,
				      .alpha = 0.05,
				      .tests = 10,
				      .series = 10,
				      .common_series = 10}};
	rig->base = rig_baseline(1, intervals);
	rig->next = baseline_new();
	assert_non_null(rig->next);
}

/* With one run of NEW. What is found of that check. */
static const struct usability_finding *find(struct rig *rig, const struct baseline_run *run,
					    enum usability_check check)
{
	struct error error;

	assert_int_equal(baseline_add_run(rig->next, run, &error), 0);
	usability_find(rig->base, rig->next, &rig->rules, &rig->usability);
	baseline_free(rig->base);
	baseline_free(rig->next);
	return &rig->usability.findings[check];
}

static void expect(const struct usability_finding *finding, enum usability_level level,
		   const char *text)
{
	assert_int_equal(finding->level, level);
	assert_string_equal(finding->text, text);
}

static void runs_of_the_same_kind_are_good(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	begin(&rig, 60);
	find(&rig, &run, USABILITY_LOST);
	assert_int_equal(usability_level(&rig.usability), USABILITY_GOOD);
}

static void lost_events_are_flagged_and_beyond_the_share_refused(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.complete = false;
	run.events_lost = 5000;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_LOST), USABILITY_FLAGGED,
	       "run 1 of NEW lost 5000 events, 0.498 % of what happened (--max-lost=1%)");
	assert_int_equal(rig.usability.findings[USABILITY_COMPLETENESS].level, USABILITY_GOOD);
	run.events_lost = 50000;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_LOST), USABILITY_REFUSED,
	       "run 1 of NEW lost 50000 events, 4.76 % of what happened (--max-lost=1%)");
	begin(&rig, 60);
	rig.rules.lost_max = 0.05;
	assert_int_equal(find(&rig, &run, USABILITY_LOST)->level, USABILITY_FLAGGED);
	begin(&rig, 60);
	rig.rules.allowed[USABILITY_LOST] = true;
	assert_int_equal(find(&rig, &run, USABILITY_LOST)->level, USABILITY_FLAGGED);
}

static void lost_buffers_are_refused(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.complete = false;
	run.buffers_lost = 2;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_BUFFERS), USABILITY_REFUSED,
	       "run 1 of NEW lost 2 buffers, and with each any number of events");
	assert_int_equal(usability_level(&rig.usability), USABILITY_REFUSED);
}

static void runs_that_are_not_complete_are_flagged(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.complete = false;
	begin(&rig, 60);
	assert_int_equal(find(&rig, &run, USABILITY_COMPLETENESS)->level, USABILITY_FLAGGED);
}

static void few_intervals_are_flagged_and_too_few_refused(void **state)
{
	struct baseline_run run = rig_run(19);
	struct rig rig;

	(void)state;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_INTERVALS), USABILITY_FLAGGED,
	       "NEW has 19 intervals, which is few: 5 are needed, 20 say something");
	run = rig_run(4);
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_INTERVALS), USABILITY_REFUSED,
	       "NEW has 4 intervals, which is too few: 5 are needed, 20 say something");
	begin(&rig, 60);
	rig.rules.by_runs = true;
	assert_int_equal(find(&rig, &run, USABILITY_INTERVALS)->level, USABILITY_GOOD);
}

static void runs_that_can_show_nothing_of_one_series_are_flagged(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 60);
	baseline_free(rig.base);
	baseline_free(rig.next);
	rig.base = rig_baseline(4, 60);
	rig.next = rig_baseline(4, 60);
	rig.rules.by_runs = true;
	usability_find(rig.base, rig.next, &rig.rules, &rig.usability);
	expect(&rig.usability.findings[USABILITY_RUNS], USABILITY_FLAGGED,
	       "4 and 4 runs give no p below 0.029, which is above 0.05 once it is adjusted for 10 "
	       "tests: a change of few series is not seen with less than 6 runs of each");
	rig.rules.tests = 1;
	usability_find(rig.base, rig.next, &rig.rules, &rig.usability);
	assert_int_equal(usability_level(&rig.usability), USABILITY_GOOD);
	baseline_free(rig.base);
	baseline_free(rig.next);
}

static void intervals_of_other_lengths_are_flagged_and_far_ones_refused(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.interval_ns = 2000000000;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_LENGTH), USABILITY_FLAGGED,
	       "intervals are of 1 s and of 2 s");
	run.interval_ns = 2500000000;
	begin(&rig, 60);
	assert_int_equal(find(&rig, &run, USABILITY_LENGTH)->level, USABILITY_REFUSED);
}

static void another_configuration_is_refused_where_it_counts_other_things(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.configuration = other_configuration;
	begin(&rig, 60);
	rig.rules.common_series = 5;
	expect(find(&rig, &run, USABILITY_CONFIGURATION), USABILITY_FLAGGED,
	       "configurations differ (c0ffee and badcab): 5 of 10 series are in both");
	begin(&rig, 60);
	rig.rules.common_series = 4;
	assert_int_equal(find(&rig, &run, USABILITY_CONFIGURATION)->level, USABILITY_REFUSED);
	begin(&rig, 60);
	run.configuration = NULL;
	assert_int_equal(find(&rig, &run, USABILITY_CONFIGURATION)->level, USABILITY_GOOD);
}

static void another_host_is_flagged_and_one_that_is_not_alike_refused(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.host.name = other_name;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_HOST), USABILITY_FLAGGED, "hosts are host and other");
	run.host.release = other_release;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_HOST), USABILITY_FLAGGED,
	       "hosts run the releases 6.1 and 6.12");
	run.host.cpus = 8;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_HOST), USABILITY_REFUSED,
	       "hosts have 4 and 8 processors");
	run.host.cpus = 4;
	run.host.memory_bytes = (uint64_t)11 << 30;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_HOST), USABILITY_REFUSED,
	       "hosts have 8 and 11 GiB of memory");
	run.host.system = windows;
	begin(&rig, 60);
	expect(find(&rig, &run, USABILITY_HOST), USABILITY_REFUSED, "hosts run Linux and Windows");
	run.host = (struct baseline_host){0};
	begin(&rig, 60);
	assert_int_equal(find(&rig, &run, USABILITY_HOST)->level, USABILITY_GOOD);
}

static void another_origin_is_flagged(void **state)
{
	struct baseline_run run = rig_run(60);
	struct rig rig;

	(void)state;
	run.origin = BASELINE_LIVE;
	begin(&rig, 60);
	assert_int_equal(find(&rig, &run, USABILITY_ORIGIN)->level, USABILITY_FLAGGED);
}

static void checks_have_names(void **state)
{
	enum usability_check check;
	size_t i;

	(void)state;
	for (i = 0; i < USABILITY_CHECKS; i++) {
		assert_true(usability_parse(usability_name((enum usability_check)i), &check));
		assert_int_equal(check, i);
	}
	assert_false(usability_parse("everything", &check));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_of_the_same_kind_are_good),
		cmocka_unit_test(lost_events_are_flagged_and_beyond_the_share_refused),
		cmocka_unit_test(lost_buffers_are_refused),
		cmocka_unit_test(runs_that_are_not_complete_are_flagged),
		cmocka_unit_test(few_intervals_are_flagged_and_too_few_refused),
		cmocka_unit_test(runs_that_can_show_nothing_of_one_series_are_flagged),
		cmocka_unit_test(intervals_of_other_lengths_are_flagged_and_far_ones_refused),
		cmocka_unit_test(another_configuration_is_refused_where_it_counts_other_things),
		cmocka_unit_test(another_host_is_flagged_and_one_that_is_not_alike_refused),
		cmocka_unit_test(another_origin_is_flagged),
		cmocka_unit_test(checks_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
