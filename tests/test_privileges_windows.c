#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <windows.h>

#include <cmocka.h>

#include "exporter/system/privileges.h"

/* The numbers of [MS-LSAD] 3.1.1.2.1. */
#define DEBUG_PROGRAMS 20
#define CHANGE_NOTIFY  23
#define SYSTEM_PROFILE 11

/* Of this process; a bit for each, and those alone that have the attributes. */
static uint64_t privileges_with(DWORD attributes)
{
	union {
		TOKEN_PRIVILEGES list;
		BYTE bytes[1024];
	} privileges;
	DWORD size, i;
	uint64_t mask = 0;
	HANDLE token;

	assert_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
	assert_true(GetTokenInformation(token, TokenPrivileges, &privileges, sizeof(privileges),
					&size));
	CloseHandle(token);
	for (i = 0; i < privileges.list.PrivilegeCount; i++)
		if ((privileges.list.Privileges[i].Attributes & attributes) == attributes)
			mask |= UINT64_C(1) << privileges.list.Privileges[i].Luid.LowPart;
	return mask;
}

static uint64_t own_privileges(void)
{
	return privileges_with(0);
}

static int drop(const char *text, struct error *error)
{
	struct problems problems;
	struct config *config;
	int result;

	problems_init(&problems);
	config = config_parse("c.yml", text, strlen(text), &problems);
	assert_non_null(config);
	result = privileges_drop(config, error);
	config_free(config);
	problems_done(&problems);
	return result;
}

/* What was given up does not come back: the tests are in this order. */
static void another_user_is_refused(void **state)
{
	uint64_t before = own_privileges();
	struct error error;

	(void)state;
	assert_int_equal(drop("sessions: [{name: a, path: '-'}]\nuser: nobody\n", &error), -1);
	assert_string_equal(error.text,
			    "cannot run as user nobody: a program cannot become another user on "
			    "Windows; leave user away, and start it as that user");
	assert_int_equal(own_privileges(), before);
	assert_true(before & 1 << DEBUG_PROGRAMS);
}

static void who_traces_the_kernel_has_that_privilege_turned_on(void **state)
{
	struct error error;

	(void)state;
	assert_false(privileges_with(SE_PRIVILEGE_ENABLED) & 1 << SYSTEM_PROFILE);
	assert_int_equal(
		drop("sessions: [{name: a, source: etw, kind: system, flags: [process]}]\n",
		     &error),
		0);
	assert_int_equal(own_privileges(), 1 << CHANGE_NOTIFY | 1 << SYSTEM_PROFILE);
	assert_true(privileges_with(SE_PRIVILEGE_ENABLED) & 1 << SYSTEM_PROFILE);
}

static void who_traces_providers_keeps_none(void **state)
{
	struct error error;

	(void)state;
	assert_int_equal(
		drop("sessions: [{name: a, source: etw, providers: [{name: a}]}]\n", &error), 0);
	assert_int_equal(own_privileges(), 1 << CHANGE_NOTIFY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_user_is_refused),
		cmocka_unit_test(who_traces_the_kernel_has_that_privilege_turned_on),
		cmocka_unit_test(who_traces_providers_keeps_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
