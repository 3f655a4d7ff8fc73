#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "exporter/session/session.h"
#include "metrics/exposition.h"
#include "tests/support/page.h"
#include "tests/support/posix.h"
#include "tests/support/random.h"
#include "tests/support/scratch.h"
#include "tests/support/small_recording.h"
#include "tests/support/thread_limit.h"

#define PATIENCE_SECONDS 30

/* A session of one path, and what it needs. */
struct rig {
	struct scratch scratch;
	struct registry *registry;
	struct event_families families;
	struct limits_config limits;
	struct session_config config;
	char name[8], source[8];
	char *path;
	struct session *session;
	struct error error;
};

static void begin(struct rig *rig, const char *file)
{
	const struct registry_limits limits = {.series = 1000, .label_bytes = 128};

	memset(rig, 0, sizeof(*rig));
	scratch_make(&rig->scratch);
	rig->registry = registry_new(&limits);
	assert_non_null(rig->registry);
	assert_int_equal(event_families_add(&rig->families, rig->registry), 0);
	rig->limits = (struct limits_config){.event_types = 1000, .files = 100};
	strcpy(rig->name, "test");
	strcpy(rig->source, "etl");
	rig->path = strdup(*file == '-' ? file : scratch_path(&rig->scratch, file));
	rig->config = (struct session_config){
		.name = rig->name,
		.source = rig->source,
		.paths = &rig->path,
		.path_count = 1,
		.poll_ns = 1000000,
		.queue_bytes = 1 << 20,
	};
}

static void end(struct rig *rig)
{
	session_free(rig->session);
	registry_free(rig->registry);
	free(rig->path);
	scratch_remove(&rig->scratch);
}

static void save(struct rig *rig, const struct etl_writer_options *options, size_t buffers)
{
	struct small_recording recording = small_make(options, buffers);

	etl_save(rig->path, recording.bytes, recording.length);
	small_done(&recording);
}

static struct session *make(struct rig *rig)
{
	const struct session_context context = {
		.registry = rig->registry, .families = &rig->families, .limits = &rig->limits};

	rig->session = session_new(&rig->config, &context, &rig->error);
	return rig->session;
}

static void start(struct rig *rig)
{
	assert_non_null(make(rig));
	assert_int_equal(session_start(rig->session, &rig->error), 0);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void wait_for_state(const struct rig *rig, enum session_state state)
{
	double begun = seconds();

	while (session_state(rig->session) != state) {
		assert_true(seconds() - begun < PATIENCE_SECONDS);
		sched_yield();
	}
}

static uint64_t events(const struct rig *rig)
{
	return health_get(&session_health(rig->session)->events);
}

/* The sum of all series is what health says. */
static void assert_sum(const struct rig *rig)
{
	struct text text;
	struct exposition exposition = {.out = &text, .format = EXPOSITION_TEXT};

	text_init(&text, 1 << 20);
	registry_expose(rig->registry, &exposition);
	text_char(&text, '\0');
	assert_false(text.failed);
	assert_int_equal((uint64_t)page_sum(text.bytes, "etw_events_total"), events(rig));
	text_done(&text);
}

static void a_session_that_does_not_run_can_be_freed(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	assert_non_null(make(&rig));
	assert_int_equal(session_state(rig.session), SESSION_STARTING);
	assert_false(session_is_up(rig.session) || session_has_ended(rig.session));
	assert_true(session_join(rig.session, NULL));
	end(&rig);
	session_free(NULL);
}

static void a_source_that_is_not_known_is_an_error(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	strcpy(rig.source, "etw?");
	assert_null(make(&rig));
	assert_string_equal(rig.error.text, "session test: no such source");
	end(&rig);
	begin(&rig, "a.etl");
#ifdef _WIN32
	strcpy(rig.source, "tracefs");
	assert_null(make(&rig));
	assert_string_equal(
		rig.error.text,
		"session test: source: tracefs takes Linux, and this is another system");
#else
	strcpy(rig.source, "etw");
	assert_null(make(&rig));
	assert_string_equal(rig.error.text,
			    "session test: source: etw takes Windows, and this is another system");
#endif
	end(&rig);
}

static void a_replay_finishes(void **state)
{
	struct timespec now;
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	save(&rig, NULL, 10);
	start(&rig);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_FINISHED);
	assert_true(session_is_up(rig.session) && session_has_ended(rig.session));
	assert_true(events(&rig) > 30);
	assert_sum(&rig);
	assert_int_equal(trace_queue_depth(session_queue(rig.session)), 0);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_true(now.tv_sec -
			    atomic_load(&session_health(rig.session)->start_time) / 1000000000 <
		    60);
	assert_non_null(aggregator_header(session_aggregator(rig.session)));
	end(&rig);
}

static void a_replay_of_nothing_fails_and_says_why(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	start(&rig);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_FAILED);
	assert_true(!session_is_up(rig.session) && session_has_ended(rig.session));
	assert_non_null(strstr(session_failure(rig.session)->text, "a.etl"));
	assert_int_equal(health_get(&session_health(rig.session)->restarts), 0);
	end(&rig);
}

static void a_loop_that_fails_is_tried_again(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	rig.config.loop = true;
	start(&rig);
	wait_for_state(&rig, SESSION_WAITING);
	assert_true(!session_is_up(rig.session) && !session_has_ended(rig.session));
	save(&rig, NULL, 1);
	wait_for_state(&rig, SESSION_RUNNING);
	assert_int_equal(health_get(&session_health(rig.session)->restarts), 1);
	session_stop(rig.session);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	assert_sum(&rig);
	end(&rig);
}

static void a_stop_ends_the_wait_for_the_next_try(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	rig.config.loop = true;
	start(&rig);
	wait_for_state(&rig, SESSION_WAITING);
	session_stop(rig.session);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	assert_int_equal(health_get(&session_health(rig.session)->restarts), 0);
	end(&rig);
}

static void a_session_that_follows_runs_until_it_is_stopped(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	rig.config.follow = true;
	start(&rig);
	wait_for_state(&rig, SESSION_RUNNING);
	save(&rig, NULL, 3);
	while (health_get(&session_health(rig.session)->files_done) == 0)
		sched_yield();
	assert_int_equal(session_state(rig.session), SESSION_RUNNING);
	session_stop(rig.session);
	session_stop(rig.session);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	assert_int_equal(health_get(&session_health(rig.session)->buffers), 4);
	assert_sum(&rig);
	end(&rig);
}

static void a_session_that_is_stopped_before_it_starts_stops(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	save(&rig, NULL, 1);
	rig.config.follow = true;
	assert_non_null(make(&rig));
	session_stop(rig.session);
	assert_int_equal(session_start(rig.session, &rig.error), 0);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	end(&rig);
}

static void a_join_waits_no_longer_than_it_is_told(void **state)
{
	struct timespec deadline;
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	rig.config.follow = true;
	start(&rig);
	clock_gettime(CLOCK_REALTIME, &deadline);
	assert_false(session_join(rig.session, &deadline));
	assert_false(session_join(rig.session, &deadline));
	session_stop(rig.session);
	deadline.tv_sec += PATIENCE_SECONDS;
	assert_true(session_join(rig.session, &deadline));
	assert_true(session_join(rig.session, &deadline));
	end(&rig);
}

static void a_queue_that_is_too_small_for_a_buffer_is_enough(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 2 << 20};
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	save(&rig, &options, 5);
	rig.config.queue_bytes = 1;
	start(&rig);
	assert_true(session_join(rig.session, NULL));
	assert_int_equal(session_state(rig.session), SESSION_FINISHED);
	assert_int_equal(health_get(&session_health(rig.session)->buffers), 6);
	assert_sum(&rig);
	end(&rig);
}

/* All that is configured, stopped at any moment, while another thread looks on. */
static void a_stop_may_come_at_any_moment(void **state)
{
	static const struct etl_writer_options compressed = {.compressed = true};
	struct random random = {3};
	size_t i, j, moments;

	(void)state;
	for (i = 0; i < 60; i++) {
		struct rig rig;

		begin(&rig, "a.etl");
		save(&rig, i % 2 ? &compressed : NULL, 40);
		rig.config.loop = i % 3 == 0;
		rig.config.follow = i % 3 == 1;
		rig.config.pace = i % 5 == 0 ? PACE_RECORDED : PACE_FAST;
		rig.config.queue_bytes = 1 + random_below(&random, 1 << 20);
		start(&rig);
		moments = random_below(&random, 2000);
		for (j = 0; j < moments; j++)
			if (session_has_ended(rig.session))
				break;
		session_stop(rig.session);
		assert_true(session_join(rig.session, NULL));
		assert_true(session_has_ended(rig.session));
		assert_int_not_equal(session_state(rig.session), SESSION_FAILED);
		assert_int_equal(trace_queue_depth(session_queue(rig.session)), 0);
		assert_sum(&rig);
		end(&rig);
	}
}

static void a_scrape_may_come_at_any_moment(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "a.etl");
	save(&rig, NULL, 40);
	rig.config.loop = true;
	start(&rig);
	while (health_get(&session_health(rig.session)->loops) < 20) {
		struct text text;
		struct exposition exposition = {.out = &text, .format = EXPOSITION_TEXT};

		text_init(&text, 1 << 20);
		registry_expose(rig.registry, &exposition);
		assert_false(text.failed);
		text_done(&text);
	}
	session_stop(rig.session);
	assert_true(session_join(rig.session, NULL));
	assert_sum(&rig);
	end(&rig);
}

static void without_a_thread_nothing_runs(void **state)
{
	size_t threads;

	(void)state;
	posix_needs("limit of the threads of a process");
	for (threads = 0; threads < 2; threads++) {
		struct rig rig;

		begin(&rig, "a.etl");
		save(&rig, NULL, 1);
		assert_non_null(make(&rig));
		thread_limit_begin(threads);
		assert_int_equal(session_start(rig.session, &rig.error), -1);
		thread_limit_end();
		assert_non_null(strstr(rig.error.text, "session test: cannot start a thread: "));
		assert_true(session_join(rig.session, NULL));
		assert_int_equal(session_state(rig.session), SESSION_FAILED);
		assert_int_equal(events(&rig), 0);
		/* It may be tried again. */
		assert_int_equal(session_start(rig.session, &rig.error), 0);
		assert_true(session_join(rig.session, NULL));
		assert_int_equal(session_state(rig.session), SESSION_FINISHED);
		assert_sum(&rig);
		end(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_that_does_not_run_can_be_freed),
		cmocka_unit_test(a_source_that_is_not_known_is_an_error),
		cmocka_unit_test(a_replay_finishes),
		cmocka_unit_test(a_replay_of_nothing_fails_and_says_why),
		cmocka_unit_test(a_loop_that_fails_is_tried_again),
		cmocka_unit_test(a_stop_ends_the_wait_for_the_next_try),
		cmocka_unit_test(a_session_that_follows_runs_until_it_is_stopped),
		cmocka_unit_test(a_session_that_is_stopped_before_it_starts_stops),
		cmocka_unit_test(a_join_waits_no_longer_than_it_is_told),
		cmocka_unit_test(a_queue_that_is_too_small_for_a_buffer_is_enough),
		cmocka_unit_test(a_stop_may_come_at_any_moment),
		cmocka_unit_test(a_scrape_may_come_at_any_moment),
		cmocka_unit_test(without_a_thread_nothing_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
