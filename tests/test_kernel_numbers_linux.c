#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "exporter/machine/kernel_numbers.h"

static void system_calls_have_the_names_of_this_machine(void **state)
{
	(void)state;
	assert_string_equal(kernel_syscall_name(SYS_read), "read");
	assert_string_equal(kernel_syscall_name(SYS_openat), "openat");
	assert_string_equal(kernel_syscall_name(SYS_futex), "futex");
	assert_string_equal(kernel_syscall_name(SYS_exit_group), "exit_group");
	assert_string_equal(kernel_syscall_name(SYS_pidfd_open), "pidfd_open");
}

static void what_is_no_system_call_has_no_name(void **state)
{
	(void)state;
	assert_null(kernel_syscall_name(syscall_names_count));
	assert_null(kernel_syscall_name((uint64_t)-1));
	assert_null(kernel_syscall_name((uint64_t)1 << 32));
}

static void each_name_is_given_once(void **state)
{
	size_t i, j, names = 0;

	(void)state;
	for (i = 0; i < syscall_names_count; i++) {
		names += syscall_names[i] != NULL;
		for (j = 0; syscall_names[i] && j < i; j++)
			assert_true(!syscall_names[j] ||
				    strcmp(syscall_names[i], syscall_names[j]) != 0);
	}
	assert_true(names > 250);
}

static void softirqs_have_the_names_of_proc_softirqs(void **state)
{
	(void)state;
	assert_string_equal(kernel_softirq_name(0), "HI");
	assert_string_equal(kernel_softirq_name(3), "NET_RX");
	assert_string_equal(kernel_softirq_name(9), "RCU");
	assert_null(kernel_softirq_name(10));
	assert_null(kernel_softirq_name((uint64_t)-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_calls_have_the_names_of_this_machine),
		cmocka_unit_test(what_is_no_system_call_has_no_name),
		cmocka_unit_test(each_name_is_given_once),
		cmocka_unit_test(softirqs_have_the_names_of_proc_softirqs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
