#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/rule_rig.h"

static void write_text(struct rule_rig *rig, const char *text)
{
	struct tl_event event;

	tl_begin(&event, 1, "Said");
	tl_utf16(&event, "Text", text);
	event.event.time = rule_rig_time(1);
	tl_write(rig->writer, &event);
}

static void an_expression_that_is_given_up_is_counted(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "where: {field: Text, regex: '^(a+)+$'}");
	write_text(&rig, "aaa");
	write_text(&rig, "bbb");
	write_text(&rig, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_LABEL), 1);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 1);
	rule_rig_done(&rig);
}

static void a_text_that_is_too_long_for_an_expression_is_counted(void **state)
{
	static const char euro[] = "\xe2\x82\xac";
	struct rule_rig rig;
	char text[4500 + 1] = "";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++)
		text[i] = euro[i % 3];
	rule_rig_init_counter(&rig, "where: {not: {field: Text, regex: b}}");
	write_text(&rig, text);
	write_text(&rig, "abc");
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_LABEL), 1);
	rule_rig_done(&rig);
}

static void a_function_that_cannot_take_a_value_is_counted(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "where: {field: Text, as: int, gt: 5}");
	write_text(&rig, "7");
	write_text(&rig, "3");
	write_text(&rig, "seven");
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_LABEL), 1);
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expression_that_is_given_up_is_counted),
		cmocka_unit_test(a_text_that_is_too_long_for_an_expression_is_counted),
		cmocka_unit_test(a_function_that_cannot_take_a_value_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
