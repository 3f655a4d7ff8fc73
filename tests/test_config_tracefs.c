#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/cpu_list.h"
#include "tests/support/config_check.h"

#define HEAD "sessions:\n- name: a\n  source: tracefs\n"

/* In a session that is all right otherwise, as its third key, in line 4. */
#define CHECK_KEY(key, ...) CHECK(HEAD "  " key "\n  providers: [{name: sched}]\n", __VA_ARGS__)
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
	struct config *config = parse(HEAD "  providers: [{name: sched}]\n");
	const struct tracefs_config *tracefs = &config->sessions[0].tracefs;

	(void)state;
	assert_string_equal(config->sessions[0].source, "tracefs");
	assert_int_equal(config->sessions[0].queue_bytes, 8 << 20);
	assert_int_equal(config->sessions[0].path_count, 0);
	assert_int_equal(tracefs->buffers.size_bytes, 8 << 20);
	assert_int_equal(tracefs->buffers.subbuffer_bytes, 0);
	assert_int_equal(tracefs->buffers.percent, 25);
	assert_false(tracefs->buffers.mapped);
	assert_string_equal(tracefs->clock, "boot");
	assert_int_equal(tracefs->on_exists, ON_EXISTS_REPLACE);
	assert_false(tracefs->mount);
	assert_false(tracefs->children);
	assert_int_equal(tracefs->cpus.count, 0);
	assert_int_equal(tracefs->pids.count, 0);
	assert_int_equal(tracefs->provider_count, 1);
	assert_int_equal(tracefs->providers[0].kind, TRACE_PROVIDER_SYSTEM);
	assert_string_equal(tracefs->providers[0].name, "sched");
	assert_int_equal(tracefs->providers[0].events.count, 0);
	assert_null(tracefs->providers[0].filter);
	config_free(config);
}

static void every_key_is_taken(void **state)
{
	struct config *config =
		parse(HEAD "  buffers: {size: 1MiB, subbuffer: 64KiB, percent: 0}\n"
			   "  clock: mono\n  on_exists: reuse\n  mount: true\n  cpus: 0-3,33\n"
			   "  pids: [1, 0x10]\n  children: true\n  queue: 1MiB\n  providers:\n"
			   "  - {name: sched, events: [sched_switch, sched_wakeup*],\n"
			   "     filter: 'prev_pid != 0', pids: 7}\n");
	const struct tracefs_config *tracefs = &config->sessions[0].tracefs;
	const struct trace_provider_config *provider = &tracefs->providers[0];

	(void)state;
	assert_int_equal(config->sessions[0].queue_bytes, 1 << 20);
	assert_int_equal(tracefs->buffers.size_bytes, 1 << 20);
	assert_int_equal(tracefs->buffers.subbuffer_bytes, 64 << 10);
	assert_int_equal(tracefs->buffers.percent, 0);
	assert_string_equal(tracefs->clock, "mono");
	assert_int_equal(tracefs->on_exists, ON_EXISTS_REUSE);
	assert_true(tracefs->mount);
	assert_true(tracefs->children);
	assert_int_equal(tracefs->cpus.count, 2);
	assert_int_equal(tracefs->cpus.words[0], 0xf);
	assert_int_equal(tracefs->cpus.words[1], 0x2);
	assert_int_equal(tracefs->pids.count, 2);
	assert_int_equal(tracefs->pids.list[1].magnitude, 16);
	assert_int_equal(provider->events.count, 2);
	assert_string_equal(provider->events.list[1].text, "sched_wakeup*");
	assert_string_equal(provider->filter, "prev_pid != 0");
	assert_int_equal(provider->pids.list[0].magnitude, 7);
	config_free(config);
}

static void probes_are_taken(void **state)
{
	struct config *config = parse(
		HEAD "  providers:\n"
		     "  - {uprobe: {binary: /bin/bash, symbol: readline, name: r, return: true}}\n"
		     "  - {uprobe: {binary: b, offset: 0x1a, name: o, args: 'a=%di:u64'}}\n"
		     "  - {kprobe: {symbol: do_exit, name: k}, filter: 'a > 1'}\n");
	const struct trace_provider_config *providers = config->sessions[0].tracefs.providers;

	(void)state;
	assert_int_equal(config->sessions[0].tracefs.provider_count, 3);
	assert_int_equal(providers[0].kind, TRACE_PROVIDER_UPROBE);
	assert_string_equal(providers[0].probe.binary, "/bin/bash");
	assert_string_equal(providers[0].probe.symbol, "readline");
	assert_string_equal(providers[0].probe.name, "r");
	assert_true(providers[0].probe.on_return);
	assert_null(providers[1].probe.symbol);
	assert_int_equal(providers[1].probe.offset, 0x1a);
	assert_string_equal(providers[1].probe.arguments, "a=%di:u64");
	assert_int_equal(providers[2].kind, TRACE_PROVIDER_KPROBE);
	assert_string_equal(providers[2].probe.symbol, "do_exit");
	assert_string_equal(providers[2].filter, "a > 1");
	config_free(config);
}

static void keys_of_another_source_are_refused(void **state)
{
	(void)state;
	CHECK_KEY("path: x", "4:3: key \"path\" goes with source: etl, not with source: tracefs; "
			     "leave it away");
	CHECK_KEY("follow: true", "4:3: key \"follow\" goes with source: etl, not with source: "
				  "tracefs; leave it away");
	CHECK("sessions:\n- name: a\n  path: x\n  clock: boot\n",
	      "4:3: key \"clock\" goes with source: tracefs or source: etw, not with source: etl; "
	      "leave it away");
	CHECK("sessions:\n- name: a\n  path: x\n  source: etl\n  providers: []\n",
	      "5:3: key \"providers\" goes with source: tracefs or source: etw, not with source: "
	      "etl; leave it away");
}

static void a_session_needs_providers(void **state)
{
	(void)state;
	CHECK(HEAD, "2:3: a session of source: tracefs needs the key \"providers\"");
	CHECK(HEAD "  providers: []\n", "4:14: providers must have from 1 to 1000 entries, not 0");
	CHECK(HEAD "  providers: sched\n",
	      "4:14: providers must be a list, such as [{name: sched}], not \"sched\"");
	CHECK_ROW("sched", "5:5: a provider must be a mapping with the keys name, events, filter, "
			   "pids, uprobe and kprobe, not \"sched\"");
	CHECK_ROW("events: x", "5:5: a provider needs one of the keys \"name\", \"uprobe\" and "
			       "\"kprobe\", and no two of them");
	CHECK_ROW("{name: a, kprobe: {symbol: b, name: c}}",
		  "5:5: a provider needs one of the keys \"name\", \"uprobe\" and \"kprobe\", and "
		  "no two of them");
}

static void an_unknown_key_has_those_of_the_source_listed(void **state)
{
	(void)state;
	CHECK_KEY("colour: red", "4:3: unknown key \"colour\"; the keys of a session of source: "
				 "tracefs are name, source, providers, buffers, clock, on_exists, "
				 "mount, cpus, pids, children and queue");
	CHECK_KEY("clck: boot", "4:3: unknown key \"clck\"; did you mean \"clock\"?");
}

static void buffers_have_limits(void **state)
{
	(void)state;
	CHECK_KEY("buffers: {size: 1}", "4:19: size must be from 8KiB to 64GiB, not \"1\"");
	CHECK_KEY("buffers: {size: 1kB}", "4:19: size must be from 8KiB to 64GiB, not \"1kB\"");
	CHECK_KEY("buffers: {percent: 101}",
		  "4:22: percent must be a whole number from 0 to 100, not \"101\"");
	CHECK_KEY("buffers: {size: 16KiB, subbuffer: 16KiB}",
		  "4:12: a buffer has at least two sub-buffers: size must be twice subbuffer or "
		  "more");
}

static void cpus_are_a_list_of_numbers_and_ranges(void **state)
{
	static const char *const wrong[] = {"3-1", "1-", "-1",	 "1,", ",1",
					    "1;2", "x",	 "8192", "1 "};
	struct cpu_mask mask;
	size_t i;

	(void)state;
	CHECK_KEY("cpus: 3-1", "4:9: cpus must be numbers of CPUs and ranges such as \"0-3,8\", "
			       "each below 8192, not \"3-1\"");
	CHECK_KEY("cpus: [1]", "4:9: cpus must be numbers of CPUs and ranges such as \"0-3,8\", "
			       "each below 8192, not a list");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(cpu_list_parse(wrong[i], &mask), CPU_LIST_MALFORMED);
	assert_int_equal(cpu_list_parse("8191,30-33", &mask), CPU_LIST_OK);
	assert_int_equal(mask.count, 256);
	assert_int_equal(mask.words[0], 0xc0000000);
	assert_int_equal(mask.words[1], 0x3);
	assert_int_equal(mask.words[255], 0x80000000);
	free(mask.words);
}

static void pids_are_numbers_of_processes(void **state)
{
	(void)state;
	CHECK_KEY("pids: [1, x]", "4:13: pids must be whole numbers from 1 to 4194304, not \"x\"");
	CHECK_KEY("pids: 0", "4:9: pids must be whole numbers from 1 to 4194304, not \"0\"");
	CHECK_ROW("{name: sched, pids: 4194305}",
		  "5:25: pids must be whole numbers from 1 to 4194304, not \"4194305\"");
	CHECK_KEY("children: true", "4:13: warning: children has no effect without pids");
}

static void probes_say_where_they_are(void **state)
{
	(void)state;
	CHECK_ROW("uprobe: {binary: /b, name: n}",
		  "5:13: a uprobe needs one of the keys \"symbol\" and \"offset\"");
	CHECK_ROW("uprobe: {binary: /b, name: n, symbol: s, offset: 1}",
		  "5:13: a uprobe needs one of the keys \"symbol\" and \"offset\", not both");
	CHECK_ROW("uprobe: {binary: /b, name: n, offset: -1}",
		  "5:43: offset must be a whole number such as 0x1a40, not \"-1\"");
	CHECK_ROW("uprobe: {symbol: s}", "5:13: a uprobe needs the key \"binary\"",
		  "5:13: a uprobe needs the key \"name\"");
	CHECK_ROW("kprobe: {name: n}", "5:13: a kprobe needs the key \"symbol\"");
	CHECK_ROW("{kprobe: {symbol: s, name: n}, events: x}",
		  "5:44: events goes with the name of a system: a probe is one event");
}

static void what_the_kernel_could_not_read_in_a_probe_is_refused(void **state)
{
	(void)state;
	CHECK_ROW("uprobe: {binary: /a b, name: n, symbol: s}",
		  "5:22: binary must be without spaces and #, which Linux' probes cannot have "
		  "there, not \"/a b\"");
	CHECK_ROW("kprobe: {symbol: 's t', name: n}",
		  "5:22: symbol must be without spaces and #, which Linux' probes cannot have "
		  "there, not \"s t\"");
	CHECK_ROW("kprobe: {symbol: s, name: 1n}",
		  "5:31: the name of a probe must have letters, digits and _ alone and not begin "
		  "with a digit, not \"1n\"");
	CHECK_ROW("kprobe: {symbol: s, name: n, args: 'a#'}",
		  "5:40: args must be without #, which Linux takes for a comment, not \"a#\"");
}

static void each_probe_of_a_session_has_its_own_name(void **state)
{
	(void)state;
	CHECK_ROW("kprobe: {symbol: s, name: n}\n  - kprobe: {symbol: t, name: n}",
		  "6:5: two probes have the name \"n\", the first in line 5; each needs its own");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_has_defaults),
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(probes_are_taken),
		cmocka_unit_test(keys_of_another_source_are_refused),
		cmocka_unit_test(a_session_needs_providers),
		cmocka_unit_test(an_unknown_key_has_those_of_the_source_listed),
		cmocka_unit_test(buffers_have_limits),
		cmocka_unit_test(cpus_are_a_list_of_numbers_and_ranges),
		cmocka_unit_test(pids_are_numbers_of_processes),
		cmocka_unit_test(probes_say_where_they_are),
		cmocka_unit_test(what_the_kernel_could_not_read_in_a_probe_is_refused),
		cmocka_unit_test(each_probe_of_a_session_has_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
