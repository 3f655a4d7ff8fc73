#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/windows/etw_rig.h"

#define NAME "etw_exporter_a"
#define MACHINE                                                  \
	"provider {11111111-2222-3333-4444-555555555555} Shop\n" \
	"event Ordered id=1 level=4\nevent Stocked id=2 level=4\n"
#define SHOP "  providers: [{name: Shop}]\n"

static uint64_t total(const struct etw_rig *rig)
{
	return health_get(&etw_rig_health(rig)->events);
}

static uint64_t restarts(const struct etw_rig *rig)
{
	return health_get(&etw_rig_health(rig)->restarts);
}

/* By an event that is ours to see, and none of those counted. */
static void a_session_that_another_process_stops_is_started_again(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig,
		      MACHINE "emit Ordered count=5\nstop pid=4321\nemit Ordered count=7\n"
			      "stop pid=4321\nemit Stocked\n",
		      SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 2) == 1);
	assert_int_equal(etw_rig_events(&rig, 1), 12);
	assert_int_equal(etw_rig_events(&rig, 11), 0);
	assert_int_equal(total(&rig), 13);
	assert_int_equal(restarts(&rig), 2);
	assert_int_equal(atomic_load(&health->stoppers[0].pid), 4321);
	assert_int_equal(health_get(&health->stoppers[0].count), 2);
	assert_int_equal(health_get(&health->stoppers[1].count), 0);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "process 4321 has stopped the trace session " NAME);
	etw_rig_end(&rig);
}

static void a_session_that_is_gone_without_a_word_is_started_again(void **state)
{
	const struct session_health *health;
	double start = etw_rig_seconds();
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "emit Ordered count=5\nvanish\nemit Stocked\n", SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 2) == 1);
	assert_true(etw_rig_seconds() - start < 8);
	assert_int_equal(etw_rig_events(&rig, 1), 5);
	assert_int_equal(restarts(&rig), 1);
	assert_int_equal(atomic_load(&health->stoppers[0].pid), 0);
	assert_int_equal(health_get(&health->stoppers[0].count), 1);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "somebody has stopped the trace session " NAME);
	etw_rig_end(&rig);
}

static void what_waits_in_a_session_that_was_stopped_is_delivered(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "backlog Ordered count=23 ms=100\nemit Stocked\n", SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 2) == 1);
	assert_int_equal(etw_rig_events(&rig, 1), 23);
	assert_int_equal(health_get(&health->loss_signs[LOSS_SIGN_UNDELIVERED]), 0);
	etw_rig_end(&rig);
}

static void what_comes_for_too_long_is_cut_off_and_that_is_told(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "backlog Ordered count=1000 ms=20\nemit Stocked\n", SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 2) == 1);
	assert_true(etw_rig_events(&rig, 1) > 0);
	assert_true(etw_rig_events(&rig, 1) < 1000);
	assert_int_equal(health_get(&health->loss_signs[LOSS_SIGN_UNDELIVERED]), 1);
	etw_rig_end(&rig);
}

static void a_session_that_is_gone_has_no_buffers_and_no_mode(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;
	size_t i;

	(void)state;
	etw_rig_begin(&rig, MACHINE, SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	assert_int_equal(health_get(&health->trace_buffers), 8);
	etw_rig_stop(&rig);
	assert_int_equal(health_get(&health->trace_buffers), 0);
	assert_int_equal(health_get(&health->trace_buffers_free), 0);
	assert_int_equal(health_get(&health->ring_bytes), 0);
	for (i = 0; i < SESSION_MODE_COUNT; i++)
		assert_int_equal(health_get(&health->modes[i]), 0);
	etw_rig_end(&rig);
}

#define STOPS "Microsoft-Windows-Kernel-EventTracing"
/* Its events: a stop, and others of other levels and keywords. */
#define STOPS_MACHINE                                                                            \
	MACHINE "provider {b675ec37-bdb6-4648-bc92-f3fdc74d3ca2} " STOPS "\n"                    \
		"event Begun id=10 level=4 keyword=0x10\nevent Lost id=2 level=3 keyword=0x20\n" \
		"event Small id=3 level=5 keyword=0x20\n"

/* The row's own level and keywords decide what is counted; a stop is known in any case. */
static void the_provider_that_tells_of_stops_can_be_traced_too(void **state)
{
	static const struct {
		const char *row;
		unsigned int begun, small_ones, stops;
	} rows[] = {
		{"{name: " STOPS "}", 2, 3, 1},
		{"{name: " STOPS ", level: warning}", 0, 0, 0},
		{"{name: " STOPS ", any: 0x20}", 0, 3, 0},
		{"{name: " STOPS ", all: 0x20}", 0, 3, 0},
		{"{name: " STOPS ", events: [10, 2]}", 2, 0, 0},
		{"{name: " STOPS ", events: 11}", 0, 0, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct session_health *health;
		struct etw_rig rig;
		char keys[256];

		snprintf(keys, sizeof(keys), "  providers: [{name: Shop}, %s]\n", rows[i].row);
		etw_rig_begin(&rig,
			      STOPS_MACHINE "emit Begun count=2\nemit Small count=3\nemit Lost\n"
					    "stop pid=4321\nemit Stocked\n",
			      keys);
		health = etw_rig_health(&rig);
		ETW_RIG_WAIT(&rig, atomic_load(&health->stoppers[0].pid) == 4321 &&
					   restarts(&rig) == 1 &&
					   session_state(rig.session) == SESSION_RUNNING);
		etw_rig_stop(&rig);
		assert_int_equal(etw_rig_events(&rig, 10), rows[i].begun);
		assert_int_equal(etw_rig_events(&rig, 3), rows[i].small_ones);
		assert_int_equal(etw_rig_events(&rig, 11), rows[i].stops);
		etw_rig_end(&rig);
	}
}

static void who_receives_is_there_before_there_is_something_to_receive(void **state)
{
	struct model_session model;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE, SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	assert_int_equal(model.consumers, 1);
	assert_int_equal(model.enabled_count, 2);
	assert_int_equal(model.unheard, 0);
	etw_rig_end(&rig);
}

static void only_stops_are_asked_for(void **state)
{
	struct model_session model;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE, SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	assert_int_equal(model.enabled_count, 2);
	assert_int_equal(model.enabled[1].guid.Data1, 0xb675ec37);
	assert_int_equal(model.enabled[1].id_count, 1);
	assert_int_equal(model.enabled[1].ids[0], 11);
	etw_rig_end(&rig);
}

static void a_session_of_others_that_ends_is_waited_for(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "session a\nstop\n", "  kind: attach\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING && restarts(&rig) > 0);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "cannot find a session called a; etw_exporter sessions lists those "
			    "that run");
	etw_rig_end(&rig);
}

static void what_was_lost_is_asked_for_while_it_runs(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lost events=7 log=1 real_time=2 buffers=3\n", SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, health_get(&health->events_lost) == 7);
	assert_int_equal(health_get(&health->buffers_lost_by[BUFFER_LOSS_LOG_FILE]), 1);
	assert_int_equal(health_get(&health->buffers_lost_by[BUFFER_LOSS_REAL_TIME]), 2);
	assert_int_equal(health_get(&health->buffers_lost), 3);
	assert_int_equal(health_get(&health->buffers_written), 3);
	etw_rig_end(&rig);
}

/* What is lost behind the last look is in the numbers of the stop. */
static void the_last_losses_come_with_the_end(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lost events=7\nemit Ordered\n", SHOP);
	ETW_RIG_WAIT(&rig, total(&rig) == 1);
	etw_rig_stop(&rig);
	assert_int_equal(health_get(&etw_rig_health(&rig)->events_lost), 7);
	etw_rig_end(&rig);
}

/* By what the stop event says: the session itself cannot be asked any more. */
static void what_was_lost_before_another_process_stopped_it_is_counted(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lost events=7 log=1 real_time=2\nstop pid=1\nemit Stocked\n",
		      SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 2) == 1);
	assert_int_equal(health_get(&health->events_lost), 7);
	assert_int_equal(health_get(&health->buffers_lost_by[BUFFER_LOSS_LOG_FILE]), 1);
	assert_int_equal(health_get(&health->buffers_lost_by[BUFFER_LOSS_REAL_TIME]), 2);
	etw_rig_end(&rig);
}

/* Events of a class of their own say that something was lost. */
static void losses_in_band_are_signs(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig,
		      MACHINE "provider {6a399ae0-4bc6-4de9-870b-3657f8947e7e} Lost\n"
			      "event LostEvent opcode=32 classic=1\n"
			      "event LostBuffer opcode=33 classic=1\n"
			      "emit LostEvent count=3\nemit LostBuffer count=2\nemit Ordered\n",
		      SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, total(&rig) == 6);
	assert_int_equal(health_get(&health->loss_signs[LOSS_SIGN_LOST_EVENT]), 3);
	assert_int_equal(health_get(&health->loss_signs[LOSS_SIGN_LOST_BUFFER]), 2);
	etw_rig_end(&rig);
}

static void losses_of_a_session_that_came_again_add_up(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig,
		      MACHINE "counters events=0xfffffff0\nasked\n"
			      "counters events=0x10\nasked\nstop pid=1\n"
			      "lost events=9\nemit Ordered\n",
		      SHOP);
	ETW_RIG_WAIT(&rig, total(&rig) == 1);
	etw_rig_stop(&rig);
	assert_true(health_get(&etw_rig_health(&rig)->events_lost) == 0x100000010 + 9);
	etw_rig_end(&rig);
}

static void what_a_session_of_others_lost_before_is_not_counted(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_machine(&rig, MACHINE "session a\nlost events=5\n");
	model_lock()->sessions[0].properties.EventsLost = 1000;
	model_unlock();
	etw_rig_start(&rig, "  kind: attach\n");
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, health_get(&health->events_lost) > 0);
	assert_int_equal(health_get(&health->events_lost), 5);
	etw_rig_end(&rig);
}

/* One buffer is all that fits: most of what comes at once finds it on its way. */
static void events_that_the_queue_has_no_room_for_are_dropped_and_counted(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "emit Ordered count=1000000 bytes=40\nemit Stocked\n",
		      "  queue: 64KiB\n" SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, total(&rig) + health_get(&health->events_dropped) == 1000001);
	assert_true(health_get(&health->events_dropped) > 0);
	assert_true(total(&rig) > 0);
	etw_rig_end(&rig);
}

/* The session's threads are in the middle of it. */
static void a_session_can_be_stopped_while_events_come(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "emit Ordered count=100000000 bytes=40 cpus=4\n", SHOP);
	ETW_RIG_WAIT(&rig, total(&rig) > 1000);
	etw_rig_stop(&rig);
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	assert_int_equal(etw_rig_events(&rig, 1), total(&rig));
	etw_rig_end(&rig);
}

static void a_session_can_be_stopped_while_it_waits(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "deny\n", SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	etw_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_that_another_process_stops_is_started_again),
		cmocka_unit_test(a_session_that_is_gone_without_a_word_is_started_again),
		cmocka_unit_test(what_waits_in_a_session_that_was_stopped_is_delivered),
		cmocka_unit_test(what_comes_for_too_long_is_cut_off_and_that_is_told),
		cmocka_unit_test(a_session_that_is_gone_has_no_buffers_and_no_mode),
		cmocka_unit_test(the_provider_that_tells_of_stops_can_be_traced_too),
		cmocka_unit_test(who_receives_is_there_before_there_is_something_to_receive),
		cmocka_unit_test(only_stops_are_asked_for),
		cmocka_unit_test(a_session_of_others_that_ends_is_waited_for),
		cmocka_unit_test(what_was_lost_is_asked_for_while_it_runs),
		cmocka_unit_test(the_last_losses_come_with_the_end),
		cmocka_unit_test(what_was_lost_before_another_process_stopped_it_is_counted),
		cmocka_unit_test(losses_in_band_are_signs),
		cmocka_unit_test(losses_of_a_session_that_came_again_add_up),
		cmocka_unit_test(what_a_session_of_others_lost_before_is_not_counted),
		cmocka_unit_test(events_that_the_queue_has_no_room_for_are_dropped_and_counted),
		cmocka_unit_test(a_session_can_be_stopped_while_events_come),
		cmocka_unit_test(a_session_can_be_stopped_while_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
