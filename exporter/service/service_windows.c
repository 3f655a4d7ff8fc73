/*
 * Source: Microsoft's "Writing a ServiceMain Function", "Service Status Transitions", "Writing a
 * Control Handler Function". The SCM calls both functions without anything of ours, so that they
 * find the service in a variable.
 */
#include "exporter/service/service.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <windows.h>
#include <tlhelp32.h>

#include "config/wide_path_windows.h"
#include "exporter/service/ending.h"
#include "exporter/service/ending_windows.h"

#define START_STEP_MS 60000 /* how long one step of the start may take */

static struct {
	service_body body;
	int argument_count;
	char **arguments;
	int code; /* what the body has returned */
	_Atomic bool is_active;
	pthread_mutex_t lock; /* of what follows */
	SERVICE_STATUS_HANDLE handle;
	SERVICE_STATUS status;
} service = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Under the lock. A state that has no end of its own has a checkpoint, which grows. */
static void report(DWORD state, DWORD wait_ms)
{
	SERVICE_STATUS *status = &service.status;

	status->dwCheckPoint = state != status->dwCurrentState ? 0 : status->dwCheckPoint;
	status->dwCurrentState = state;
	status->dwWaitHint = wait_ms;
	status->dwCheckPoint = wait_ms ? status->dwCheckPoint + 1 : 0;
	status->dwControlsAccepted = state == SERVICE_RUNNING
					     ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN |
						       SERVICE_ACCEPT_PRESHUTDOWN |
						       SERVICE_ACCEPT_PARAMCHANGE
					     : 0;
	if (service.handle)
		SetServiceStatus(service.handle, status);
}

/* A state from which the service can come there alone: what is late is not said any more. */
static void move(DWORD from, DWORD to, DWORD wait_ms)
{
	pthread_mutex_lock(&service.lock);
	if (service.status.dwCurrentState == from)
		report(to, wait_ms);
	pthread_mutex_unlock(&service.lock);
}

static void report_stopped(int code)
{
	pthread_mutex_lock(&service.lock);
	service.status.dwWin32ExitCode = code ? ERROR_SERVICE_SPECIFIC_ERROR : NO_ERROR;
	service.status.dwServiceSpecificExitCode = (DWORD)code;
	report(SERVICE_STOPPED, 0);
	pthread_mutex_unlock(&service.lock);
}

static DWORD WINAPI handle_control(DWORD control, DWORD type, void *data, void *context)
{
	const char *name = control == SERVICE_CONTROL_STOP	    ? "service stop"
			   : control == SERVICE_CONTROL_SHUTDOWN    ? "shutdown"
			   : control == SERVICE_CONTROL_PRESHUTDOWN ? "preshutdown"
								    : NULL;

	(void)type;
	(void)data;
	(void)context;
	if (control == SERVICE_CONTROL_INTERROGATE)
		return NO_ERROR;
	if (control == SERVICE_CONTROL_PARAMCHANGE) {
		ending_ask_reload();
		return NO_ERROR;
	}
	if (!name)
		return ERROR_CALL_NOT_IMPLEMENTED;
	move(SERVICE_RUNNING, SERVICE_STOP_PENDING, SERVICE_STOP_MS);
	ending_ask(name);
	return NO_ERROR;
}

/* A service is started in the system's own folder, where nothing is that its flags could name. */
static void enter_own_folder(void)
{
	wchar_t *path = wide_own_path(), *name = path ? wcsrchr(path, L'\\') : NULL;

	if (name) {
		name[1] = L'\0';
		SetCurrentDirectoryW(path);
	}
	free(path);
}

static void WINAPI service_main(DWORD argument_count, wchar_t **arguments)
{
	service.handle = RegisterServiceCtrlHandlerExW(argument_count ? arguments[0] : L"",
						       handle_control, NULL);
	atomic_store(&service.is_active, true);
	service.status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
	pthread_mutex_lock(&service.lock);
	report(SERVICE_START_PENDING, START_STEP_MS);
	pthread_mutex_unlock(&service.lock);
	enter_own_folder();
	service.code = service.body(service.argument_count, service.arguments);
	/* The process may be gone before this returns. */
	report_stopped(service.code);
}

static bool find_process(HANDLE processes, DWORD pid, PROCESSENTRY32W *found)
{
	BOOL more;

	found->dwSize = sizeof(*found);
	for (more = Process32FirstW(processes, found); more;
	     more = Process32NextW(processes, found))
		if (found->th32ProcessID == pid)
			return true;
	return false;
}

/* Who is not may wait for seconds until the service manager says so. */
static bool may_be_service(void)
{
	HANDLE processes = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	PROCESSENTRY32W found;
	bool may_be = true;

	if (processes == INVALID_HANDLE_VALUE)
		return true;
	if (find_process(processes, GetCurrentProcessId(), &found))
		may_be = find_process(processes, found.th32ParentProcessID, &found) &&
			 _wcsicmp(found.szExeFile, L"services.exe") == 0;
	CloseHandle(processes);
	return may_be;
}

bool service_run(service_body body, int argument_count, char **arguments, int *code)
{
	static wchar_t name[] = L"";
	SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};

	service.body = body;
	service.argument_count = argument_count;
	service.arguments = arguments;
	/* Nobody else fails with ERROR_FAILED_SERVICE_CONTROLLER_CONNECT but who is no service. */
	if (!may_be_service() || (!StartServiceCtrlDispatcherW(table) && !service_is_active()))
		return false;
	*code = service.code;
	return true;
}

bool service_is_active(void)
{
	return atomic_load(&service.is_active);
}

void service_progress(void)
{
	move(SERVICE_START_PENDING, SERVICE_START_PENDING, START_STEP_MS);
	move(SERVICE_STOP_PENDING, SERVICE_STOP_PENDING, SERVICE_STOP_MS);
}

void service_ready(void)
{
	move(SERVICE_START_PENDING, SERVICE_RUNNING, 0);
}

void service_alive(void)
{
}

/* Who was told to stop has said that it does. */
void service_reloading(void)
{
}

void service_stopping(void)
{
}
