/*
 * Source: Microsoft's "HandlerRoutine callback function". A console calls the handler on a thread
 * of its own, and knows no other way to hand over what it was called for than a variable.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <windows.h>

#include "exporter/ending.h"

static HANDLE asked;	       /* an event */
static _Atomic DWORD asked_by; /* which control */

static const char *const names[] = {
	[CTRL_C_EVENT] = "Ctrl-C",	    [CTRL_BREAK_EVENT] = "Ctrl-Break",
	[CTRL_CLOSE_EVENT] = "close",	    [CTRL_LOGOFF_EVENT] = "logoff",
	[CTRL_SHUTDOWN_EVENT] = "shutdown",
};

/* When the console closes, the system ends the program as soon as this returns. */
static BOOL WINAPI handle(DWORD control)
{
	atomic_store(&asked_by, control);
	SetEvent(asked);
	if (control != CTRL_C_EVENT && control != CTRL_BREAK_EVENT)
		Sleep(INFINITE);
	return TRUE;
}

void ending_prepare(void)
{
	asked = CreateEventW(NULL, TRUE, FALSE, NULL);
	/* A parent may have had it ignored. */
	SetConsoleCtrlHandler(NULL, FALSE);
	SetConsoleCtrlHandler(handle, TRUE);
}

const char *ending_wait(unsigned int seconds)
{
	DWORD control;

	if (WaitForSingleObject(asked, seconds * 1000) != WAIT_OBJECT_0)
		return NULL;
	control = atomic_load(&asked_by);
	return control < sizeof(names) / sizeof(names[0]) && names[control] ? names[control]
									    : "console";
}
