/* Source: Microsoft's "NetLocalGroupAddMembers function", "Well-known SIDs". */
#include "exporter/service/service_account_windows.h"

#include <windows.h>

#include <lm.h>

#include "exporter/etw/etw_error_windows.h"
#include "exporter/service/service_sid.h"

#define NAME_SIZE	 256
#define SID_NUMBERS	 (1 + SERVICE_SID_NUMBERS)
#define GROUP_OF_TRACERS "the group Performance Log Users"

/* Of a SID with as many numbers as a service's. */
union service_sid_room {
	SID sid;
	BYTE bytes[sizeof(SID) + SID_NUMBERS * sizeof(DWORD)];
};

static void make_sid(union service_sid_room *room)
{
	SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
	uint32_t numbers[SERVICE_SID_NUMBERS];
	DWORD i;

	service_sid(SERVICE_NAME, numbers);
	InitializeSid(&room->sid, &nt, SID_NUMBERS);
	*GetSidSubAuthority(&room->sid, 0) = SECURITY_SERVICE_ID_BASE_RID;
	for (i = 0; i < SERVICE_SID_NUMBERS; i++)
		*GetSidSubAuthority(&room->sid, i + 1) = numbers[i];
}

/* It has a name of its own in each language. An error of Windows, or 0. */
static DWORD find_group(wchar_t name[NAME_SIZE])
{
	union {
		SID sid;
		BYTE bytes[SECURITY_MAX_SID_SIZE];
	} group;
	wchar_t domain[NAME_SIZE];
	DWORD size = sizeof(group), name_size = NAME_SIZE, domain_size = NAME_SIZE;
	SID_NAME_USE use;

	if (CreateWellKnownSid(WinBuiltinPerfLoggingUsersSid, NULL, &group.sid, &size) &&
	    LookupAccountSidW(NULL, &group.sid, name, &name_size, domain, &domain_size, &use))
		return NO_ERROR;
	return GetLastError();
}

typedef NET_API_STATUS(WINAPI *member_function)(LPCWSTR server, LPCWSTR group, DWORD level,
						BYTE *members, DWORD count);

/* Adds the account to the group, or removes it. */
static DWORD change_group(member_function change)
{
	union service_sid_room room;
	LOCALGROUP_MEMBERS_INFO_0 member = {&room.sid};
	wchar_t group[NAME_SIZE];
	DWORD code = find_group(group);

	make_sid(&room);
	return code ? code : change(NULL, group, 0, (BYTE *)&member, 1);
}

int service_account_admit(struct error *error)
{
	DWORD code = change_group(NetLocalGroupAddMembers);

	if (!code || code == ERROR_MEMBER_IN_ALIAS)
		return 0;
	return etw_error_set(error, code, "add " SERVICE_ACCOUNT " to", GROUP_OF_TRACERS);
}

int service_account_dismiss(struct error *error)
{
	DWORD code = change_group(NetLocalGroupDelMembers);

	if (!code || code == ERROR_MEMBER_NOT_IN_ALIAS)
		return 0;
	return etw_error_set(error, code, "remove " SERVICE_ACCOUNT " from", GROUP_OF_TRACERS);
}
