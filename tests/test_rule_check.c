#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "exporter/rule/rule_check.h"
#include "tests/support/manifest_text.h"

/* Two events: 1 Sale (Amount, Name, Items[], Buyer), 2 Refund (Amount). */
static const char shop_manifest[] = MANIFEST(
	"<maps><valueMap name='Kinds'><map value='1' "
	"message='$(string.a)'/></valueMap></maps>" EVENTS(
		"<event value='1' template='T' symbol='Sale'/>"
		"<event value='2' template='U' symbol='Refund'/>") "<templates><template tid='T'>"
								   "<data name='Amount' "
								   "inType='win:UInt32'/>"
								   "<data name='Title' "
								   "inType='win:UnicodeString'/>"
								   "<data name='FilePath' "
								   "inType='win:UnicodeString'/>"
								   "<data name='Address' "
								   "inType='win:Pointer'/>"
								   "<data name='Count' "
								   "inType='win:UInt16'/>"
								   "<data name='Items' "
								   "inType='win:UInt32' "
								   "count='Count'/>"
								   "<struct name='Buyer'><data "
								   "name='Age' "
								   "inType='win:UInt8'/></struct>"
								   "</template><template tid='U'>"
								   "<data name='Amount' "
								   "inType='win:UInt32'/>"
								   "</template></templates>");

struct checked {
	struct manifests *manifests;
	struct catalogue *catalogue;
	struct config *config;
	struct problems problems;
	struct rule_check check;
	struct text description;
};

/* What stands behind "type: counter" of a rule. */
static void check(struct checked *checked, const char *rule)
{
	struct text text;
	struct error error;

	memset(checked, 0, sizeof(*checked));
	checked->manifests = manifests_new("manifest");
	assert_non_null(checked->manifests);
	assert_int_equal(manifests_add(checked->manifests, "shop.man", shop_manifest,
				       strlen(shop_manifest), &error),
			 0);
	checked->catalogue = catalogue_new(checked->manifests);
	assert_non_null(checked->catalogue);
	text_init(&text, 1 << 16);
	text_printf(&text,
		    "sessions: [{name: a, path: a.etl}]\nmetrics:\n- name: a_total\n  help: h\n  "
		    "type: counter\n%s\n",
		    rule);
	problems_init(&checked->problems);
	checked->config = config_parse_text("c.yml", text.bytes, text.length, &checked->problems);
	text_done(&text);
	if (!checked->config)
		fail_msg("%s", checked->problems.list[0].text);
	assert_int_equal(rule_check_run(&checked->check, &checked->config->rules[0],
					checked->catalogue, &checked->problems),
			 0);
	text_init(&checked->description, 1 << 16);
	rule_check_describe(&checked->check, &checked->description);
	text_char(&checked->description, '\0');
	text_char(&checked->check.notes, '\0');
}

static void done(struct checked *checked)
{
	text_done(&checked->description);
	rule_check_done(&checked->check);
	config_free(checked->config);
	problems_done(&checked->problems);
	catalogue_free(checked->catalogue);
	manifests_free(checked->manifests);
}

/* The rule's only problem has this text in it, at this column; NULL: it has none. */
static void expect(const char *rule, bool warning, size_t column, const char *text)
{
	struct checked checked;

	check(&checked, rule);
	if (checked.problems.count != (text ? 1 : 0))
		fail_msg("%s: %zu problems, the first: %s", rule, checked.problems.count,
			 checked.problems.count ? checked.problems.list[0].text : "");
	if (text) {
		const struct problem *problem = &checked.problems.list[0];

		if (!strstr(problem->text, text))
			fail_msg("%s: says \"%s\", not \"%s\"", rule, problem->text, text);
		assert_int_equal(problem->warning, warning);
		assert_int_equal(problem->line, 6);
		assert_int_equal(problem->column, column);
		assert_string_equal(problem->file, "c.yml");
	}
	done(&checked);
}

static void expect_note(const char *rule, const char *note)
{
	struct checked checked;

	check(&checked, rule);
	if (checked.problems.count)
		fail_msg("%s: %s", rule, checked.problems.list[0].text);
	if (note && !strstr(checked.check.notes.bytes, note))
		fail_msg("%s: notes \"%s\", not \"%s\"", rule, checked.check.notes.bytes, note);
	if (!note)
		assert_string_equal(checked.check.notes.bytes, "");
	done(&checked);
}

static void expect_description(const char *rule, const char *text)
{
	struct checked checked;

	check(&checked, rule);
	assert_string_equal(checked.description.bytes, text);
	done(&checked);
}

static void a_rule_of_known_events_and_fields_has_no_problem(void **state)
{
	(void)state;
	expect("  match: {provider: Shop, id: 1}\n  value: Amount\n  labels: {b: Title, c: "
	       "'Items[0]'}",
	       false, 0, NULL);
	expect_note("  match: {provider: Shop, id: 1}\n  labels: {b: Title}", NULL);
}

static void a_misspelt_provider_is_told(void **state)
{
	(void)state;
	expect("  match: {provider: Shopp, id: 1}", true, 21, "did you mean \"Shop\"?");
}

static void an_unknown_provider_is_of_the_trace_alone_which_is_no_warning(void **state)
{
	(void)state;
	expect_note("  match: {provider: Contoso.Tracelogging.Thing, id: 1}\n  labels: {b: Any}",
		    "looked for in the trace (TraceLogging, EventSource)");
	expect_note("  match: {provider: Microsoft-Windows-DNS-Client, id: 1}",
		    "is in no manifest");
}

static void an_unknown_id_is_told_with_those_near_it(void **state)
{
	(void)state;
	expect("  match: {provider: Shop, id: [1, 3]}", true, 35,
	       "no event 3 is known of this provider; nearest are 1, 2");
	expect("  match: {provider: DiskIo, id: 99}", true, 33, "nearest are ");
}

static void an_unknown_event_name_is_told(void **state)
{
	(void)state;
	expect("  match: {provider: DiskIo, name: Raed}", true, 35, "did you mean \"Read\"?");
}

static void names_and_ids_that_exclude_each_other_are_told(void **state)
{
	(void)state;
	expect("  match: {provider: DiskIo, id: 10, name: Write}", true, 10,
	       "none is as this match");
}

static void problem_of_second_line(const char *rule, bool warning, const char *text)
{
	struct checked checked;

	check(&checked, rule);
	if (checked.problems.count != 1)
		fail_msg("%s: %zu problems", rule, checked.problems.count);
	if (!strstr(checked.problems.list[0].text, text))
		fail_msg("%s: says \"%s\", not \"%s\"", rule, checked.problems.list[0].text, text);
	assert_int_equal(checked.problems.list[0].warning, warning);
	assert_int_equal(checked.problems.list[0].line, 7);
	done(&checked);
}

#define SALE "  match: {provider: Shop, id: 1}\n"

static void an_absent_field_is_an_error_with_the_one_that_was_meant(void **state)
{
	(void)state;
	problem_of_second_line(SALE "  value: Amuont", false, "did you mean \"Amount\"?");
	problem_of_second_line(SALE "  where: [{field: Zzzzzz, eq: 1}]", false,
			       "where: no event that the rule takes has a field \"Zzzzzz\"");
	problem_of_second_line(SALE "  labels: {b: Titel}", false, "label b: no event");
	problem_of_second_line(SALE "  pair: {start: {id: 2}, key: [Title]}", false,
			       "the pair's start: no event");
}

static void arrays_and_structs_are_told_what_they_need(void **state)
{
	(void)state;
	problem_of_second_line(SALE "  labels: {b: Items}", false, "add an index");
	problem_of_second_line(SALE "  labels: {b: Buyer}", false, "name one of its members");
	problem_of_second_line(SALE "  labels: {b: 'Amount[0]'}", false, "leave the index away");
}

static void a_field_of_some_of_the_events_is_a_note(void **state)
{
	(void)state;
	expect_note("  match: {provider: Shop, id: [1, 2]}\n  labels: {b: Title}",
		    "label b: 1 of 2 known events have no field \"Title\", as Shop 2 (v0)");
}

static void an_absent_field_may_be_the_traces_own_where_events_are_unknown(void **state)
{
	(void)state;
	expect_note("  match: {provider: ['Shop', Contoso.Other], id: 1}\n  labels: {b: Any}",
		    "looked for in the trace");
}

static void a_field_that_the_rule_asks_for_may_be_of_another_version(void **state)
{
	(void)state;
	expect_note(SALE "  where: {field: Discount, exists: true}\n  value: Discount",
		    "value: 1 of 1 known events have no field \"Discount\"");
}

static void a_value_has_to_be_a_number(void **state)
{
	(void)state;
	problem_of_second_line(SALE "  value: Title", false, "UnicodeString, which is no number");
	problem_of_second_line(SALE "  value: $process", false, "is no number");
	expect_note(SALE "  value: Title.length", NULL);
	expect_note(SALE "  value: $payload_bytes", NULL);
}

static void a_value_map_has_to_be_in_the_providers_manifest(void **state)
{
	(void)state;
	problem_of_second_line(SALE "  labels: {b: {field: Amount, map: Kind}}", false,
			       "no manifest of its provider has a map \"Kind\"");
}

static void labels_without_an_end_are_warned_of(void **state)
{
	(void)state;
	problem_of_second_line(SALE "  labels: {b: Address}", true, "has addresses");
	problem_of_second_line(SALE "  labels: {b: $pid}", true, "as: process");
	problem_of_second_line(SALE "  labels: {b: FilePath}", true, "as: basename");
	problem_of_second_line(SALE "  labels: {b: $activity_id}", true, "single activities");
	problem_of_second_line(SALE "  labels: {b: Title.length}", true, "measured numbers");
}

static void a_limit_a_map_or_a_function_gives_labels_an_end(void **state)
{
	(void)state;
	expect_note(SALE "  labels: {b: Address}\n  limit: 100", NULL);
	expect_note(SALE "  labels: {b: {field: $pid, as: process}}", NULL);
	expect_note(SALE "  labels: {b: {field: FilePath, as: basename}}", NULL);
	expect_note(SALE "  labels: {b: {field: $pid, map: {4: System}, default: other}}", NULL);
}

static void a_rule_is_described_with_what_it_takes(void **state)
{
	(void)state;
	expect_description(
		"  match: {provider: DiskIo, name: [Read, Write]}\n  labels: {b: "
		"DiskNumber, c: $cpu}",
		"counter, labels b, c; matches DiskIo 10 Read (v0-v3), 11 Write (v0-v3)");
	expect_description("  match: {provider: Contoso.Thing, id: 5}",
			   "counter, no labels; matches Contoso.Thing 5");
}

static void many_events_are_described_by_their_number(void **state)
{
	struct checked checked;

	(void)state;
	check(&checked, "  match: {provider: '*'}");
	assert_non_null(strstr(checked.description.bytes, " more, and of the trace's own *"));
	assert_true(strlen(checked.description.bytes) < 500);
	done(&checked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_of_known_events_and_fields_has_no_problem),
		cmocka_unit_test(a_misspelt_provider_is_told),
		cmocka_unit_test(an_unknown_provider_is_of_the_trace_alone_which_is_no_warning),
		cmocka_unit_test(an_unknown_id_is_told_with_those_near_it),
		cmocka_unit_test(an_unknown_event_name_is_told),
		cmocka_unit_test(names_and_ids_that_exclude_each_other_are_told),
		cmocka_unit_test(an_absent_field_is_an_error_with_the_one_that_was_meant),
		cmocka_unit_test(arrays_and_structs_are_told_what_they_need),
		cmocka_unit_test(a_field_of_some_of_the_events_is_a_note),
		cmocka_unit_test(an_absent_field_may_be_the_traces_own_where_events_are_unknown),
		cmocka_unit_test(a_field_that_the_rule_asks_for_may_be_of_another_version),
		cmocka_unit_test(a_value_has_to_be_a_number),
		cmocka_unit_test(a_value_map_has_to_be_in_the_providers_manifest),
		cmocka_unit_test(labels_without_an_end_are_warned_of),
		cmocka_unit_test(a_limit_a_map_or_a_function_gives_labels_an_end),
		cmocka_unit_test(a_rule_is_described_with_what_it_takes),
		cmocka_unit_test(many_events_are_described_by_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
