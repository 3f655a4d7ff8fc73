#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "tests/support/config_check.h"

#define SESSIONS	 "sessions: [{name: a, path: x}]\n"
#define RULE(name, type) SESSIONS "metrics:\n- name: " name "\n  help: h\n  type: " type "\n"

/* In line 6. */
#define CHECK_MATCH(match, ...) \
	CHECK(RULE("a_total", "counter") "  match: " match "\n", __VA_ARGS__)

/* In line 7. */
#define CHECK_KEY(key, ...) \
	CHECK(RULE("a_total", "counter") "  match: {provider: P}\n  " key "\n", __VA_ARGS__)

static void conditions_are_checked(void **state)
{
	(void)state;
	CHECK_KEY("where: []", "7:10: where must have at least one condition");
	CHECK_KEY("where: x", "7:10: a condition must be a mapping with the keys any, all, not, "
			      "field, as, eq, ne, "
			      "lt, le, gt, ge, in, mask, glob, regex and exists, not \"x\"");
	CHECK_KEY("where: {}",
		  "7:10: a condition needs the key \"field\", or one of any, all and not");
	CHECK_KEY("where: {field: A}", "7:10: a condition with a field needs a comparison: eq, ne, "
				       "lt, le, gt, ge, in, mask, "
				       "glob, regex or exists");
	CHECK_KEY("where: {eq: 1}", "7:10: a condition needs the key \"field\"");
	CHECK_KEY("where: {as: lower}", "7:10: a condition needs the key \"field\"");
	CHECK_KEY("where: {field: A, as: lower}", "7:10: a condition with a field needs a "
						  "comparison: eq, ne, lt, le, gt, ge, in, mask, "
						  "glob, regex or exists");
	CHECK_KEY("where: {any: {field: A, eq: 1}}",
		  "7:16: any must be a list of conditions, not a mapping");
	CHECK_KEY("where: {any: []}", "7:16: any must have at least one condition");
	CHECK_KEY("where: {not: []}", "7:16: not must have at least one condition");
	CHECK_KEY("where: {field: A, lt: x}",
		  "7:25: lt must be a number without quotes, not \"x\"");
	CHECK_KEY("where: {field: A, ge: \"5\"}",
		  "7:25: ge must be a number without quotes, not \"5\"");
	CHECK_KEY("where: {field: A, gt: [1, 2]}",
		  "7:25: gt takes one value, not a list; write any: with a condition for each");
	CHECK_KEY("where: {field: A, in: 5}",
		  "7:25: in must be a list of values, not \"5\"; for one value write eq");
	CHECK_KEY("where: {field: A, in: []}", "7:25: in must have from 1 to 10000 entries, not 0");
	CHECK_KEY("where: {field: A, mask: 0}",
		  "7:27: mask must be a whole number from 1 such as 0x10, not \"0\"");
	CHECK_KEY("where: {field: A, mask: -1}",
		  "7:27: mask must be a whole number from 1 such as 0x10, not \"-1\"");
	CHECK_KEY("where: {field: A, glob: \"\"}",
		  "7:27: glob must be a text of at least one byte, not \"\"");
	CHECK_KEY("where: {field: A, glob: [a, b]}",
		  "7:27: glob takes one value, not a list; write any: with a condition for each");
	CHECK_KEY("where: {field: A, exists: yes}",
		  "7:29: exists must be true or false, not \"yes\"");
	CHECK_KEY("where: {field: A, exists: \"true\"}",
		  "7:29: exists must be true or false, not \"true\"");
	CHECK_KEY("where: {field: A, eq: }", "7:25: eq must be a string or a number, not empty");
	CHECK_KEY("where: {field: A, eqq: 1}", "7:21: unknown key \"eqq\"; did you mean \"eq\"?");
	CHECK_KEY("where: {field: A, from: start, eq: 1}",
		  "7:21: unknown key \"from\"; the keys of a condition are any, all, not, field, "
		  "as, eq, "
		  "ne, lt, le, gt, ge, in, mask, glob, regex and exists");
	CHECK_KEY("where: {field: \"\", eq: 1, ne: 2}",
		  "7:18: field must have from 1 to 1000 bytes, not 0");
	CHECK_KEY("where: {field: $pidd, eq: 1, ne: 2}",
		  "7:18: field: \"$pidd\" is no field of the header; did you mean \"$pid\"?");
	CHECK_KEY("where: [{field: A, eq: 1}, [b]]",
		  "7:30: a condition must be a mapping with the keys any, all, not, field, as, eq, "
		  "ne, "
		  "lt, le, gt, ge, in, mask, glob, regex and exists, not a list");
}

static void paths_of_fields_are_checked(void **state)
{
	(void)state;
	CHECK_KEY("value: $Pid",
		  "7:10: value: \"$Pid\" is no field of the header; did you mean \"$pid\"?");
	CHECK_KEY("value: $payload",
		  "7:10: value: \"$payload\" is no field of the header; they are $session, "
		  "$provider, "
		  "$event, $id, $version, $opcode, $task, $level, $keyword, $pid, $tid, $cpu, "
		  "$activity_id, $process and $payload_bytes");
	CHECK_KEY("value: $sess",
		  "7:10: value: \"$sess\" is no field of the header; they are $session, $provider, "
		  "$event, $id, $version, $opcode, $task, $level, $keyword, $pid, $tid, $cpu, "
		  "$activity_id, $process and $payload_bytes");
	CHECK_KEY("value: .A",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \".A\"");
	CHECK_KEY("value: A.",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A.\"");
	CHECK_KEY("value: A..B",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A..B\"");
	CHECK_KEY("value: \"A[]\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A[]\"");
	CHECK_KEY("value: \"A[x]\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A[x]\"");
	CHECK_KEY("value: \"A[65536]\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A[65536]\"");
	CHECK_KEY("value: \"A[1][2]\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A[1][2]\"");
	CHECK_KEY("value: \"[1]\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"[1]\"");
	CHECK_KEY("value: \"A[1]B\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A[1]B\"");
	CHECK_KEY("value: \"A]\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"A]\"");
	CHECK_KEY("value: \"a\\tb\"",
		  "7:10: value must be a field such as Size, Remote.Port, Addresses[0], "
		  "Addresses.length or $pid, not \"a\\x09b\"");
	CHECK_KEY("value: []", "7:10: value must be the name of a field, or a mapping with the key "
			       "\"field\", not a "
			       "list");
	CHECK_KEY("value:", "7:9: value must be the name of a field, or a mapping with the key "
			    "\"field\", not empty");
	CHECK_KEY("value: {}", "7:10: a value needs the key \"field\"");
	CHECK_KEY("labels: {a: $tidd}",
		  "7:15: a label: \"$tidd\" is no field of the header; did you mean \"$tid\"?");
}

static void a_match_is_checked(void **state)
{
	(void)state;
	CHECK_MATCH("{}", "6:10: a match needs the key \"provider\"");
	CHECK_MATCH("[]", "6:10: match must have from 1 to 64 entries, not 0");
	CHECK_MATCH("[{provider: P}, {id: 1}]", "6:26: a match needs the key \"provider\"");
	CHECK_MATCH("{provider: \"\"}", "6:21: provider must have from 1 to 200 bytes, not 0");
	CHECK_MATCH("{provider: \"{x}\"}",
		    "6:21: provider must be a name, a glob or a GUID such as "
		    "{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716}, not \"{x}\"");
	CHECK_MATCH("{provider: \"{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e71}\"}",
		    "6:21: provider must be a name, a glob or a GUID such as "
		    "{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716}, not "
		    "\"{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e71}\"");
	CHECK_MATCH("{provider: 22fb2cd6-0e7b-422b-a0c7-2fad1fd0e71}",
		    "6:21: provider must be a name, a glob or a GUID such as "
		    "{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716}, not "
		    "\"22fb2cd6-0e7b-422b-a0c7-2fad1fd0e71\"");
	CHECK_MATCH("{provider: 22FB2CD6-0e7b-422b-a0c7-2fad1fd0e716}", NULL);
	CHECK_MATCH("{provider: []}", "6:21: provider must have from 1 to 10000 entries, not 0");
	CHECK_MATCH("{provider: P, id: x}",
		    "6:28: id must be a whole number from 0 to 65535 without quotes, not \"x\"");
	CHECK_MATCH("{provider: P, id: \"7\"}",
		    "6:28: id must be a whole number from 0 to 65535 without quotes, not \"7\"");
	CHECK_MATCH("{provider: P, id: [1, 65536, -1, 1.5]}",
		    "6:32: id must be a whole number from 0 to 65535 without quotes, not \"65536\"",
		    "6:39: id must be a whole number from 0 to 65535 without quotes, not \"-1\"",
		    "6:43: id must be a whole number from 0 to 65535 without quotes, not \"1.5\"");
	CHECK_MATCH("{provider: P, opcode: 256}",
		    "6:32: opcode must be a whole number from 0 to 255, or a name, not \"256\"");
	CHECK_MATCH("{provider: P, task: -1}",
		    "6:30: task must be a whole number from 0 to 65535, or a name, not \"-1\"");
	CHECK_MATCH("{provider: P, level: eror}",
		    "6:31: level \"eror\" is not known; did you mean \"error\"?");
	CHECK_MATCH("{provider: P, level: loud}", "6:31: level must be a number from 0 to 255, "
						  "critical, error, warning, information or "
						  "verbose, not \"loud\"");
	CHECK_MATCH("{provider: P, level: 256}",
		    "6:31: level must be a whole number from 0 to 255, or a name, not \"256\"");
	CHECK_MATCH("{provider: P, keyword: 0}", "6:33: keyword must be a mask of at least one bit "
						 "such as 0x10, or a name, not \"0\"");
	CHECK_MATCH("{provider: P, keyword: -1}", "6:33: keyword must be a mask of at least one "
						  "bit such as 0x10, or a name, not \"-1\"");
	CHECK_MATCH("{provider: P, ids: 1}", "6:24: unknown key \"ids\"; did you mean \"id\"?");
	CHECK_MATCH("{provider: P, name: {a: b}}",
		    "6:30: name must be a string or a number, not a mapping");
	CHECK_MATCH("{provider: ~}", "6:21: provider must be a string or a number, not empty");
	CHECK_MATCH(
		"x",
		"6:10: a match must be a mapping with the keys provider, id, opcode, name, task, "
		"level and keyword, not \"x\"");
	CHECK_MATCH("{provider: \"a\\0\"}",
		    "6:21: provider must be without zero bytes, not \"a\\x00\"");
}

static void a_pair_is_checked(void **state)
{
	(void)state;
	CHECK_KEY("pair: {}", "7:9: a pair needs the key \"start\"",
		  "7:9: a pair needs the key \"key\"");
	CHECK_KEY("pair: x", "7:9: a pair must be a mapping with the keys start, key, timeout and "
			     "limit, not \"x\"");
	CHECK_KEY("pair: {start: {id: 1}, key: []}",
		  "7:31: key must have from 1 to 8 entries, not 0");
	CHECK_KEY("pair: {start: [], key: A}", "7:17: start must have from 1 to 64 entries, not 0");
	CHECK_KEY("pair: {start: {id: 1}, key: {start: A}}",
		  "7:31: a part of a key needs the key \"end\"");
	CHECK_KEY("pair: {start: {id: x}, key: A}",
		  "7:22: id must be a whole number from 0 to 65535 without quotes, not \"x\"");
	CHECK_KEY("pair: {start: {id: 1}, key: $pit}",
		  "7:31: key: \"$pit\" is no field of the header; did you mean \"$pid\"?");
	CHECK_KEY("pair: {start: {id: 1}, key: [A, B, C, D, E, F, G, H, I]}",
		  "7:31: key must have from 1 to 8 entries, not 9");
	CHECK_KEY("pair: {start: {id: 1}, key: A, timeout: 25h}",
		  "7:43: timeout must be from 1ms to 24h, not \"25h\"");
	CHECK_KEY("pair: {start: {id: 1}, key: A, limit: 0}",
		  "7:41: limit must be a whole number from 1 to 16777216, not \"0\"");
	CHECK_KEY("pair: {start: {id: 1}, key: A, timeout: 30}",
		  "7:43: timeout needs a unit, not \"30\"; add s if that is meant, or one of ns, "
		  "us, ms, "
		  "s, m and h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_checked),
		cmocka_unit_test(paths_of_fields_are_checked),
		cmocka_unit_test(a_match_is_checked),
		cmocka_unit_test(a_pair_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
