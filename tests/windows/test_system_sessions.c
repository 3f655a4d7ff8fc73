#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/command/sessions.h"
#include "exporter/etw/system_sessions.h"
#include "exporter/value/utf16.h"
#include "tests/windows/etw_rig.h"

struct world {
	struct etw_rig rig;
	struct system_sessions *system;
};

static void begin(struct world *world, const char *script)
{
	etw_rig_machine(&world->rig, script);
	world->system = system_sessions_new();
	assert_non_null(world->system);
}

static void end(struct world *world)
{
	system_sessions_free(world->system);
	scratch_remove(&world->rig.scratch);
}

/* What there is to change of a session; the state stays locked. */
static struct model_session *lock(const char *name)
{
	WCHAR wide[ETW_SESSION_NAME_SIZE];
	struct model_session *session;

	utf16_from_utf8(name, wide, ETW_SESSION_NAME_SIZE);
	session = model_session_find(model_lock(), wide);
	assert_non_null(session);
	return session;
}

static void lose(const char *name, ULONG events, ULONG log, ULONG real_time, ULONG written)
{
	EVENT_TRACE_PROPERTIES *properties = &lock(name)->properties;

	properties->EventsLost = events;
	properties->LogBuffersLost = log;
	properties->RealTimeBuffersLost = real_time;
	properties->BuffersWritten = written;
	model_unlock();
}

static void page(struct world *world, struct text *text)
{
	struct exposition exposition = {.out = text, .format = EXPOSITION_TEXT};

	text_init(text, 1 << 20);
	text_char(text, '\n');
	system_sessions_read(world->system);
	system_sessions_collect(&exposition, world->system);
	text_char(text, '\0');
}

/* The sample's value; -1: it is not there. */
static long long value(struct world *world, const char *sample)
{
	char start[256];
	struct text text;
	long long number = -1;
	const char *at;

	snprintf(start, sizeof(start), "\n%s ", sample);
	page(world, &text);
	at = strstr(text.bytes, start);
	if (at)
		number = strtoll(at + strlen(start), NULL, 10);
	text_done(&text);
	return number;
}

#define EVENTS(name) "etw_system_session_events_lost_total{trace_session=\"" name "\"}"
#define BUFFERS(name, to) \
	"etw_system_session_buffers_lost_total{trace_session=\"" name "\",target=\"" to "\"}"

static void sessions_are_counted_whoever_started_them(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "limit 40\nsession A\nsession B \"b\"\n");
	lose("A", 3, 4, 5, 6);
	assert_int_equal(value(&world, "etw_system_sessions"), 2);
	assert_int_equal(value(&world, "etw_system_sessions_limit"), 40);
	assert_int_equal(value(&world, EVENTS("A")), 3);
	assert_int_equal(value(&world, BUFFERS("A", "log_file")), 4);
	assert_int_equal(value(&world, BUFFERS("A", "real_time")), 5);
	assert_int_equal(value(&world, EVENTS("B \\\"b\\\"")), 0);
	end(&world);
}

/* Windows refuses to be asked for more; where it does not say how many, there are 64. */
static void no_more_are_asked_for_than_there_can_be(void **state)
{
	static const char *const machines[] = {"limit 200\nsession A\n", "session A\n",
					       "lacks TraceQueryInformation\nsession A\n"};
	struct world world;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		begin(&world, machines[i]);
		assert_int_equal(value(&world, "etw_system_sessions"), 1);
		end(&world);
	}
}

static void counters_go_on_where_they_wrap(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "session A\n");
	lose("A", UINT32_MAX - 1, 0, UINT32_MAX, 10);
	assert_int_equal(value(&world, EVENTS("A")), UINT32_MAX - 1ll);
	lose("A", 3, 0, 0, 11);
	assert_int_equal(value(&world, EVENTS("A")), UINT32_MAX + 4ll);
	assert_int_equal(value(&world, BUFFERS("A", "real_time")), UINT32_MAX + 1ll);
	end(&world);
}

/* With another number, or, as Windows' own have always the same, with fewer buffers written. */
static void a_session_that_was_started_again_goes_on(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "session A\n");
	lose("A", 100, 10, 0, 50);
	assert_int_equal(value(&world, EVENTS("A")), 100);
	lock("A")->id++;
	model_unlock();
	lose("A", 7, 0, 0, 60);
	assert_int_equal(value(&world, EVENTS("A")), 107);
	lose("A", 8, 1, 0, 2);
	assert_int_equal(value(&world, EVENTS("A")), 115);
	assert_int_equal(value(&world, BUFFERS("A", "log_file")), 11);
	end(&world);
}

static void a_session_that_is_gone_is_not_on_the_page(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "session A\nsession B\n");
	lose("A", 100, 0, 0, 50);
	assert_int_equal(value(&world, EVENTS("A")), 100);
	lock("A")->used = false;
	model_unlock();
	assert_int_equal(value(&world, EVENTS("A")), -1);
	assert_int_equal(value(&world, "etw_system_sessions"), 1);
	end(&world);
}

/* Sessions that come and go under ever other names take no more than the places there are. */
static void the_names_of_sessions_do_not_pile_up(void **state)
{
	struct world world;
	char name[32];
	unsigned int i;

	(void)state;
	begin(&world, "session A\nsession B\n");
	lose("B", 9, 0, 0, 0);
	assert_int_equal(value(&world, EVENTS("B")), 9);
	for (i = 0; i < 1000; i++) {
		struct model_session *session = lock(i ? name : "A");

		snprintf(name, sizeof(name), "name %u", i);
		utf16_from_utf8(name, session->name, ETW_SESSION_NAME_SIZE);
		session->properties.EventsLost = i;
		model_unlock();
		system_sessions_read(world.system);
	}
	assert_int_equal(value(&world, EVENTS("name 999")), 999);
	assert_int_equal(value(&world, EVENTS("B")), 9);
	end(&world);
}

static void lengthen(const char *from, char letter)
{
	struct model_session *session = lock(from);
	size_t i;

	for (i = 0; i < 700; i++)
		session->name[i] = u'x';
	session->name[i++] = (WCHAR)letter;
	session->name[i] = 0;
	model_unlock();
}

/* Names are not taken to their ends: of two that look the same then the first counts. */
static void sessions_that_look_the_same_are_one(void **state)
{
	struct world world;
	struct text text;

	(void)state;
	begin(&world, "session A\nsession B\n");
	lose("A", 5, 0, 0, 0);
	lose("B", 9, 0, 0, 0);
	lengthen("A", 'a');
	lengthen("B", 'b');
	system_sessions_read(world.system);
	page(&world, &text);
	assert_non_null(strstr(text.bytes, "xxx\"} 5\n"));
	assert_null(strstr(text.bytes, "xxx\"} 9\n"));
	assert_non_null(strstr(text.bytes, "\netw_system_sessions 2\n"));
	text_done(&text);
	end(&world);
}

static void who_may_not_look_gets_nothing(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "deny control\nlacks TraceQueryInformation\nsession A\n");
	assert_int_equal(value(&world, "etw_system_sessions"), -1);
	assert_int_equal(value(&world, "etw_system_sessions_limit"), -1);
	assert_int_equal(value(&world, EVENTS("A")), -1);
	end(&world);
}

/* However often it is asked for. */
static void windows_is_asked_once_a_second(void **state)
{
	struct exposition exposition = {.format = EXPOSITION_TEXT};
	struct world world;
	struct text text;
	double begun;

	(void)state;
	begin(&world, "session A\n");
	text_init(&text, 1 << 20);
	exposition.out = &text;
	system_sessions_collect(&exposition, world.system);
	begun = etw_rig_seconds();
	lose("A", 5, 0, 0, 0);
	do {
		text_clear(&text);
		exposition.family = NULL;
		system_sessions_collect(&exposition, world.system);
		text_char(&text, '\0');
		assert_true(etw_rig_seconds() - begun < 20);
	} while (!strstr(text.bytes, EVENTS("A") " 5\n"));
	assert_true(etw_rig_seconds() - begun > 0.9);
	text_done(&text);
	end(&world);
}

static void only_ours_are_stopped(void **state)
{
	struct world world;
	struct error error;

	(void)state;
	begin(&world, "session etw_exporter_left over\nsession left\nsession etw_exporter_b\n");
	assert_int_equal(sessions_remove("left", &error), -1);
	assert_true(etw_rig_model("left").used);
	assert_int_equal(sessions_remove("left over", &error), 0);
	assert_false(etw_rig_model("etw_exporter_left over").used);
	assert_int_equal(sessions_remove("ETW_Exporter_B", &error), 0);
	assert_false(etw_rig_model("etw_exporter_b").used);
	assert_true(etw_rig_model("left").used);
	end(&world);
}

static void a_log_file_is_named(void **state)
{
	struct world world;
	struct error error;
	struct text text;

	(void)state;
	begin(&world, "session A\n");
	utf16_from_utf8("C:\\traces\\a.etl", lock("A")->file, MODEL_NAME_SIZE);
	model_unlock();
	text_init(&text, 1 << 20);
	assert_int_equal(sessions_list(false, &text, &error), 0);
	assert_int_equal(sessions_list(true, &text, &error), 0);
	text_char(&text, '\0');
	assert_non_null(strstr(text.bytes, "\n  log file C:\\traces\\a.etl\n"));
	assert_non_null(strstr(text.bytes, "\"log_file\":\"C:\\\\traces\\\\a.etl\"}\n"));
	text_done(&text);
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_counted_whoever_started_them),
		cmocka_unit_test(no_more_are_asked_for_than_there_can_be),
		cmocka_unit_test(counters_go_on_where_they_wrap),
		cmocka_unit_test(a_session_that_was_started_again_goes_on),
		cmocka_unit_test(a_session_that_is_gone_is_not_on_the_page),
		cmocka_unit_test(the_names_of_sessions_do_not_pile_up),
		cmocka_unit_test(sessions_that_look_the_same_are_one),
		cmocka_unit_test(who_may_not_look_gets_nothing),
		cmocka_unit_test(windows_is_asked_once_a_second),
		cmocka_unit_test(only_ours_are_stopped),
		cmocka_unit_test(a_log_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
