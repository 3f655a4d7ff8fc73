/*
 * Sends a control to a service, by its number. Exit code: 0, or what Windows said.
 *
 *     control.exe NAME NUMBER
 */
#include <stdlib.h>
#include <windows.h>

int main(int argument_count, char **arguments)
{
	SERVICE_STATUS status;
	SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_CONNECT);
	SC_HANDLE service;

	if (argument_count != 3 || !manager)
		return 1;
	service = OpenServiceA(manager, arguments[1], SERVICE_PAUSE_CONTINUE);
	if (!service || !ControlService(service, (DWORD)strtoul(arguments[2], NULL, 10), &status))
		return (int)GetLastError();
	CloseServiceHandle(service);
	CloseServiceHandle(manager);
	return 0;
}
