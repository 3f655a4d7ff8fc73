#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/match.h"
#include "tests/support/rule_text.h"

static char provider_name[] = "Microsoft-Windows-DNS-Client", event_name[] = "QueryCompleted";

static const struct event_type dns = {
	.guid = GUID(1c95126e, 7eea, 49a9, a3fe, a378b03ddb4d),
	.encoding = ENCODING_MANIFEST,
	.id = 3008,
	.version = 1,
	.opcode = 2,
	.task = 7,
	.provider = provider_name,
	.event = event_name,
};

static const struct schema dns_schema = {
	.opcode = "Stop", .task = "Resolution", .keywords = "Operational,Analytic [debug]"};

static const struct event_record dns_record = {
	.kind = RECORD_EVENT, .id = 3008, .opcode = 2, .task = 7, .level = 4, .keyword = 0x8001};

/* Whether an event is taken, by its type and then by itself. */
static bool takes(const char *match, const struct event_type *type, const struct schema *schema,
		  const struct event_record *record)
{
	struct config *config = rule_text_match(match);
	const struct rule_config *rule = &config->rules[0];
	struct match_rest rest;
	bool taken = false;
	size_t i;

	for (i = 0; i < rule->match_count && !taken; i++)
		taken = match_type(&rule->matches[i], type, schema) &&
			(!match_rest(&rule->matches[i], schema, &rest) ||
			 match_record(&rest, record));
	config_free(config);
	return taken;
}

static bool takes_dns(const char *match)
{
	return takes(match, &dns, &dns_schema, &dns_record);
}

static void a_pattern_means_names_of_any_case(void **state)
{
	(void)state;
	assert_true(match_glob("Disk*", "diskio"));
	assert_true(match_glob("D?sk[A-Z]o", "DiskIo"));
	assert_true(match_glob("*", ""));
	assert_false(match_glob("Disk", "DiskIo"));
	assert_false(match_glob("?", ""));
	/* A backslash is one. */
	assert_true(match_glob("\\Device\\*", "\\device\\x"));
	assert_true(match_glob("a/*", "a/b/c"));
	assert_false(match_glob("[", "x"));
}

static void a_provider_is_a_name_a_pattern_or_a_guid_in_any_form(void **state)
{
	(void)state;
	assert_true(takes_dns("{provider: Microsoft-Windows-DNS-Client}"));
	assert_true(takes_dns("{provider: microsoft-windows-dns-client}"));
	assert_true(takes_dns("{provider: '*-DNS-*'}"));
	assert_true(takes_dns("{provider: '{1c95126e-7eea-49a9-a3fe-a378b03ddb4d}'}"));
	assert_true(takes_dns("{provider: '{1C95126E-7EEA-49A9-A3FE-A378B03DDB4D}'}"));
	assert_true(takes_dns("{provider: 1C95126E-7eea-49a9-a3fe-a378b03ddb4d}"));
	assert_true(takes_dns("{provider: [Other, '*DNS*']}"));
	assert_false(takes_dns("{provider: Microsoft-Windows-DNS}"));
	assert_false(takes_dns("{provider: '{1c95126e-7eea-49a9-a3fe-a378b03ddb4e}'}"));
	assert_false(takes_dns("{provider: [Other, Another]}"));
}

static void ids_are_numbers(void **state)
{
	(void)state;
	assert_true(takes_dns("{provider: '*', id: 3008}"));
	assert_true(takes_dns("{provider: '*', id: 0xbc0}"));
	assert_true(takes_dns("{provider: '*', id: [1, 3008]}"));
	assert_false(takes_dns("{provider: '*', id: 3009}"));
	assert_false(takes_dns("{provider: '*', id: [1, 2]}"));
}

static void the_id_of_a_classic_event_is_its_type(void **state)
{
	struct event_type read = {
		.encoding = ENCODING_KERNEL, .id = 0, .opcode = 10, .provider = provider_name};
	struct event_record record = {.kind = RECORD_PERFINFO, .opcode = 10};

	(void)state;
	read.event = event_name;
	assert_true(takes("{provider: '*', id: 10}", &read, NULL, &record));
	assert_true(takes("{provider: '*', opcode: 10}", &read, NULL, &record));
	assert_false(takes("{provider: '*', id: 0}", &read, NULL, &record));
}

static void names_of_windows_are_the_same_with_and_without_their_prefix(void **state)
{
	static const struct schema prefixed = {
		.opcode = "win:Stop", .task = "win:None", .keywords = "x,win:AuditSuccess"};

	(void)state;
	assert_true(takes("{provider: '*', opcode: stop}", &dns, &prefixed, &dns_record));
	assert_true(takes("{provider: '*', opcode: 'win:Stop'}", &dns, &prefixed, &dns_record));
	assert_true(takes("{provider: '*', task: None}", &dns, &prefixed, &dns_record));
	assert_true(takes("{provider: '*', keyword: Audit*}", &dns, &prefixed, &dns_record));
	assert_false(takes("{provider: '*', opcode: Start}", &dns, &prefixed, &dns_record));
	assert_true(takes_dns("{provider: '*', opcode: 'win:Stop'}"));
}

static void opcodes_are_numbers_or_names(void **state)
{
	(void)state;
	assert_true(takes_dns("{provider: '*', opcode: 2}"));
	assert_true(takes_dns("{provider: '*', opcode: stop}"));
	assert_true(takes_dns("{provider: '*', opcode: [1, 'S*']}"));
	assert_false(takes_dns("{provider: '*', opcode: 1}"));
	assert_false(takes_dns("{provider: '*', opcode: Start}"));
	assert_false(takes("{provider: '*', opcode: '*'}", &dns, NULL, &dns_record));
}

static void names_are_of_events(void **state)
{
	struct event_type nameless = dns, number = dns;
	static char empty[] = "", digits[] = "404";

	(void)state;
	nameless.event = empty;
	number.event = digits;
	assert_true(takes_dns("{provider: '*', name: querycompleted}"));
	assert_true(takes_dns("{provider: '*', name: [x, 'Query*']}"));
	assert_false(takes_dns("{provider: '*', name: Query}"));
	assert_false(takes("{provider: '*', name: Query}", &nameless, &dns_schema, &dns_record));
	assert_true(takes("{provider: '*', name: 404}", &number, &dns_schema, &dns_record));
}

static void tasks_are_names_of_the_type_or_numbers_of_the_event(void **state)
{
	struct event_record other = dns_record;

	(void)state;
	other.task = 8;
	assert_true(takes_dns("{provider: '*', task: resolution}"));
	assert_true(takes_dns("{provider: '*', task: 7}"));
	assert_false(takes_dns("{provider: '*', task: 8}"));
	assert_false(takes_dns("{provider: '*', task: Other}"));
	assert_true(takes("{provider: '*', task: 8}", &dns, &dns_schema, &other));
	assert_false(takes("{provider: '*', task: 7}", &dns, &dns_schema, &other));
	assert_true(takes("{provider: '*', task: [7, 'Res*']}", &dns, &dns_schema, &other));
	assert_false(takes("{provider: '*', task: [7, 'Other*']}", &dns, &dns_schema, &other));
	assert_false(takes("{provider: '*', task: resolution}", &dns, NULL, &dns_record));
	assert_true(takes("{provider: '*', task: 7}", &dns, NULL, &dns_record));
}

static void levels_are_names_or_numbers_of_the_event(void **state)
{
	struct event_record loud = dns_record;

	(void)state;
	assert_true(takes_dns("{provider: '*', level: information}"));
	assert_true(takes_dns("{provider: '*', level: 4}"));
	assert_true(takes_dns("{provider: '*', level: [error, information]}"));
	assert_false(takes_dns("{provider: '*', level: [critical, error, warning, verbose]}"));
	assert_false(takes_dns("{provider: '*', level: [0, 1, 2, 3, 5, 255]}"));
	loud.level = 255;
	assert_true(takes("{provider: '*', level: 255}", &dns, &dns_schema, &loud));
	assert_false(takes("{provider: '*', level: information}", &dns, &dns_schema, &loud));
	loud.level = 64;
	assert_true(takes("{provider: '*', level: 64}", &dns, &dns_schema, &loud));
	assert_false(takes("{provider: '*', level: 0}", &dns, &dns_schema, &loud));
}

static void keywords_are_masks_of_the_event_or_names_of_the_type(void **state)
{
	(void)state;
	assert_true(takes_dns("{provider: '*', keyword: 0x8000}"));
	assert_true(takes_dns("{provider: '*', keyword: 0x8010}"));
	assert_true(takes_dns("{provider: '*', keyword: [0x10, 1]}"));
	assert_false(takes_dns("{provider: '*', keyword: 0x10}"));
	assert_false(takes_dns("{provider: '*', keyword: 0xffffffffffff7ffe}"));
	assert_true(takes_dns("{provider: '*', keyword: operational}"));
	assert_true(takes_dns("{provider: '*', keyword: 'Analytic*'}"));
	assert_false(takes_dns("{provider: '*', keyword: Oper}"));
	assert_false(takes_dns("{provider: '*', keyword: Analytic}"));
	assert_false(takes_dns("{provider: '*', keyword: 'Operational,Analytic [[]debug]'}"));
	assert_false(takes("{provider: '*', keyword: '*'}", &dns, NULL, &dns_record));
}

static void of_a_mask_and_a_name_one_is_enough_and_none_is_not(void **state)
{
	(void)state;
	assert_true(takes_dns("{provider: '*', keyword: [0x10, Operational]}"));
	assert_true(takes_dns("{provider: '*', keyword: [0x8000, Other]}"));
	assert_false(takes_dns("{provider: '*', keyword: [0x10, Other]}"));
	assert_false(takes("{provider: '*', keyword: [0x10, Other]}", &dns, NULL, &dns_record));
}

static void all_that_is_given_must_hold(void **state)
{
	(void)state;
	assert_true(takes_dns("{provider: '*DNS*', id: 3008, opcode: 2, name: 'Q*', task: 7, "
			      "level: 4, keyword: 1}"));
	assert_false(takes_dns("{provider: '*DNS*', id: 3008, opcode: 2, name: 'Q*', task: 7, "
			       "level: 3, keyword: 1}"));
	assert_false(takes_dns("{provider: X, id: 3008}"));
	assert_false(takes_dns("{provider: '*DNS*', id: 3008, level: 4, keyword: 2}"));
}

static void of_several_matches_one_is_enough(void **state)
{
	(void)state;
	assert_true(takes_dns("[{provider: X}, {provider: '*DNS*', id: [1, 3008]}]"));
	assert_false(takes_dns("[{provider: X}, {provider: '*DNS*', id: 1}]"));
}

static void nothing_is_left_to_ask_of_events_where_the_type_decides(void **state)
{
	struct config *config = rule_text_match(
		"[{provider: P, id: 1, name: x, opcode: 3}, {provider: P, task: Res*}, "
		"{provider: P, keyword: [1, Operational]}]");
	struct match_rest rest;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_false(match_rest(&config->rules[0].matches[i], &dns_schema, &rest));
	assert_true(match_rest(&config->rules[0].matches[2], NULL, &rest));
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_means_names_of_any_case),
		cmocka_unit_test(a_provider_is_a_name_a_pattern_or_a_guid_in_any_form),
		cmocka_unit_test(ids_are_numbers),
		cmocka_unit_test(the_id_of_a_classic_event_is_its_type),
		cmocka_unit_test(opcodes_are_numbers_or_names),
		cmocka_unit_test(names_of_windows_are_the_same_with_and_without_their_prefix),
		cmocka_unit_test(names_are_of_events),
		cmocka_unit_test(tasks_are_names_of_the_type_or_numbers_of_the_event),
		cmocka_unit_test(levels_are_names_or_numbers_of_the_event),
		cmocka_unit_test(keywords_are_masks_of_the_event_or_names_of_the_type),
		cmocka_unit_test(of_a_mask_and_a_name_one_is_enough_and_none_is_not),
		cmocka_unit_test(all_that_is_given_must_hold),
		cmocka_unit_test(of_several_matches_one_is_enough),
		cmocka_unit_test(nothing_is_left_to_ask_of_events_where_the_type_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
