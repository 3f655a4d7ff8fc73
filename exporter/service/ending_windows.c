/*
 * Source: Microsoft's "HandlerRoutine callback function". A console calls the handler on a thread
 * of its own, and knows no other way to hand over what it was called for than a variable.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <windows.h>

#include "exporter/service/ending.h"
#include "exporter/service/ending_windows.h"
#include "exporter/service/service.h"

static HANDLE asked; /* an event; likewise the next, which is over once it was seen */
static HANDLE asked_to_reload;
static const char *_Atomic asked_by;

static const char *const names[] = {
	[CTRL_C_EVENT] = "Ctrl-C",	    [CTRL_BREAK_EVENT] = "Ctrl-Break",
	[CTRL_CLOSE_EVENT] = "close",	    [CTRL_LOGOFF_EVENT] = "logoff",
	[CTRL_SHUTDOWN_EVENT] = "shutdown",
};

void ending_ask(const char *by)
{
	atomic_store(&asked_by, by);
	SetEvent(asked);
}

/* When the console closes, the system ends the program as soon as this returns. */
static BOOL WINAPI handle(DWORD control)
{
	ending_ask(control < sizeof(names) / sizeof(names[0]) && names[control] ? names[control]
										: "console");
	if (control != CTRL_C_EVENT && control != CTRL_BREAK_EVENT)
		Sleep(INFINITE);
	return TRUE;
}

void ending_prepare(void)
{
	asked = CreateEventW(NULL, TRUE, FALSE, NULL);
	asked_to_reload = CreateEventW(NULL, FALSE, FALSE, NULL);
	/* Every user's logging off would end it. */
	if (service_is_active())
		return;
	/* A parent may have had it ignored. */
	SetConsoleCtrlHandler(NULL, FALSE);
	SetConsoleCtrlHandler(handle, TRUE);
}

void ending_ask_reload(void)
{
	SetEvent(asked_to_reload);
}

const char *ending_wait(unsigned int seconds, bool *reload)
{
	const HANDLE events[] = {asked, asked_to_reload};
	DWORD found = WaitForMultipleObjects(2, events, FALSE, seconds * 1000);

	*reload = found == WAIT_OBJECT_0 + 1;
	if (found != WAIT_OBJECT_0)
		return NULL;
	return atomic_load(&asked_by);
}
