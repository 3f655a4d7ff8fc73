#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "exporter/value/utf16.h"
#include "metrics/utf8.h"
#include "tests/windows/etw_rig.h"

#define NAME "etw_exporter_a"

/* A machine with two providers, and events of the first. */
#define MACHINE                                                              \
	"provider {11111111-2222-3333-4444-555555555555} Contoso-Shop\n"     \
	"keyword Orders 0x10\nkeyword Stock 0x20\nkeyword Prices 0x40\n"     \
	"event Ordered id=1 level=4 keyword=0x10\n"                          \
	"event Stocked id=2 level=4 keyword=0x30\n"                          \
	"event Checked id=3 level=5 keyword=0x20\n"                          \
	"event Plain id=4 level=4\n"                                         \
	"event Bought id=5 level=4 keyword=0x10 channel=11 tracelogging=1\n" \
	"event Sold id=6 level=4 keyword=0x10 channel=11 tracelogging=1\n"   \
	"provider {66666666-2222-3333-4444-555555555555} Contoso-Bank\n"     \
	"event Paid id=7 level=4 keyword=0x1\n"
/* So many of each, of two processes. */
#define EMIT_ALL                                                                               \
	"emit Ordered count=3 pid=10 exe=shop.exe bytes=40\n"                                  \
	"emit Ordered count=4 pid=11 exe=till.exe bytes=40\n"                                  \
	"emit Stocked count=5 pid=10 exe=shop.exe\nemit Checked count=7 pid=10 exe=shop.exe\n" \
	"emit Plain count=9 pid=10 exe=shop.exe\nemit Bought count=11 pid=10 exe=shop.exe\n"   \
	"emit Sold count=13 pid=11 exe=till.exe\nemit Paid count=15 pid=12 exe=bank.exe\n"
#define SHOP "  providers: [{name: Contoso-Shop}]\n"

static uint64_t total(const struct etw_rig *rig)
{
	return health_get(&etw_rig_health(rig)->events);
}

static void assert_counts(const char *keys, const unsigned int wanted[8])
{
	struct etw_rig rig;
	unsigned int id;

	/* What is waited for comes last, and passes all filters. */
	etw_rig_begin(&rig,
		      MACHINE "provider {77777777-2222-3333-4444-555555555555} Last\n"
			      "event Last id=99 level=4\n" EMIT_ALL "emit Last\n",
		      keys);
	ETW_RIG_WAIT(&rig, etw_rig_events(&rig, 99) == 1);
	for (id = 1; id <= 7; id++)
		if (etw_rig_events(&rig, id) != wanted[id])
			fail_msg("%llu of event %u, not %u, with\n%s",
				 (unsigned long long)etw_rig_events(&rig, id), id, wanted[id],
				 keys);
	etw_rig_end(&rig);
}

#define ASSERT_COUNTS(shop, ...)                                                          \
	assert_counts("  providers:\n  - {name: contoso-shop" shop "}\n  - name: Last\n", \
		      (const unsigned int[8]){0, __VA_ARGS__})

static void a_session_is_started_as_the_configuration_says(void **state)
{
	struct etw_rig rig;
	struct model_session model;
	const EVENT_TRACE_PROPERTIES *properties = &model.properties;

	(void)state;
	etw_rig_begin(&rig, MACHINE,
		      "  buffers: {size: 64KiB, min: 6, max: 7}\n  flush: 250ms\n"
		      "  clock: system\n" SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	assert_true(model.used);
	assert_int_equal(properties->BufferSize, 64);
	assert_int_equal(properties->MinimumBuffers, 6);
	assert_int_equal(properties->MaximumBuffers, 7);
	assert_int_equal(properties->FlushTimer, 250);
	assert_int_equal(properties->Wnode.ClientContext, 2);
	assert_int_equal(properties->LogFileMode, LOG_FILE_MODE_REAL_TIME |
							  LOG_FILE_MODE_INDEPENDENT |
							  LOG_FILE_MODE_PERSIST_ON_HYBRID_SHUTDOWN |
							  LOG_FILE_MODE_FLUSH_IN_MS);
	etw_rig_end(&rig);
}

static void what_is_not_said_is_by_the_number_of_processors(void **state)
{
	struct etw_rig rig;
	struct model_session model;

	(void)state;
	etw_rig_begin(&rig, MACHINE, SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	assert_int_equal(model.properties.BufferSize, 256);
	assert_int_equal(model.properties.MinimumBuffers, 8);
	assert_int_equal(model.properties.MaximumBuffers, 64);
	assert_int_equal(model.properties.FlushTimer, 1);
	assert_int_equal(model.properties.Wnode.ClientContext, 1);
	etw_rig_end(&rig);
}

/* In the order of the events: 7 Ordered, 5 Stocked, 7 Checked, 9 Plain, 11 Bought, 13 Sold, 15
 * Paid.
 */
static void what_is_enabled_is_counted(void **state)
{
	(void)state;
	ASSERT_COUNTS("", 7, 5, 7, 9, 11, 13, 0);
	ASSERT_COUNTS(", level: information", 7, 5, 0, 9, 11, 13, 0);
	ASSERT_COUNTS(", any: 0x20", 0, 5, 7, 9, 0, 0, 0);
	ASSERT_COUNTS(", any: 0x30, all: 0x30", 0, 5, 0, 9, 0, 0, 0);
	ASSERT_COUNTS(", all: 0x30", 0, 5, 0, 9, 0, 0, 0);
	ASSERT_COUNTS(", any: 0x20, properties: ignore_keyword_0", 0, 5, 7, 0, 0, 0, 0);
	ASSERT_COUNTS(", events: [1, 3]", 7, 0, 7, 0, 0, 0, 0);
	ASSERT_COUNTS(", pids: 11", 4, 0, 0, 0, 0, 13, 0);
	ASSERT_COUNTS(", executable: [none.exe, Till.exe]", 4, 0, 0, 0, 0, 13, 0);
	ASSERT_COUNTS(", events: [Sold, Other]", 0, 0, 0, 0, 0, 13, 0);
}

static void keywords_have_names(void **state)
{
	struct etw_rig rig;

	(void)state;
	ASSERT_COUNTS(", any: [stock]", 0, 5, 7, 9, 0, 0, 0);
	ASSERT_COUNTS(", any: [0x20, 0x10]", 7, 5, 7, 9, 11, 13, 0);
	ASSERT_COUNTS(", any: [Stock, 0x10], all: [Orders, Stock]", 0, 5, 0, 9, 0, 0, 0);
	etw_rig_begin(&rig, MACHINE, "  providers: [{name: Contoso-Shop, any: Stocks}]\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "any has the keyword Stocks, which the provider does not have; it has "
			    "Orders, Stock, Prices");
	etw_rig_end(&rig);
	etw_rig_begin(&rig, MACHINE, "  providers: [{name: Contoso-Bank, all: Money}]\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "all has the keyword Money, and Windows knows no keywords of this "
			    "provider by name; give the mask");
	etw_rig_end(&rig);
}

#define UMLAUTS "\u00e4\u00f6\u00fc\u00df\u00e4\u00f6\u00fc\u00df"
#define LONG	"n" UMLAUTS UMLAUTS UMLAUTS UMLAUTS UMLAUTS

/* Those have flags of 32 bits for keywords, and of none nothing comes. */
static void a_classic_provider_without_keywords_has_all_flags(void **state)
{
	static const struct {
		const char *keys;
		ULONGLONG any, all;
	} rows[] = {
		{"{name: Contoso-Till}", 0xffffffff, 0},
		{"{guid: 88888888-2222-3333-4444-555555555555}", 0xffffffff, 0},
		{"{name: Contoso-Till, any: 0x4}", 0x4, 0},
		{"{name: Contoso-Till, all: 0x4}", 0x4, 0x4},
		{"{name: Contoso-Shop}", 0, 0},
	};
	struct model_session model;
	struct etw_rig rig;
	char keys[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(keys, sizeof(keys), "  providers: [%s]\n", rows[i].keys);
		etw_rig_begin(&rig,
			      MACHINE "provider {88888888-2222-3333-4444-555555555555} "
				      "Contoso-Till class\n",
			      keys);
		ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
		model = etw_rig_model(NAME);
		assert_int_equal(model.enabled[0].any, rows[i].any);
		assert_int_equal(model.enabled[0].all, rows[i].all);
		etw_rig_end(&rig);
	}
}

static void assert_whole_letters(const char *script, const char *keys)
{
	struct etw_rig rig;
	const char *at;

	etw_rig_begin(&rig, script, keys);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	for (at = session_failure(rig.session)->text; *at; at += utf8_sequence(at))
		assert_true(utf8_sequence(at) > 0);
	etw_rig_end(&rig);
}

/* Texts that do not fit end with a whole letter, wherever their ends would be. */
static void long_texts_are_cut_between_letters(void **state)
{
	(void)state;
	assert_whole_letters(MACHINE "limit 1\nsession " LONG "\n", SHOP);
	assert_whole_letters(MACHINE "limit 1\nsession x" LONG "\n", SHOP);
	assert_whole_letters(MACHINE "keyword " LONG "1 1\nkeyword " LONG "2 2\nkeyword " LONG
				     "3 4\nkeyword " LONG "4 8\n",
			     "  providers: [{name: Contoso-Bank, any: None}]\n");
	assert_whole_letters(MACHINE "keyword " LONG "1 1\nkeyword " LONG "2 2\nkeyword x" LONG
				     "3 4\nkeyword " LONG "4 8\n",
			     "  providers: [{name: Contoso-Bank, any: None}]\n");
}

static void providers_are_known_by_name_guid_or_hash(void **state)
{
	struct etw_rig rig;
	struct model_session model;

	(void)state;
	etw_rig_begin(&rig, MACHINE,
		      "  providers:\n  - guid: '{66666666-2222-3333-4444-555555555555}'\n"
		      "  - eventsource: PerfView\n  - name: Microsoft-Windows-DNS-Client\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	/* With the one that tells who stops sessions. */
	assert_int_equal(model.enabled_count, 4);
	assert_int_equal(model.enabled[0].guid.Data1, 0x66666666);
	assert_int_equal(model.enabled[1].guid.Data1, 0xa8a71ac1);
	assert_int_equal(model.enabled[2].guid.Data1, 0x1c95126e);
	etw_rig_end(&rig);
	etw_rig_begin(&rig, MACHINE, "  providers: [{name: Contoso-Shops}]\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "no provider called Contoso-Shops is registered; etw_exporter "
			    "providers lists them, and those of .NET and TraceLogging, which are "
			    "not, are named "
			    "with eventsource: or guid:");
	/* What was begun is taken back. */
	assert_false(etw_rig_model(NAME).used);
	etw_rig_end(&rig);
}

static void properties_are_asked_for_and_the_state_once(void **state)
{
	struct etw_rig rig;
	struct model_session model;

	(void)state;
	etw_rig_begin(&rig, MACHINE,
		      "  providers: [{name: Contoso-Shop, properties: [sid, stack], rundown: "
		      "true}]\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	assert_int_equal(model.enabled[0].properties, 0x5);
	assert_int_equal(model.enabled[0].rundowns, 1);
	etw_rig_end(&rig);
}

static void a_provider_that_does_not_tell_its_state_is_traced(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "deny state\n" EMIT_ALL,
		      "  providers: [{name: Contoso-Shop, rundown: true}]\n");
	ETW_RIG_WAIT(&rig, total(&rig) == 52);
	assert_int_equal(health_get(&etw_rig_health(&rig)->restarts), 0);
	etw_rig_end(&rig);
}

static int64_t seconds_since_last_event(const struct etw_rig *rig)
{
	int64_t last = atomic_load(&etw_rig_health(rig)->last_event_time);

	return llabs(last / 1000000000 - (int64_t)time(NULL));
}

/* As Windows does of sessions in real time: the clock is known all the same. */
static void a_clock_that_is_not_told_when_it_is_opened_is_known(void **state)
{
	static const char *const clocks[] = {"  clock: qpc\n" SHOP, "  clock: system\n" SHOP};
	struct etw_rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		etw_rig_begin(&rig, MACHINE "bare-header\n" EMIT_ALL, clocks[i]);
		ETW_RIG_WAIT(&rig, total(&rig) == 52);
		ETW_RIG_WAIT(&rig, seconds_since_last_event(&rig) < 60);
		etw_rig_end(&rig);
	}
}

static void the_kernels_sessions_have_flags(void **state)
{
	struct etw_rig rig;
	struct model_session model;

	(void)state;
	etw_rig_begin(&rig, MACHINE, "  kind: system\n  flags: [process, disk_io]\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model(NAME);
	assert_int_equal(model.properties.EnableFlags, 0x101);
	assert_true(model.properties.LogFileMode & LOG_FILE_MODE_SYSTEM_LOGGER);
	etw_rig_end(&rig);
	etw_rig_begin(&rig, MACHINE, "  kind: kernel\n  flags: thread\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model("nt kernel logger");
	assert_true(model.used);
	assert_int_equal(model.properties.EnableFlags, 0x2);
	assert_int_equal(model.properties.Wnode.Guid.Data1, 0x9e814aad);
	assert_int_equal(model.enabled_count, 0);
	etw_rig_end(&rig);
}

static void the_mode_is_what_windows_applied(void **state)
{
	const struct session_health *health;
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE, SHOP);
	health = etw_rig_health(&rig);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	assert_int_equal(health_get(&health->modes[SESSION_MODE_REAL_TIME]), 1);
	assert_int_equal(health_get(&health->modes[SESSION_MODE_INDEPENDENT]), 1);
	assert_int_equal(health_get(&health->modes[SESSION_MODE_SYSTEM_LOGGER]), 0);
	assert_int_equal(health_get(&health->trace_buffers), 8);
	assert_int_equal(health_get(&health->ring_bytes), 8 * 256 << 10);
	etw_rig_end(&rig);
}

static void a_session_that_ends_takes_back_what_it_began(void **state)
{
	struct etw_rig rig;
	struct model_state *model;

	(void)state;
	etw_rig_begin(&rig, MACHINE, SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	etw_rig_stop(&rig);
	assert_int_equal(session_state(rig.session), SESSION_STOPPED);
	model = model_lock();
	assert_false(model->sessions[0].used);
	assert_int_equal(model->sessions[0].enabled_count, 0);
	assert_true(model->sessions[0].flushes > 0);
	model_unlock();
	etw_rig_end(&rig);
}

/* Whatever their names mean by then. */
static void what_was_enabled_is_disabled(void **state)
{
	struct model_state *model;
	struct etw_rig rig;

	(void)state;
	etw_rig_machine(&rig,
			"provider {11111111-2222-3333-4444-555555555555} Contoso-Shop late\n");
	model_lock()->has_installed = true;
	model_unlock();
	etw_rig_start(&rig, SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = model_lock();
	assert_int_equal(model->sessions[0].enabled_count, 2);
	model->has_installed = false;
	model_unlock();
	etw_rig_stop(&rig);
	model = model_lock();
	assert_int_equal(model->sessions[0].enabled_count, 0);
	model_unlock();
	etw_rig_end(&rig);
}

static void a_session_left_by_an_earlier_run_is_replaced(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "session " NAME "\n" EMIT_ALL, SHOP);
	ETW_RIG_WAIT(&rig, total(&rig) == 52);
	assert_int_equal(etw_rig_model(NAME).properties.BufferSize, 256);
	etw_rig_end(&rig);
}

/* Windows says so for a moment. */
static void a_session_that_was_stopped_may_still_be_there(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lingers 3\nsession " NAME "\n" EMIT_ALL, SHOP);
	ETW_RIG_WAIT(&rig, total(&rig) == 52);
	assert_int_equal(health_get(&etw_rig_health(&rig)->restarts), 0);
	etw_rig_end(&rig);
}

static void a_session_left_by_an_earlier_run_is_used_again(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "session " NAME "\n" EMIT_ALL, "  on_exists: reuse\n" SHOP);
	ETW_RIG_WAIT(&rig, total(&rig) == 52);
	assert_int_equal(etw_rig_model(NAME).properties.BufferSize, 64);
	/* What Windows changes is as it is configured, by default. */
	assert_int_equal(etw_rig_model(NAME).properties.MaximumBuffers, 64);
	assert_int_equal(etw_rig_model(NAME).properties.FlushTimer, 1);
	etw_rig_stop(&rig);
	assert_false(etw_rig_model(NAME).used);
	etw_rig_end(&rig);
}

static void assert_fails(const char *machine, const char *keys, const char *wanted)
{
	struct etw_rig rig;

	etw_rig_begin(&rig, machine, keys);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text, wanted);
	etw_rig_end(&rig);
}

static void why_a_session_cannot_be_is_said(void **state)
{
	(void)state;
	assert_fails(MACHINE "session " NAME "\n", "  on_exists: fail\n" SHOP,
		     "cannot start " NAME ": a session of that name runs already; stop it (logman "
		     "stop NAME -ets), or say on_exists: replace or reuse");
	assert_fails(MACHINE "deny\n", SHOP,
		     "cannot start " NAME ": access denied; who runs this has to be in the group "
		     "Performance Log Users or Administrators");
	assert_fails(MACHINE "deny enable\n", SHOP,
		     "cannot enable the provider Contoso-Shop: access denied; who runs this has to "
		     "be in the group Performance Log Users or Administrators");
	assert_fails(MACHINE "deny open\n", SHOP,
		     "cannot receive the events of " NAME ": access denied; who runs this has to "
		     "be in the group Performance Log Users or Administrators");
	assert_fails(MACHINE "deny\n", "  kind: kernel\n  flags: process\n",
		     "cannot start NT Kernel Logger: access denied; the kernel's events take a "
		     "member of the group Administrators, or the privilege "
		     "SeSystemProfilePrivilege beside the group Performance Log Users");
	assert_fails(MACHINE "deny privilege\n", "  kind: system\n  flags: profile\n",
		     "cannot start " NAME ": access denied; the kernel's events take a member of "
		     "the group Administrators, or the privilege SeSystemProfilePrivilege beside "
		     "the group Performance Log Users");
	assert_fails(MACHINE "limit 2\nsession Circular Kernel Context Logger\nsession DiagLog\n",
		     SHOP,
		     "cannot start " NAME
		     ": no session is left; 2 of at most 2 run: Circular Kernel Context "
		     "Logger, DiagLog; stop one with logman stop NAME -ets");
	assert_fails(MACHINE, "  kind: attach\n",
		     "cannot find a session called a; etw_exporter sessions lists those that run");
}

/* Of the kernel's events there are eight, two of them Windows' own. */
static void who_holds_the_kernels_sessions_is_said(void **state)
{
	struct model_state *model;
	struct etw_rig rig;
	size_t i;

	(void)state;
	etw_rig_machine(&rig, MACHINE "session A\nsession Slow\nsession B\nsession C\nsession D\n"
				      "session E\nsession F\n");
	model = model_lock();
	for (i = 0; i < 7; i++)
		if (i != 1)
			model->sessions[i].properties.LogFileMode |= LOG_FILE_MODE_SYSTEM_LOGGER;
	model_unlock();
	etw_rig_start(&rig, "  kind: system\n  flags: process\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "cannot start " NAME ": no session for the kernel's events is left, of "
			    "which there are 8, two of them Windows' own; 6 run: A, B, C, D, E, F; "
			    "stop one with logman stop NAME -ets");
	etw_rig_end(&rig);
}

static void begin_kernel(struct etw_rig *rig, const char *keys)
{
	struct model_session *session;

	etw_rig_machine(rig, MACHINE "session NT Kernel Logger\n");
	session = &model_lock()->sessions[0];
	session->properties.LogFileMode = LOG_FILE_MODE_SYSTEM_LOGGER;
	session->properties.EnableFlags = 0x101;
	session->properties.MaximumBuffers = 1000;
	utf16_from_utf8("C:\\kernel.etl", session->file, MODEL_NAME_SIZE);
	model_unlock();
	etw_rig_start(rig, keys);
}

/* All programs share its name. */
static void the_kernels_session_of_others_is_not_taken_unasked(void **state)
{
	struct etw_rig rig;

	(void)state;
	begin_kernel(&rig, "  kind: kernel\n  flags: thread\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_WAITING);
	etw_rig_stop(&rig);
	assert_string_equal(
		session_failure(rig.session)->text,
		"cannot start NT Kernel Logger: it runs already, started by another program or an "
		"earlier run (flags: process, disk_io; log file: C:\\kernel.etl), and there is "
		"only "
		"one for all; on_exists: replace stops it and takes its place, reuse listens to "
		"it");
	assert_int_equal(etw_rig_model("NT Kernel Logger").properties.EnableFlags, 0x101);
	etw_rig_end(&rig);
	begin_kernel(&rig, "  kind: kernel\n  on_exists: replace\n  flags: thread\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	assert_int_equal(etw_rig_model("NT Kernel Logger").properties.EnableFlags, 0x2);
	etw_rig_end(&rig);
}

/* Others go on as they were, also afterwards. */
static void the_kernels_session_of_others_can_be_listened_to(void **state)
{
	struct model_session model;
	struct etw_rig rig;

	(void)state;
	begin_kernel(&rig, "  kind: kernel\n  on_exists: reuse\n  flags: thread\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	model = etw_rig_model("NT Kernel Logger");
	assert_int_equal(model.properties.EnableFlags, 0x103);
	assert_int_equal(model.properties.MaximumBuffers, 1000);
	assert_true(model.properties.LogFileMode & LOG_FILE_MODE_REAL_TIME);
	etw_rig_stop(&rig);
	assert_true(etw_rig_model("NT Kernel Logger").used);
	etw_rig_end(&rig);
}

static void a_session_of_others_is_listened_to_and_left_alone(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "session A\n", "  kind: attach\n");
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_RUNNING);
	etw_rig_stop(&rig);
	assert_true(etw_rig_model("a").used);
	assert_int_equal(etw_rig_model("a").enabled_count, 0);
	assert_int_equal(etw_rig_model("a").flushes, 0);
	etw_rig_end(&rig);
}

static void a_function_that_must_be_there_is_named(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig, MACHINE "lacks EnableTraceEx2\n", SHOP);
	ETW_RIG_WAIT(&rig, session_state(rig.session) == SESSION_FAILED);
	etw_rig_stop(&rig);
	assert_string_equal(session_failure(rig.session)->text,
			    "cannot trace: this Windows has no function EnableTraceEx2, which came "
			    "with Windows 7");
	etw_rig_end(&rig);
}

static void what_older_systems_lack_is_done_without(void **state)
{
	struct etw_rig rig;

	(void)state;
	etw_rig_begin(&rig,
		      MACHINE "lacks GetSystemTimePreciseAsFileTime\n"
			      "lacks GetActiveProcessorCount\nlacks TdhEnumerateProviders\n"
			      "lacks TdhEnumerateProviderFieldInformation\n" EMIT_ALL,
		      "  providers: [{guid: 11111111-2222-3333-4444-555555555555}]\n");
	ETW_RIG_WAIT(&rig, total(&rig) == 52);
	assert_int_equal(etw_rig_model(NAME).properties.MinimumBuffers, 4);
	etw_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_started_as_the_configuration_says),
		cmocka_unit_test(what_is_not_said_is_by_the_number_of_processors),
		cmocka_unit_test(what_is_enabled_is_counted),
		cmocka_unit_test(keywords_have_names),
		cmocka_unit_test(a_classic_provider_without_keywords_has_all_flags),
		cmocka_unit_test(long_texts_are_cut_between_letters),
		cmocka_unit_test(providers_are_known_by_name_guid_or_hash),
		cmocka_unit_test(properties_are_asked_for_and_the_state_once),
		cmocka_unit_test(a_provider_that_does_not_tell_its_state_is_traced),
		cmocka_unit_test(a_clock_that_is_not_told_when_it_is_opened_is_known),
		cmocka_unit_test(the_kernels_sessions_have_flags),
		cmocka_unit_test(the_mode_is_what_windows_applied),
		cmocka_unit_test(a_session_that_ends_takes_back_what_it_began),
		cmocka_unit_test(what_was_enabled_is_disabled),
		cmocka_unit_test(a_session_left_by_an_earlier_run_is_replaced),
		cmocka_unit_test(a_session_that_was_stopped_may_still_be_there),
		cmocka_unit_test(a_session_left_by_an_earlier_run_is_used_again),
		cmocka_unit_test(why_a_session_cannot_be_is_said),
		cmocka_unit_test(who_holds_the_kernels_sessions_is_said),
		cmocka_unit_test(the_kernels_session_of_others_is_not_taken_unasked),
		cmocka_unit_test(the_kernels_session_of_others_can_be_listened_to),
		cmocka_unit_test(a_session_of_others_is_listened_to_and_left_alone),
		cmocka_unit_test(a_function_that_must_be_there_is_named),
		cmocka_unit_test(what_older_systems_lack_is_done_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
