#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "exporter/exporter.h"
#include "tests/support/scratch.h"
#include "tests/support/small_recording.h"

#define PATIENCE_SECONDS 30
#define STEP_NS		 ((int64_t)5 * 1000000000)

struct rig {
	struct scratch scratch;
	char text[4096]; /* of the configuration */
	FILE *out;	 /* what is logged goes nowhere */
	struct log *log;
	struct config *config;
	struct exporter *exporter;
	struct error error;
	struct text answer;
};

static void save(struct rig *rig, const char *name, uint32_t events_lost)
{
	const struct etl_writer_options options = {.events_lost = events_lost};
	struct small_recording recording = small_make(&options, 2);

	etl_save(scratch_path(&rig->scratch, name), recording.bytes, recording.length);
	small_done(&recording);
}

static int begin(void **state)
{
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	scratch_make(&rig.scratch);
	snprintf(rig.text, sizeof(rig.text), "sessions:\n");
	save(&rig, "good.etl", 0);
	save(&rig, "lossy.etl", 7);
	etl_save(scratch_path(&rig.scratch, "bad.etl"), (const uint8_t *)"no recording", 12);
	rig.out = tmpfile();
	assert_non_null(rig.out);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	struct rig *rig = *state;

	text_done(&rig->answer);
	exporter_free(rig->exporter);
	config_free(rig->config);
	log_free(rig->log);
	fclose(rig->out);
	scratch_remove(&rig->scratch);
	return 0;
}

static void configure(struct rig *rig, const char *text)
{
	size_t length = strlen(rig->text);

	snprintf(rig->text + length, sizeof(rig->text) - length, "%s", text);
}

static void configure_session(struct rig *rig, const char *name, const char *file)
{
	size_t length = strlen(rig->text);

	snprintf(rig->text + length, sizeof(rig->text) - length, "  - {name: '%s', path: '%s'}\n",
		 name, scratch_path(&rig->scratch, file));
}

static void make(struct rig *rig)
{
	struct problems problems;

	problems_init(&problems);
	rig->config = config_parse_text("test", rig->text, strlen(rig->text), &problems);
	assert_int_equal(problems.errors, 0);
	problems_done(&problems);
	rig->log = log_new(rig->out, LOG_INFO, LOG_LOGFMT);
	rig->exporter = exporter_new(rig->config, rig->log, &rig->error);
	assert_non_null(rig->exporter);
	status_sample(exporter_status(rig->exporter), 0);
}

/* All there is, and one step of five seconds in which it came. */
static void run(struct rig *rig)
{
	struct sessions *sessions;

	make(rig);
	sessions = exporter_sessions(rig->exporter);
	assert_int_equal(sessions_start(sessions, &rig->error), 0);
	sessions_wait(sessions);
	status_sample(exporter_status(rig->exporter), STEP_NS);
}

static const char *json(struct rig *rig)
{
	text_done(&rig->answer);
	text_init(&rig->answer, 1 << 24);
	status_json(exporter_status(rig->exporter), &rig->answer);
	text_char(&rig->answer, '\0');
	assert_false(rig->answer.failed);
	return rig->answer.bytes;
}

static const char *html(struct rig *rig, const char *telemetry_path)
{
	struct status_page page = {exporter_status(rig->exporter), telemetry_path};

	text_done(&rig->answer);
	text_init(&rig->answer, 1 << 24);
	status_page(&page, &rig->answer);
	text_char(&rig->answer, '\0');
	assert_false(rig->answer.failed);
	return rig->answer.bytes;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s\nis not in\n%s", part, text);
}

static void before_the_start_there_is_no_session(void **state)
{
	struct rig *rig = *state;

	configure_session(rig, "a", "good.etl");
	make(rig);
	assert_has(json(rig), "\"verdict\":\"ok\",\"summary\":\"no session has been started\","
			      "\"sessions\":[],\"event_types\":0,\"event_types_left_out\":0,"
			      "\"busiest_events\":[],\"rules\":[],\"warnings_total\":0,"
			      "\"warnings\":[]}\n");
}

static void sessions_have_states_rates_and_events(void **state)
{
	struct rig *rig = *state;
	uint64_t events;
	char part[128];

	configure_session(rig, "a", "good.etl");
	configure_session(rig, "b", "good.etl");
	run(rig);
	events = health_get(
		&session_health(sessions_get(exporter_sessions(rig->exporter), 0))->events);
	assert_true(events > 0);
	assert_has(json(rig), "\"verdict\":\"ok\",\"summary\":\"2 sessions up\"");
	assert_has(rig->answer.bytes, "{\"name\":\"a\",\"source\":\"etl\",\"state\":\"finished\","
				      "\"verdict\":\"ok\",");
	snprintf(part, sizeof(part), "\"events\":%d,\"rate\":%g,\"rates\":[%g],", (int)events,
		 (double)events / 5, (double)events / 5);
	assert_has(rig->answer.bytes, part);
	assert_has(rig->answer.bytes, "\"events_lost\":0,");
	assert_has(rig->answer.bytes, "\"losing\":false,");
}

static void busy_event_types_are_listed_by_their_labels(void **state)
{
	struct rig *rig = *state;

	configure_session(rig, "a\"\\b", "good.etl");
	run(rig);
	assert_has(json(rig), "\"busiest_events\":[{\"session\":\"a\\\"\\\\b\",\"provider\":\"");
	assert_null(strstr(rig->answer.bytes, "\"event_types\":0,"));
}

static void a_step_ends_after_its_time_and_not_before(void **state)
{
	struct rig *rig = *state;
	struct status *status;

	configure_session(rig, "a", "good.etl");
	run(rig);
	status = exporter_status(rig->exporter);
	status_sample(status, STEP_NS + STEP_NS / 2);
	assert_null(strstr(json(rig), ",0],"));
	status_sample(status, 2 * STEP_NS);
	assert_has(json(rig), ",0],");
	assert_has(rig->answer.bytes, "\"rate\":0,");
}

static void losses_are_told_of_until_they_are_long_ago(void **state)
{
	struct rig *rig = *state;
	int64_t step;

	configure_session(rig, "good", "good.etl");
	configure_session(rig, "lossy", "lossy.etl");
	run(rig);
	assert_has(json(rig), "\"verdict\":\"warning\","
			      "\"summary\":\"1 of 2 sessions with losses lately\"");
	assert_has(rig->answer.bytes, "\"events_lost\":7,");
	assert_has(rig->answer.bytes, "\"losing\":true,");
	for (step = 2; step < 62; step++)
		status_sample(exporter_status(rig->exporter), step * STEP_NS);
	assert_has(json(rig), "\"verdict\":\"ok\",\"summary\":\"2 sessions up\"");
	assert_has(rig->answer.bytes, "\"events_lost\":7,");
}

static void a_failed_session_is_worst_and_its_error_is_a_warning(void **state)
{
	struct rig *rig = *state;

	configure_session(rig, "lossy", "lossy.etl");
	configure_session(rig, "bad", "bad.etl");
	run(rig);
	assert_has(json(rig), "\"verdict\":\"failed\",\"summary\":\"1 of 2 sessions failed\"");
	assert_has(rig->answer.bytes, "\"name\":\"bad\",\"source\":\"etl\",\"state\":\"failed\","
				      "\"verdict\":\"failed\"");
	assert_has(rig->answer.bytes, "\"level\":\"error\",\"msg\":\"session failed\","
				      "\"session\":\"bad\"");
	assert_has(html(rig, "/metrics"), "<title>etw_exporter: 1 of 2 sessions failed</title>");
	assert_has(rig->answer.bytes, "class=\"pill failed\">failed</span>");
}

static void rules_tell_what_they_took_of_all_sessions(void **state)
{
	struct rig *rig = *state;

	configure_session(rig, "a", "good.etl");
	configure_session(rig, "b", "good.etl");
	configure(rig, "metrics:\n"
		       "  - {name: all_total, help: '</script><b>', type: counter, match: "
		       "{provider: '*'}, "
		       "limit: 5}\n"
		       "  - {name: none_total, help: N, type: counter, match: {provider: none}, "
		       "labels: {id: $id}}\n");
	run(rig);
	assert_has(json(rig), "{\"name\":\"all_total\",\"help\":\"</script><b>\",");
	assert_has(rig->answer.bytes, "\"share\":1,\"errors\":0,\"series\":1,\"series_limit\":5,");
	assert_has(rig->answer.bytes,
		   "\"events_matched\":0,\"share\":0,\"errors\":0,\"series\":0,");
}

static void names_are_text_in_the_page(void **state)
{
	struct rig *rig = *state;
	const char *page;

	configure_session(rig, "<img src=x onerror=alert(1)>{{script}}&\"", "good.etl");
	run(rig);
	page = html(rig, "/a\"<b>&");
	assert_has(page, "&lt;img src=x onerror=alert(1)&gt;{{script}}&amp;&quot;</th>");
	assert_has(page, "href=\"./a&quot;&lt;b&gt;&amp;\"");
	assert_null(strstr(page, "<img"));
	assert_null(strstr(page, "<b>"));
	assert_has(page, "</script>\n</body>\n</html>\n");
}

/* The first of that name, which is the exporter's. */
static long long start_time(struct rig *rig)
{
	static const char key[] = "\"start_time\":";
	const char *found = strstr(json(rig), key);

	assert_non_null(found);
	return strtoll(found + strlen(key), NULL, 10);
}

/* The seconds of the clock go on, so that another start would be told apart. */
static void a_reload_is_no_start(void **state)
{
	struct rig *rig = *state;
	time_t end = time(NULL) + 1;
	struct problems problems;
	struct config *config;
	long long start;

	configure_session(rig, "a", "good.etl");
	run(rig);
	start = start_time(rig);
	do {
		problems_init(&problems);
		config = config_parse_text("test", rig->text, strlen(rig->text), &problems);
		problems_done(&problems);
		assert_non_null(config);
		assert_int_equal(exporter_reload(rig->exporter, config, &rig->error), 0);
	} while (time(NULL) <= end);
	assert_int_equal(start_time(rig), start);
}

struct onlooker {
	struct rig *rig;
	atomic_bool end;
};

static void *look_on(void *argument)
{
	struct onlooker *onlooker = argument;
	struct status *status = exporter_status(onlooker->rig->exporter);
	struct status_page page = {status, "/metrics"};

	while (!atomic_load(&onlooker->end)) {
		struct text text;

		text_init(&text, 1 << 24);
		status_json(status, &text);
		status_page(&page, &text);
		if (text.failed)
			abort();
		text_done(&text);
	}
	return NULL;
}

static void others_may_look_while_samples_are_taken(void **state)
{
	struct onlooker onlooker = {.rig = *state};
	struct sessions *sessions;
	pthread_t thread;
	int64_t step;

	configure_session(onlooker.rig, "a", "good.etl");
	configure_session(onlooker.rig, "b", "lossy.etl");
	configure_session(onlooker.rig, "c", "bad.etl");
	make(onlooker.rig);
	assert_int_equal(pthread_create(&thread, NULL, look_on, &onlooker), 0);
	sessions = exporter_sessions(onlooker.rig->exporter);
	assert_int_equal(sessions_start(sessions, &onlooker.rig->error), 0);
	for (step = 1; step < 100; step++)
		status_sample(exporter_status(onlooker.rig->exporter), step * STEP_NS);
	sessions_wait(sessions);
	atomic_store(&onlooker.end, true);
	pthread_join(thread, NULL);
}

#define STATUS_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATUS_TEST(before_the_start_there_is_no_session),
		STATUS_TEST(sessions_have_states_rates_and_events),
		STATUS_TEST(busy_event_types_are_listed_by_their_labels),
		STATUS_TEST(a_step_ends_after_its_time_and_not_before),
		STATUS_TEST(losses_are_told_of_until_they_are_long_ago),
		STATUS_TEST(a_failed_session_is_worst_and_its_error_is_a_warning),
		STATUS_TEST(rules_tell_what_they_took_of_all_sessions),
		STATUS_TEST(names_are_text_in_the_page),
		STATUS_TEST(a_reload_is_no_start),
		STATUS_TEST(others_may_look_while_samples_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
