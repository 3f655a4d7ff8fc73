#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/etw/etw_losses.h"

struct rig {
	struct etw_losses losses;
	struct session_health health;
};

static void begin(struct rig *rig)
{
	session_health_init(&rig->health);
	etw_losses_begin(&rig->losses);
}

static void note(struct rig *rig, uint32_t events, uint32_t log, uint32_t real_time,
		 uint32_t written)
{
	const struct etw_numbers numbers = {{events, log, real_time, written}, 10, 4, 65536, 0};

	etw_losses_note(&rig->losses, &numbers, &rig->health);
}

static void assert_lost(struct rig *rig, uint64_t events, uint64_t log, uint64_t real_time,
			uint64_t written)
{
	const struct session_health *health = &rig->health;

	assert_int_equal(health_get(&health->events_lost), events);
	assert_int_equal(health_get(&health->buffers_lost_by[BUFFER_LOSS_LOG_FILE]), log);
	assert_int_equal(health_get(&health->buffers_lost_by[BUFFER_LOSS_REAL_TIME]), real_time);
	assert_int_equal(health_get(&health->buffers_lost), log + real_time);
	assert_int_equal(health_get(&health->buffers_written), written);
}

static void counters_grow_by_what_windows_says_more(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	note(&rig, 1, 2, 3, 4);
	assert_lost(&rig, 1, 2, 3, 4);
	note(&rig, 1, 2, 3, 4);
	assert_lost(&rig, 1, 2, 3, 4);
	note(&rig, 11, 2, 5, 44);
	assert_lost(&rig, 11, 2, 5, 44);
	assert_int_equal(health_get(&rig.health.trace_buffers), 10);
	assert_int_equal(health_get(&rig.health.trace_buffers_free), 4);
	assert_int_equal(health_get(&rig.health.ring_bytes), 655360);
}

static void a_counter_that_wraps_goes_on(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	note(&rig, 0xfffffff0, 0, 0xffffffff, 0xffffffff);
	note(&rig, 0x10, 0, 0, 1);
	assert_lost(&rig, 0x100000010, 0, 0x100000000, 0x100000001);
}

static void a_session_that_begins_again_adds_to_what_was(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	note(&rig, 100, 1, 2, 3);
	etw_losses_begin(&rig.losses);
	note(&rig, 5, 1, 1, 1);
	assert_lost(&rig, 105, 2, 3, 4);
}

static void what_a_session_lost_before_we_came_is_not_ours(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	rig.losses.is_counting = false;
	note(&rig, 100, 1, 2, 3);
	assert_lost(&rig, 0, 0, 0, 0);
	note(&rig, 101, 1, 2, 4);
	assert_lost(&rig, 1, 0, 0, 1);
}

static void modes_are_bits_of_the_log_files_mode(void **state)
{
	struct etw_numbers numbers = {.mode = 0x0a000100};
	struct rig rig;

	(void)state;
	begin(&rig);
	etw_losses_note(&rig.losses, &numbers, &rig.health);
	assert_int_equal(health_get(&rig.health.modes[SESSION_MODE_REAL_TIME]), 1);
	assert_int_equal(health_get(&rig.health.modes[SESSION_MODE_INDEPENDENT]), 1);
	assert_int_equal(health_get(&rig.health.modes[SESSION_MODE_SYSTEM_LOGGER]), 1);
	assert_int_equal(health_get(&rig.health.modes[SESSION_MODE_PERSISTENT]), 0);
	assert_int_equal(health_get(&rig.health.modes[SESSION_MODE_NO_CPU_BUFFERS]), 0);
}

static void who_stopped_sessions_is_counted_by_process(void **state)
{
	struct rig rig;
	uint32_t pid;

	(void)state;
	begin(&rig);
	for (pid = 1; pid <= STOPPERS_MAX + 2; pid++)
		session_health_stopped(&rig.health, pid);
	session_health_stopped(&rig.health, 2);
	assert_int_equal(atomic_load(&rig.health.stoppers[1].pid), 2);
	assert_int_equal(health_get(&rig.health.stoppers[1].count), 2);
	/* The last row is of all that found none. */
	assert_int_equal(health_get(&rig.health.stoppers[STOPPERS_MAX - 1].count), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_grow_by_what_windows_says_more),
		cmocka_unit_test(a_counter_that_wraps_goes_on),
		cmocka_unit_test(a_session_that_begins_again_adds_to_what_was),
		cmocka_unit_test(what_a_session_lost_before_we_came_is_not_ours),
		cmocka_unit_test(modes_are_bits_of_the_log_files_mode),
		cmocka_unit_test(who_stopped_sessions_is_counted_by_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
