#include "exporter/value/error_names.h"

#include <stdbool.h>
#include <stdlib.h>

#define WIN32_MAX	      0xffff
#define HRESULT_WIN32	      0x80070000u /* failure, FACILITY_WIN32 */
#define HRESULT_NTSTATUS_FLAG 0x10000000u /* FACILITY_NT_BIT */
#define ERRNO_MAX	      4095

static int compare(const void *a, const void *b)
{
	uint32_t key = *(const uint32_t *)a, number = ((const struct error_name *)b)->number;

	return (key > number) - (key < number);
}

static const char *find(const struct error_name *names, size_t count, uint32_t number)
{
	const struct error_name *found = bsearch(&number, names, count, sizeof(names[0]), compare);

	return found ? found->name : NULL;
}

/* False: it has more than 32 bits, and not by its sign. */
static bool narrow(uint64_t number, uint32_t *code)
{
	*code = (uint32_t)number;
	return number == *code || (int64_t)number == (int32_t)*code;
}

const char *error_name_ntstatus(uint64_t number)
{
	uint32_t code;

	return narrow(number, &code) ? find(error_names_ntstatus, error_names_ntstatus_count, code)
				     : NULL;
}

const char *error_name_win32(uint64_t number)
{
	return number <= WIN32_MAX
		       ? find(error_names_win32, error_names_win32_count, (uint32_t)number)
		       : NULL;
}

const char *error_name_hresult(uint64_t number)
{
	const char *name;
	uint32_t code;

	if (!narrow(number, &code))
		return NULL;
	name = find(error_names_hresult, error_names_hresult_count, code);
	if (!name && (code & ~(uint32_t)WIN32_MAX) == HRESULT_WIN32)
		name = error_name_win32(code & WIN32_MAX);
	if (!name && code & HRESULT_NTSTATUS_FLAG)
		name = error_name_ntstatus(code & ~HRESULT_NTSTATUS_FLAG);
	return name;
}

const char *error_name_errno(uint64_t number)
{
	uint32_t code;

	if (!narrow(number, &code))
		return NULL;
	if (code > UINT32_MAX - ERRNO_MAX)
		code = 0 - code;
	return find(error_names_errno, error_names_errno_count, code);
}

const char *error_name_any(uint64_t number)
{
	return number <= WIN32_MAX ? error_name_win32(number) : error_name_hresult(number);
}
