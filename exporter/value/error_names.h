/*
 * error_names: what error codes are called.
 *
 * Pure functions, any thread. The tables are sorted by number.
 */
#ifndef EXPORTER_ERROR_NAMES_H
#define EXPORTER_ERROR_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct error_name {
	uint32_t number;
	const char *name;
};

extern const struct error_name error_names_ntstatus[], error_names_win32[], error_names_hresult[],
	error_names_errno[];
extern const size_t error_names_ntstatus_count, error_names_win32_count, error_names_hresult_count,
	error_names_errno_count;

/*
 * The name; NULL: none is known. A number is taken as it is or extended to 64 bits by its sign. An
 * HRESULT that was made of a Win32 code or an NTSTATUS has the name of that, unless it has one of
 * its own; an errno may be negative, as Linux returns them.
 */
const char *error_name_ntstatus(uint64_t number);
const char *error_name_win32(uint64_t number);
const char *error_name_hresult(uint64_t number);
const char *error_name_errno(uint64_t number);

/* Of a code that may be any: of Win32 where it has 16 bits, else an HRESULT. */
const char *error_name_any(uint64_t number);

#endif
