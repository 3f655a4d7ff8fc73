#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/go_values.h"

static struct yaml_node plain(const char *text)
{
	return (struct yaml_node){
		.kind = YAML_TEXT, .text = text, .length = strlen(text), .plain = true};
}

static struct yaml_node quoted(const char *text)
{
	struct yaml_node node = plain(text);

	node.plain = false;
	return node;
}

struct row {
	const char *text;
	int64_t value;
};

/* What Go's library made of them. */
static void integers_are_gos(void **state)
{
	static const struct row rows[] = {
		{"0", 0},
		{"-0", 0},
		{"+5", 5},
		{"-5", -5},
		{"1_000", 1000},
		{"0x10", 16},
		{"-0X1F", -31},
		{"010", 8},
		{"0o17", 15},
		{"0b11", 3},
		{"09", 9},
		{"5.7", 5},
		{"-1.5", -1},
		{"1.", 1},
		{".5", 0},
		{"1e3", 1000},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775808", INT64_MIN},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct yaml_node node = plain(rows[i].text);
		int64_t value = 77;

		assert_true(go_integer(&node, &value));
		assert_int_equal(value, rows[i].value);
	}
}

static void what_go_takes_for_no_integer_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		"-",
		"x",
		"0x",
		"0x1g",
		"1s",
		"1:30",
		"true",
		".",
		"1e30",
		"_1",
		".inf",
		"1 2",
		"--1",
		"1e",
		"2001-01-01",
		"9223372036854775808",
		"99999999999999999999999999999999999999999999",
		"1111111111111111111111111111111111111111111111111111111111111111111111111",
	};
	struct yaml_node node = quoted("5");
	int64_t value;
	size_t i;

	(void)state;
	assert_false(go_integer(&node, &value));
	node = (struct yaml_node){.kind = YAML_LIST};
	assert_false(go_integer(&node, &value));
	node = plain("5");
	node.text = "5\0";
	node.length = 2;
	assert_false(go_integer(&node, &value));
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		node = plain(texts[i]);
		assert_false(go_integer(&node, &value));
	}
}

static void durations_are_gos(void **state)
{
	static const struct row rows[] = {
		{".5s", 500000000},
		{"1.s", 1000000000},
		{"5\xc2\xb5s", 5000},
		{"5\xce\xbcs", 5000},
		{"1.5h", 5400000000000},
		{"1h2m3.5s", 3723500000000},
		{"1s1h", 3601000000000},
		{"1s1s", 2000000000},
		{"-1s", -1000000000},
		{"-.5s", -500000000},
		{"+5s", 5000000000},
		{"0", 0},
		{"-0", 0},
		{"2562047h47m16.854775807s", INT64_MAX},
		{"-9223372036854775808ns", INT64_MIN},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct yaml_node nodes[] = {plain(rows[i].text), quoted(rows[i].text)};
		int64_t ns = 77;

		assert_int_equal(go_duration(&nodes[0], &ns), GO_DURATION_OK);
		assert_int_equal(ns, rows[i].value);
		assert_int_equal(go_duration(&nodes[1], &ns), GO_DURATION_OK);
		assert_int_equal(ns, rows[i].value);
	}
}

static void numbers_without_unit_are_nanoseconds(void **state)
{
	struct yaml_node node = plain("1_000");
	int64_t ns;

	(void)state;
	assert_int_equal(go_duration(&node, &ns), GO_DURATION_OK);
	assert_int_equal(ns, 1000);
	node = quoted("1000");
	assert_int_equal(go_duration(&node, &ns), GO_DURATION_NONE);
}

static void what_is_no_duration_of_go_is_none(void **state)
{
	static const char *const texts[] = {
		"",    ".s",	"s",	"-",	".",	"1d",	  "1 s", " 1s",
		"1s ", "1h-1m", "--1s", "1e3s", "1,5s", "5\xc2s", "-",	 "1.2.3s",
	};
	struct yaml_node node = {.kind = YAML_MAPPING};
	int64_t ns;
	size_t i;

	(void)state;
	assert_int_equal(go_duration(&node, &ns), GO_DURATION_NONE);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		node = quoted(texts[i]);
		assert_int_equal(go_duration(&node, &ns), GO_DURATION_NONE);
	}
}

static void what_is_longer_than_gos_is_told_so(void **state)
{
	static const char *const texts[] = {"2562048h", "9223372036854775808ns",
					    "-9223372036854775809ns", "99999999999999999999s"};
	struct yaml_node node;
	int64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		node = plain(texts[i]);
		assert_int_equal(go_duration(&node, &ns), GO_DURATION_TOO_LONG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_gos),
		cmocka_unit_test(what_go_takes_for_no_integer_is_none),
		cmocka_unit_test(durations_are_gos),
		cmocka_unit_test(numbers_without_unit_are_nanoseconds),
		cmocka_unit_test(what_is_no_duration_of_go_is_none),
		cmocka_unit_test(what_is_longer_than_gos_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
