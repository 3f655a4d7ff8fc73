/*
 * Source: Microsoft's "AdjustTokenPrivileges function"; [MS-LSAD] 3.1.1.2.1, of the numbers.
 *
 * A service's manager could leave privileges away as well (SERVICE_REQUIRED_PRIVILEGES_INFO), but
 * it knows nothing of the configuration, which changes: a list without a privilege that a session
 * of the kernel's events needs breaks that, and with one that the account does not have the
 * service does not start.
 */
#include "exporter/system/privileges.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/etw_config.h"

#define CHANGE_NOTIFY  23 /* to pass through folders */
#define SYSTEM_PROFILE 11 /* to trace the kernel */

static bool traces_kernel(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (strcmp(config->sessions[i].source, "etw") == 0 &&
		    config->sessions[i].etw.kind != ETW_USER)
			return true;
	return false;
}

/* The token's privileges, the caller's to free. NULL: see GetLastError(). */
static TOKEN_PRIVILEGES *read_privileges(HANDLE token)
{
	TOKEN_PRIVILEGES *privileges = NULL;
	DWORD size = 0;

	GetTokenInformation(token, TokenPrivileges, NULL, 0, &size);
	if (size)
		privileges = malloc(size);
	if (privileges && GetTokenInformation(token, TokenPrivileges, privileges, size, &size))
		return privileges;
	free(privileges);
	return NULL;
}

/*
 * For good: nothing of the process gets them again. The one that is kept is turned on, as an
 * administrator's is not: without it there are no samples of what processors do (`profile`).
 */
static bool remove_privileges(HANDLE token, bool keeps_profile)
{
	TOKEN_PRIVILEGES *privileges = read_privileges(token);
	DWORD i, count = 0;
	bool removed;

	for (i = 0; privileges && i < privileges->PrivilegeCount; i++) {
		LUID number = privileges->Privileges[i].Luid;
		bool is_kept = number.LowPart == SYSTEM_PROFILE && keeps_profile;

		if (number.LowPart == CHANGE_NOTIFY)
			continue;
		privileges->Privileges[count++] = (LUID_AND_ATTRIBUTES){
			number, is_kept ? SE_PRIVILEGE_ENABLED : SE_PRIVILEGE_REMOVED};
	}
	if (privileges)
		privileges->PrivilegeCount = count;
	removed = privileges && AdjustTokenPrivileges(token, FALSE, privileges, 0, NULL, NULL);
	free(privileges);
	return removed;
}

/* What a program may do is decided before it starts, by the account; here it keeps what it uses. */
int privileges_drop(const struct config *config, struct error *error)
{
	HANDLE token = NULL;
	bool removed;

	if (config->user)
		return error_set(error,
				 "cannot run as user %s: a program cannot become another user on "
				 "Windows; leave user away, and start it as that user",
				 config->user);
	removed = OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES,
				   &token) &&
		  remove_privileges(token, traces_kernel(config));
	if (!removed)
		error_set(error, "cannot give up the privileges that are not needed (error %lu)",
			  GetLastError());
	if (token)
		CloseHandle(token);
	return removed ? 0 : -1;
}
