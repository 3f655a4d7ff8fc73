#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/cardinality.h"

static const char *of(const char *name, uint8_t type, uint8_t out)
{
	const struct field field = {.name = name, .type = type, .out = out};

	return cardinality_of_field(name, &field);
}

static void types_and_out_types_tell_what_has_no_end(void **state)
{
	(void)state;
	assert_string_equal(of("A", VALUE_POINTER, OUT_DEFAULT), "addresses");
	assert_string_equal(of("A", VALUE_IPV6, OUT_DEFAULT), "addresses");
	assert_string_equal(of("A", VALUE_FILETIME, OUT_DEFAULT), "times");
	assert_string_equal(of("A", VALUE_U64, OUT_ETWTIME), "times");
	assert_string_equal(of("A", VALUE_U32, OUT_PID), "PIDs");
	assert_string_equal(of("A", VALUE_U32, OUT_TID), "TIDs");
	assert_string_equal(of("A", VALUE_F64, OUT_DEFAULT), "measured numbers");
}

static void what_may_have_few_values_is_not_blamed(void **state)
{
	(void)state;
	assert_null(of("Status", VALUE_U32, OUT_NTSTATUS));
	assert_null(of("UserSid", VALUE_SID, OUT_DEFAULT));
	assert_null(of("Name", VALUE_UTF16, OUT_DEFAULT));
	assert_null(of("Size", VALUE_UTF16, OUT_DEFAULT));
	assert_null(of("ImageFileName", VALUE_ANSI, OUT_DEFAULT));
	assert_null(of("Interface", VALUE_GUID, OUT_DEFAULT));
	assert_null(cardinality_of_header("$cpu"));
	assert_null(cardinality_of_header("$process"));
}

static void names_tell_where_types_do_not(void **state)
{
	(void)state;
	assert_string_equal(of("ProcessId", VALUE_U32, OUT_DEFAULT), "PIDs");
	assert_string_equal(of("TransferSize", VALUE_U32, OUT_DEFAULT), "measured numbers");
	assert_string_equal(of("RelatedActivityID", VALUE_GUID, OUT_DEFAULT),
			    "IDs of single activities");
	assert_non_null(of("CommandLine", VALUE_UTF16, OUT_DEFAULT));
	assert_non_null(cardinality_of_field("Some.FilePath", NULL));
	assert_null(cardinality_of_field("Kind", NULL));
	assert_string_equal(cardinality_of_field("Name.length", NULL), "measured numbers");
}

static void a_value_map_is_an_end(void **state)
{
	const struct value_map map = {.count = 0};
	const struct field field = {.name = "Size", .type = VALUE_U32, .map = &map};

	(void)state;
	assert_null(cardinality_of_field("Size", &field));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_and_out_types_tell_what_has_no_end),
		cmocka_unit_test(what_may_have_few_values_is_not_blamed),
		cmocka_unit_test(names_tell_where_types_do_not),
		cmocka_unit_test(a_value_map_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
