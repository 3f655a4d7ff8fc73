#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/error_names.h"

static void check_sorted(const struct error_name *names, size_t count)
{
	size_t i;

	assert_true(count > 100);
	for (i = 1; i < count; i++)
		assert_true(names[i - 1].number < names[i].number);
}

static void tables_are_sorted_and_name_a_number_once(void **state)
{
	(void)state;
	check_sorted(error_names_ntstatus, error_names_ntstatus_count);
	check_sorted(error_names_win32, error_names_win32_count);
	check_sorted(error_names_hresult, error_names_hresult_count);
	check_sorted(error_names_errno, error_names_errno_count);
}

static void each_kind_of_code_has_its_names(void **state)
{
	(void)state;
	assert_string_equal(error_name_ntstatus(0), "STATUS_SUCCESS");
	assert_string_equal(error_name_ntstatus(0xc0000022), "STATUS_ACCESS_DENIED");
	assert_string_equal(error_name_ntstatus(0x103), "STATUS_PENDING");
	assert_string_equal(error_name_win32(0), "ERROR_SUCCESS");
	assert_string_equal(error_name_win32(5), "ERROR_ACCESS_DENIED");
	assert_string_equal(error_name_win32(10060), "WSAETIMEDOUT");
	assert_string_equal(error_name_win32(9003), "DNS_ERROR_RCODE_NAME_ERROR");
	assert_string_equal(error_name_hresult(0), "S_OK");
	assert_string_equal(error_name_hresult(0x80070005), "E_ACCESSDENIED");
	assert_string_equal(error_name_errno(2), "ENOENT");
	assert_string_equal(error_name_errno(11), "EAGAIN");
	assert_string_equal(error_name_errno(110), "ETIMEDOUT");
}

static void an_hresult_may_hold_another_code(void **state)
{
	(void)state;
	assert_string_equal(error_name_hresult(0x80070020), "ERROR_SHARING_VIOLATION");
	assert_string_equal(error_name_hresult(0xd0000034), "STATUS_OBJECT_NAME_NOT_FOUND");
	assert_null(error_name_hresult(0x8007fffe));
	assert_null(error_name_hresult(0x80060020));
}

static void numbers_may_be_extended_by_their_sign(void **state)
{
	(void)state;
	assert_string_equal(error_name_ntstatus(0xffffffffc0000005), "STATUS_ACCESS_VIOLATION");
	assert_string_equal(error_name_hresult(0xffffffff80004005), "E_FAIL");
	assert_string_equal(error_name_errno((uint64_t)-2), "ENOENT");
	assert_string_equal(error_name_errno(0xfffffffe), "ENOENT");
}

static void numbers_without_a_name_have_none(void **state)
{
	(void)state;
	assert_null(error_name_ntstatus(0xcfffffff));
	assert_null(error_name_ntstatus(0x1c0000022));
	assert_null(error_name_ntstatus(0xffffffff00000000));
	assert_null(error_name_win32(0x10005));
	assert_null(error_name_win32(UINT64_MAX));
	assert_null(error_name_hresult(0x100000001));
	assert_null(error_name_errno(0));
	assert_null(error_name_errno(4096));
	assert_null(error_name_errno((uint64_t)-4096));
}

static void a_code_that_may_be_any_is_told_by_its_width(void **state)
{
	(void)state;
	assert_string_equal(error_name_any(2), "ERROR_FILE_NOT_FOUND");
	assert_string_equal(error_name_any(0x80004005), "E_FAIL");
	assert_null(error_name_any(0xffff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sorted_and_name_a_number_once),
		cmocka_unit_test(each_kind_of_code_has_its_names),
		cmocka_unit_test(an_hresult_may_hold_another_code),
		cmocka_unit_test(numbers_may_be_extended_by_their_sign),
		cmocka_unit_test(numbers_without_a_name_have_none),
		cmocka_unit_test(a_code_that_may_be_any_is_told_by_its_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
