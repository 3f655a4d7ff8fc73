/*
 * Source: Microsoft's "Installing a Service", "Starting a Service", "Stopping a Service",
 * "SERVICE_FAILURE_ACTIONS structure", "Reporting an Event" (the source's key in the registry).
 */
#include "exporter/service/service_manager_windows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/wide_path_windows.h"
#include "exporter/etw/etw_error_windows.h"
#include "exporter/service/service.h"
#include "exporter/service/service_account_windows.h"

#define WIDE_NAME    L"" SERVICE_NAME
#define THE_SERVICE  "the service " SERVICE_NAME
#define SOURCE_KEY   L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" SERVICE_NAME
#define DISPLAY_NAME L"ETW exporter"
#define DESCRIPTION  L"Turns trace sessions into Prometheus metrics."
#define LOOK_MS	     100
#define CHANGE_MS    120000 /* the longest that a start or stop is waited for */

static int failed(struct error *error, const char *what)
{
	DWORD code = GetLastError();

	if (code != ERROR_ACCESS_DENIED)
		return etw_error_set(error, code, what, THE_SERVICE);
	return error_set(error,
			 "cannot %s " THE_SERVICE ": access denied; it takes a prompt that was "
			 "opened as administrator",
			 what);
}

/* Takes NULL. GetLastError() stays what it was. */
static void close_handle(SC_HANDLE handle)
{
	DWORD code = GetLastError();

	if (handle)
		CloseServiceHandle(handle);
	SetLastError(code);
}

/* NULL: see GetLastError(). */
static SC_HANDLE open_service(DWORD access)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
	SC_HANDLE service = manager ? OpenServiceW(manager, WIDE_NAME, access) : NULL;

	close_handle(manager);
	return service;
}

static bool set_value(HKEY key, const wchar_t *name, DWORD type, const void *value, size_t bytes)
{
	return RegSetValueExW(key, name, 0, type, value, (DWORD)bytes) == ERROR_SUCCESS;
}

/* Viewers of the Event Log find the texts in the program's file. */
static bool add_event_source(void)
{
	wchar_t *path = wide_own_path();
	DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
	bool added = false;
	HKEY key;

	if (path && RegCreateKeyExW(HKEY_LOCAL_MACHINE, SOURCE_KEY, 0, NULL, 0, KEY_SET_VALUE, NULL,
				    &key, NULL) == ERROR_SUCCESS) {
		added = set_value(key, L"EventMessageFile", REG_SZ, path,
				  (wcslen(path) + 1) * sizeof(*path)) &&
			set_value(key, L"TypesSupported", REG_DWORD, &types, sizeof(types));
		RegCloseKey(key);
	}
	free(path);
	return added;
}

static bool remove_event_source(void)
{
	LSTATUS code = RegDeleteKeyW(HKEY_LOCAL_MACHINE, SOURCE_KEY);

	return code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND;
}

static SC_HANDLE create(const wchar_t *command_line, const wchar_t *account)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE), service = NULL;

	if (manager)
		service = CreateServiceW(manager, WIDE_NAME, DISPLAY_NAME, SERVICE_ALL_ACCESS,
					 SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
					 SERVICE_ERROR_NORMAL, command_line, NULL, NULL, NULL,
					 account, NULL);
	close_handle(manager);
	return service;
}

static void describe(SC_HANDLE service)
{
	static wchar_t text[] = DESCRIPTION;
	SERVICE_DESCRIPTIONW description = {text};

	ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description);
}

/* Undoes an installation that has failed; the error says then, too, what is still there. */
static void undo(SC_HANDLE service, struct error *error)
{
	struct error why = *error, ignored;
	bool is_member = service_account_dismiss(&ignored) != 0;
	bool has_source = !remove_event_source();
	bool is_service = !DeleteService(service);

	if (!is_member && !has_source && !is_service)
		error_set(error, "%.300s; nothing was made", why.text);
	else
		error_set(error, "%.300s; made, and not removed again:%s%s%s", why.text,
			  is_service ? " the service" : "",
			  is_member ? " its account's place in the group Performance Log Users"
				    : "",
			  has_source ? " its source in the Event Log" : "");
}

int service_manager_install(const char *command_line, const char *account, struct error *error)
{
	wchar_t *wide_line = wide_from_utf8(command_line), *wide_account = wide_from_utf8(account);
	SC_HANDLE service = NULL;
	int result = -1;

	if (wide_line && wide_account)
		service = create(wide_line, wide_account);
	if (service) {
		describe(service);
		result = service_manager_configure(error);
		if (!result && !add_event_source())
			result = error_set(
				error, "cannot write the registry's key of the source " SERVICE_NAME
				       " of the Event Log");
		if (result)
			undo(service, error);
	} else {
		failed(error, "create");
	}
	close_handle(service);
	free(wide_account);
	free(wide_line);
	return result;
}

/*
 * Also where it says itself that it has failed: what hindered it may be gone. There are managers
 * that do not recover services: wine's.
 */
static bool set_recovery(SC_HANDLE service)
{
	SC_ACTION actions[] = {
		{SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 60000}, {SC_ACTION_RESTART, 300000}};
	SERVICE_FAILURE_ACTIONSW recovery = {.dwResetPeriod = 24 * 3600,
					     .cActions = sizeof(actions) / sizeof(actions[0]),
					     .lpsaActions = actions};
	SERVICE_FAILURE_ACTIONS_FLAG flag = {TRUE};

	return (ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &recovery) &&
		ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &flag)) ||
	       GetLastError() == ERROR_INVALID_LEVEL;
}

/* Where Windows shuts down it waits for 10 seconds unless it is told to wait longer. */
static bool set_preshutdown(SC_HANDLE service)
{
	SERVICE_PRESHUTDOWN_INFO info = {SERVICE_STOP_MS};

	return ChangeServiceConfig2W(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &info);
}

/* Whether it runs as the account that is made for it. */
static bool has_own_account(SC_HANDLE service)
{
	DWORD size = 0;
	QUERY_SERVICE_CONFIGW *config = NULL;
	bool own = false;

	QueryServiceConfigW(service, NULL, 0, &size);
	if (size)
		config = malloc(size);
	if (config && QueryServiceConfigW(service, config, size, &size))
		own = config->lpServiceStartName &&
		      _wcsicmp(config->lpServiceStartName, L"" SERVICE_ACCOUNT) == 0;
	free(config);
	return own;
}

int service_manager_configure(struct error *error)
{
	SC_HANDLE service =
		open_service(SERVICE_CHANGE_CONFIG | SERVICE_QUERY_CONFIG | SERVICE_START);
	int result = 0;

	if (!service || !set_recovery(service) || !set_preshutdown(service))
		result = failed(error, "configure");
	else if (has_own_account(service))
		result = service_account_admit(error);
	close_handle(service);
	return result;
}

int service_manager_unconfigure(struct error *error)
{
	return service_account_dismiss(error);
}

/* Waits while it is on its way from a state; *status: where it came to. False: see GetLastError().
 */
static bool wait_for_change(SC_HANDLE service, DWORD pending, SERVICE_STATUS *status)
{
	DWORD waited = 0;

	while (QueryServiceStatus(service, status)) {
		if (status->dwCurrentState != pending)
			return true;
		if (waited >= CHANGE_MS) {
			SetLastError(ERROR_SERVICE_REQUEST_TIMEOUT);
			return false;
		}
		Sleep(LOOK_MS);
		waited += LOOK_MS;
	}
	return false;
}

static int start(SC_HANDLE service, struct error *error)
{
	SERVICE_STATUS status;

	if (!StartServiceW(service, 0, NULL) ||
	    !wait_for_change(service, SERVICE_START_PENDING, &status))
		return failed(error, "start");
	if (status.dwCurrentState == SERVICE_RUNNING)
		return 0;
	return error_set(error,
			 "cannot start " THE_SERVICE
			 ": it ended with %lu; its log says why (unless "
			 "that is elsewhere, the Event Log, Application, source " SERVICE_NAME ")",
			 status.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR
				 ? status.dwServiceSpecificExitCode
				 : status.dwWin32ExitCode);
}

int service_manager_start(struct error *error)
{
	SC_HANDLE service = open_service(SERVICE_START | SERVICE_QUERY_STATUS);
	int result = service ? start(service, error) : failed(error, "open");

	close_handle(service);
	return result;
}

/* What does not run is stopped. What starts can be told once it runs, what stops need not be. */
static int stop(SC_HANDLE service, struct error *error)
{
	SERVICE_STATUS status;

	if (!wait_for_change(service, SERVICE_START_PENDING, &status))
		return failed(error, "stop");
	if (status.dwCurrentState != SERVICE_STOP_PENDING &&
	    !ControlService(service, SERVICE_CONTROL_STOP, &status))
		return GetLastError() == ERROR_SERVICE_NOT_ACTIVE ? 0 : failed(error, "stop");
	return wait_for_change(service, SERVICE_STOP_PENDING, &status) ? 0 : failed(error, "stop");
}

int service_manager_stop(struct error *error)
{
	SC_HANDLE service = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS);
	int result = service ? stop(service, error) : failed(error, "open");

	close_handle(service);
	return result;
}

int service_manager_uninstall(struct error *error)
{
	SC_HANDLE service = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
	int result;

	if (!service)
		return failed(error, "open");
	result = stop(service, error);
	if (!result)
		result = service_manager_unconfigure(error);
	if (!result && !DeleteService(service))
		result = failed(error, "remove");
	if (!result && !remove_event_source())
		result = error_set(error, THE_SERVICE " is removed, but not the registry's key of "
						      "its source in the Event Log");
	close_handle(service);
	return result;
}
