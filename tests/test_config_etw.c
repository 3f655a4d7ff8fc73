#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "tests/support/config_check.h"

#define HEAD "sessions:\n- name: a\n  source: etw\n"

/* In a session that is all right otherwise, as its third key, in line 4. */
#define CHECK_KEY(key, ...) CHECK(HEAD "  " key "\n  providers: [{name: P}]\n", __VA_ARGS__)
/* The only row of `providers:`, in line 5. */
#define CHECK_ROW(row, ...) CHECK(HEAD "  providers:\n  - " row "\n", __VA_ARGS__)

static struct config *parse(const char *text)
{
	struct problems problems;
	struct config *config;

	problems_init(&problems);
	config = config_parse_text("c.yml", text, strlen(text), &problems);
	if (!config)
		fail_msg("%zu:%zu: %s", problems.list[0].line, problems.list[0].column,
			 problems.list[0].text);
	problems_done(&problems);
	return config;
}

static void what_is_not_said_has_defaults(void **state)
{
	struct config *config = parse(HEAD "  providers: [{name: P}]\n");
	const struct etw_config *etw = &config->sessions[0].etw;
	const struct etw_provider_config *provider = &etw->providers[0];

	(void)state;
	assert_string_equal(config->sessions[0].source, "etw");
	assert_int_equal(config->sessions[0].queue_bytes, 32 << 20);
	assert_int_equal(etw->kind, ETW_USER);
	assert_int_equal(etw->on_exists, ON_EXISTS_REPLACE);
	assert_int_equal(etw->buffers.size_bytes, 256 << 10);
	assert_int_equal(etw->buffers.min, 0);
	assert_int_equal(etw->buffers.max, 0);
	assert_int_equal(etw->flush_ns, 1000000000);
	assert_int_equal(etw->clock, ETW_CLOCK_QPC);
	assert_int_equal(etw->flags, 0);
	assert_int_equal(etw->provider_count, 1);
	assert_int_equal(provider->naming, ETW_BY_NAME);
	assert_string_equal(provider->name, "P");
	assert_int_equal(provider->level, 5);
	assert_int_equal(provider->any.count + provider->all.count + provider->events.count, 0);
	assert_int_equal(provider->pids.count + provider->executables.count, 0);
	assert_int_equal(provider->properties, 0);
	assert_false(provider->rundown);
	config_free(config);
}

/* Its name is everybody's. */
static void the_kernels_session_is_not_replaced_unasked(void **state)
{
	struct config *config = parse(HEAD "  kind: kernel\n  flags: process\n");

	(void)state;
	assert_int_equal(config->sessions[0].etw.on_exists, ON_EXISTS_FAIL);
	config_free(config);
	config = parse(HEAD "  kind: kernel\n  flags: process\n  on_exists: replace\n");
	assert_int_equal(config->sessions[0].etw.on_exists, ON_EXISTS_REPLACE);
	config_free(config);
}

static void every_key_is_taken(void **state)
{
	struct config *config = parse(
		HEAD "  kind: system\n  on_exists: fail\n  buffers: {size: 64KiB, min: 8, max: 9}\n"
		     "  flush: 250ms\n  clock: system\n  queue: 1MiB\n"
		     "  flags: [process, cswitch, file_io]\n  providers:\n"
		     "  - {guid: 22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716, level: 4,\n"
		     "     any: [0x8000000000000000, Network], all: 3, events: [3006, 0],\n"
		     "     pids: [4, 4294967295], executable: [a.exe, b.exe],\n"
		     "     properties: [sid, stack, process_start_key], rundown: true}\n"
		     "  - {eventsource: Contoso-Shop, level: critical, events: [Bought, Sold]}\n");
	const struct etw_config *etw = &config->sessions[0].etw;
	const struct etw_provider_config *first = &etw->providers[0], *second = first + 1;

	(void)state;
	assert_int_equal(config->sessions[0].queue_bytes, 1 << 20);
	assert_int_equal(etw->kind, ETW_SYSTEM);
	assert_int_equal(etw->on_exists, ON_EXISTS_FAIL);
	assert_int_equal(etw->buffers.size_bytes, 64 << 10);
	assert_int_equal(etw->buffers.min, 8);
	assert_int_equal(etw->buffers.max, 9);
	assert_int_equal(etw->flush_ns, 250000000);
	assert_int_equal(etw->clock, ETW_CLOCK_SYSTEM);
	assert_int_equal(etw->flags, 0x02000011);
	assert_int_equal(first->naming, ETW_BY_GUID);
	assert_string_equal(first->guid, "22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716");
	assert_int_equal(first->level, 4);
	assert_true(first->any.list[0].magnitude == 0x8000000000000000);
	assert_string_equal(first->any.list[1].text, "Network");
	assert_int_equal(first->all.list[0].magnitude, 3);
	assert_int_equal(first->events.count, 2);
	assert_false(first->by_event_name);
	assert_int_equal(first->pids.list[1].magnitude, UINT32_MAX);
	assert_string_equal(first->executables.list[1].text, "b.exe");
	assert_int_equal(first->properties, 0x85);
	assert_true(first->rundown);
	assert_int_equal(second->naming, ETW_BY_EVENTSOURCE);
	assert_string_equal(second->eventsource, "Contoso-Shop");
	assert_int_equal(second->level, 1);
	assert_true(second->by_event_name);
	config_free(config);
}

static void a_kind_has_what_it_can(void **state)
{
	(void)state;
	CHECK(HEAD, "2:9: a session of kind: user needs the key \"providers\"");
	CHECK(HEAD "  kind: kernel\n", "2:9: a session of kind: kernel needs the key \"flags\"");
	CHECK(HEAD "  kind: system\n",
	      "2:9: a session of kind: system needs the key \"flags\" or \"providers\"");
	CHECK(HEAD "  kind: attach\n", NULL);
	CHECK_KEY("flags: process",
		  "4:10: flags are for sessions of kind: system or kernel; leave it away");
	CHECK_KEY("kind: trace", "4:9: kind must be user or system or kernel or attach, not "
				 "\"trace\"");
	CHECK(HEAD "  kind: kernel\n  flags: process\n  providers: [{name: P}]\n",
	      "6:14: providers cannot be in the session of kind: kernel, which has the kernel's "
	      "events alone; leave it away");
	CHECK(HEAD "  kind: attach\n  clock: qpc\n  buffers: {size: 1MiB}\n",
	      "5:10: clock is up to those who started the session, not to one of kind: attach; "
	      "leave it away",
	      "6:12: buffers is up to those who started the session, not to one of kind: attach; "
	      "leave it away");
}

static void keys_of_another_source_are_refused(void **state)
{
	(void)state;
	CHECK_KEY("mount: true",
		  "4:3: key \"mount\" goes with source: tracefs, not with source: etw; leave it "
		  "away");
	CHECK_KEY("path: x", "4:3: key \"path\" goes with source: etl, not with source: etw; leave "
			     "it away");
	CHECK("sessions:\n- name: a\n  path: x\n  clock: qpc\n",
	      "4:3: key \"clock\" goes with source: tracefs or source: etw, not with source: etl; "
	      "leave it away");
	CHECK_KEY("clok: qpc", "4:3: unknown key \"clok\"; did you mean \"clock\"?");
}

static void names_are_not_too_long_for_windows(void **state)
{
	char text[600], name[220];

	(void)state;
	memset(name, 'n', sizeof(name));
	snprintf(text, sizeof(text),
		 "sessions:\n- name: %.187s\n  source: etw\n  providers: [{name: P}]\n", name);
	CHECK(text, "2:9: warning: name has 187 bytes, limits.label_bytes lets 128 be seen in "
		    "labels; shorten one or raise the other");
	snprintf(text, sizeof(text),
		 "sessions:\n- name: %.188s\n  source: etw\n  providers: [{name: P}]\n", name);
	CHECK(text,
	      "2:9: name must have at most 187 characters: a session of Windows has 200, of which "
	      "\"etw_exporter_\" is taken",
	      "2:9: warning: name has 188 bytes, limits.label_bytes lets 128 be seen in labels; "
	      "shorten one or raise the other");
	snprintf(text, sizeof(text), "sessions:\n- name: %.200s\n  source: etw\n  kind: attach\n",
		 name);
	CHECK(text, "2:9: warning: name has 200 bytes, limits.label_bytes lets 128 be seen in "
		    "labels; shorten one or raise the other");
}

static void buffers_have_limits(void **state)
{
	(void)state;
	CHECK_KEY("buffers: {size: 1KiB}", "4:19: size must be from 4KiB to 16MiB, not \"1KiB\"");
	CHECK_KEY("buffers: {size: 32MiB}", "4:19: size must be from 4KiB to 16MiB, not \"32MiB\"");
	CHECK_KEY("buffers: {min: 1}",
		  "4:18: min must be a whole number from 2 to 65536, not \"1\"");
	CHECK_KEY("buffers: {min: 20, max: 10}", "4:12: max must be min (20) or more, not 10");
	CHECK_KEY("flush: 1ms", "4:10: flush must be from 10ms to 1h, not \"1ms\"");
	CHECK_KEY("clock: cycles", "4:10: clock must be qpc or system, not \"cycles\"");
	CHECK_KEY("on_exists: keep",
		  "4:14: on_exists must be replace or reuse or fail, not \"keep\"");
}

static void a_provider_is_named_in_one_way(void **state)
{
	(void)state;
	CHECK_ROW("level: 1", "5:5: a provider needs one of the keys \"name\", \"guid\" and "
			      "\"eventsource\", and no two of them");
	CHECK_ROW("{name: a, eventsource: b}",
		  "5:5: a provider needs one of the keys \"name\", \"guid\" and \"eventsource\", "
		  "and no two of them");
	CHECK_ROW("name: 22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716",
		  "5:11: name must be the name of a provider, not "
		  "\"22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716\"; write guid: for a GUID");
	CHECK_ROW("guid: 22fb2cd6", "5:11: guid must be a GUID such as "
				    "{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716}, not \"22fb2cd6\"");
	CHECK(HEAD "  providers: []\n", "4:14: providers must have from 1 to 1000 entries, not 0");
	CHECK(HEAD "  providers: P\n",
	      "4:14: providers must be a list, such as [{name: Microsoft-Windows-DNS-Client}], "
	      "not \"P\"");
}

static void levels_and_keywords_are_numbers_or_names(void **state)
{
	(void)state;
	CHECK_ROW("{name: P, level: warn}",
		  "5:22: level must be a number from 0 to 255, critical, error, warning, "
		  "information or verbose, not \"warn\"");
	CHECK_ROW("{name: P, level: warnin}",
		  "5:22: level \"warnin\" is not known; did you mean \"warning\"?");
	CHECK_ROW("{name: P, level: 256}",
		  "5:22: level must be a whole number from 0 to 255, or a name, not \"256\"");
	CHECK_ROW("{name: P, any: -1}", "5:20: any must be masks such as 0x10, or names of "
					"keywords, not \"-1\"");
	CHECK_ROW("{name: P, all: [1, 0.5]}", "5:24: all must be masks such as 0x10, or names of "
					      "keywords, not \"0.5\"");
}

static void filters_are_what_windows_takes(void **state)
{
	char text[2000] = HEAD "  providers:\n  - {name: P, events: [0", name[600];
	size_t i;

	(void)state;
	for (i = 1; i < 65; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ",%zu", i % 10);
	strcat(text, "]}\n");
	CHECK(text, "5:152: events must have at most 64 entries, not 65: Windows filters by no "
		    "more");
	CHECK_ROW("{name: P, events: 65536}",
		  "5:23: events must be whole numbers from 0 to 65535, not \"65536\"");
	CHECK_ROW("{name: P, events: [1, Bought]}",
		  "5:27: events must be all IDs, or all names of TraceLogging events, not both");
	CHECK_ROW("{name: P, pids: [1,2,3,4,5,6,7,8,9]}",
		  "5:38: pids must have at most 8 entries, not 9: Windows filters by no more");
	CHECK_ROW("{name: P, pids: 0}",
		  "5:21: pids must be whole numbers from 1 to 4294967295, not \"0\"");
	CHECK_ROW("{name: P, executable: 'C:\\a.exe'}",
		  "5:27: executable must be file names without a folder, such as app.exe, one or "
		  "a list, not \"C:\\a.exe\"");
	memset(name, 'x', sizeof(name));
	snprintf(text, sizeof(text), HEAD "  providers:\n  - {name: P, executable: %.512s}\n",
		 name);
	CHECK(text, "5:27: executable takes 1026 bytes of a filter, of which Windows has 1024; "
		    "name fewer");
	CHECK_ROW("{name: P, properties: [sid, stak]}",
		  "5:33: properties \"stak\" is not known; did you mean \"stack\"?");
}

static void flags_are_words(void **state)
{
	(void)state;
	CHECK(HEAD "  kind: kernel\n  flags: [process, disk]\n",
	      "5:20: flags must be among process, thread, image_load, process_counters, cswitch, "
	      "dpc, interrupt, system_call, disk_io, disk_file_io, disk_io_init, dispatcher, "
	      "page_faults, hard_faults, virtual_alloc, vamap, network, registry, dbgprint, job, "
	      "alpc, split_io, debug_events, driver, profile, file_io, file_io_init, no_sysconfig, "
	      "not \"disk\"");
	CHECK(HEAD "  kind: kernel\n  flags: proces\n",
	      "5:10: flags \"proces\" is not known; did you mean \"process\"?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_has_defaults),
		cmocka_unit_test(the_kernels_session_is_not_replaced_unasked),
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(a_kind_has_what_it_can),
		cmocka_unit_test(keys_of_another_source_are_refused),
		cmocka_unit_test(names_are_not_too_long_for_windows),
		cmocka_unit_test(buffers_have_limits),
		cmocka_unit_test(a_provider_is_named_in_one_way),
		cmocka_unit_test(levels_and_keywords_are_numbers_or_names),
		cmocka_unit_test(filters_are_what_windows_takes),
		cmocka_unit_test(flags_are_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
