#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/service/service_sid.h"

static void assert_sid(const char *name, const uint32_t expected[SERVICE_SID_NUMBERS])
{
	uint32_t numbers[SERVICE_SID_NUMBERS];

	service_sid(name, numbers);
	assert_memory_equal(numbers, expected, sizeof(numbers));
}

/* As Windows has it in the access lists of its own files. */
static void the_sid_of_a_service_is_that_which_windows_gives_it(void **state)
{
	static const uint32_t trusted_installer[] = {956008885, 3418522649, 1831038044, 1853292631,
						     2271478464};

	(void)state;
	assert_sid("TrustedInstaller", trusted_installer);
	assert_sid("trustedinstaller", trusted_installer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sid_of_a_service_is_that_which_windows_gives_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
