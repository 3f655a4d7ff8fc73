#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/tracefs/trace_name.h"

static const char *instance_of(const char *session)
{
	static char name[TRACE_NAME_SIZE];

	trace_name_instance(session, name);
	return name;
}

static const char *system_of(const char *session)
{
	static char name[TRACE_SYSTEM_NAME_SIZE];

	trace_name_system(instance_of(session), name);
	return name;
}

static void a_name_that_can_be_a_file_name_stays(void **state)
{
	(void)state;
	assert_string_equal(instance_of("kernel-2.x_y"), "etw_exporter_kernel-2.x_y");
	assert_string_equal(instance_of(".."), "etw_exporter_..");
}

static void other_bytes_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(instance_of("a/b c%~"), "etw_exporter_a%2Fb%20c%25%7E");
	assert_string_equal(instance_of("\xc3\xa9"), "etw_exporter_%C3%A9");
}

static void an_escaped_name_can_be_read_back(void **state)
{
	char session[TRACE_SESSION_SIZE];

	(void)state;
	assert_true(trace_name_session(instance_of("a/b \xc3\xa9%~"), session));
	assert_string_equal(session, "a/b \xc3\xa9%~");
	assert_false(trace_name_session("other", session));
	assert_false(trace_name_session("etw_exporter_", session));
	assert_false(trace_name_session("etw_exporter_%zz", session));
	assert_false(trace_name_session("etw_exporter_%2", session));
	/* Not as it would be written. */
	assert_false(trace_name_session("etw_exporter_%41", session));
	assert_false(trace_name_session("etw_exporter_a b", session));
}

static void a_long_name_fits_and_is_told_apart(void **state)
{
	char first[201], second[201], kept[TRACE_NAME_SIZE], session[TRACE_SESSION_SIZE];

	(void)state;
	memset(first, '/', 200);
	first[200] = '\0';
	memcpy(second, first, sizeof(first));
	second[199] = ':';
	strcpy(kept, instance_of(first));
	assert_int_equal(strlen(kept), 255);
	assert_int_equal(strlen(instance_of(second)), 255);
	assert_string_not_equal(kept, instance_of(second));
	assert_false(trace_name_session(kept, session));
	assert_true(trace_name_is_ours(kept));
}

static void an_event_system_has_an_identifier_of_at_most_63_bytes(void **state)
{
	char name[201], kept[TRACE_SYSTEM_NAME_SIZE];

	(void)state;
	assert_string_equal(system_of("kernel"), "etw_exporter_kernel");
	assert_memory_equal(system_of("a-b"), "etw_exporter_a_b_", 17);
	strcpy(kept, system_of("a-b"));
	assert_string_not_equal(kept, system_of("a.b"));
	assert_string_not_equal(kept, system_of("a_b"));
	memset(name, 'x', 200);
	name[200] = '\0';
	assert_int_equal(strlen(system_of(name)), 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_can_be_a_file_name_stays),
		cmocka_unit_test(other_bytes_are_escaped),
		cmocka_unit_test(an_escaped_name_can_be_read_back),
		cmocka_unit_test(a_long_name_fits_and_is_told_apart),
		cmocka_unit_test(an_event_system_has_an_identifier_of_at_most_63_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
