/*
 * A service that starts, and stops, once it is let: as soon as the files "run" and "end" are in a
 * folder.
 *
 *     sc create NAME binPath= "pending_service.exe FOLDER"
 */
#include <stdio.h>
#include <windows.h>

#define LOOK_MS 20
#define WAIT_MS 120000

static const char *folder;
static HANDLE asked; /* an event: it is to stop */
static SERVICE_STATUS_HANDLE handle;

static void report(DWORD state)
{
	SERVICE_STATUS status = {
		.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
		.dwCurrentState = state,
		.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0,
		.dwWaitHint = state == SERVICE_RUNNING || state == SERVICE_STOPPED ? 0 : WAIT_MS,
	};

	SetServiceStatus(handle, &status);
}

static void wait_for_file(const char *name)
{
	char path[MAX_PATH];
	DWORD waited;

	snprintf(path, sizeof(path), "%s\\%s", folder, name);
	for (waited = 0; waited < WAIT_MS && GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES;
	     waited += LOOK_MS)
		Sleep(LOOK_MS);
}

static void WINAPI control(DWORD code)
{
	if (code != SERVICE_CONTROL_STOP)
		return;
	report(SERVICE_STOP_PENDING);
	SetEvent(asked);
}

static void WINAPI service_main(DWORD count, char **words)
{
	(void)count;
	handle = RegisterServiceCtrlHandlerA(words[0], control);
	report(SERVICE_START_PENDING);
	wait_for_file("run");
	report(SERVICE_RUNNING);
	WaitForSingleObject(asked, WAIT_MS);
	wait_for_file("end");
	report(SERVICE_STOPPED);
}

int main(int count, char **words)
{
	static char name[] = "";
	SERVICE_TABLE_ENTRYA table[] = {{name, service_main}, {NULL, NULL}};

	folder = count == 2 ? words[1] : ".";
	asked = CreateEventA(NULL, TRUE, FALSE, NULL);
	return !StartServiceCtrlDispatcherA(table);
}
