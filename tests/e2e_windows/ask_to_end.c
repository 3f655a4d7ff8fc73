/*
 * Runs a program on this console, which is not one of UTF-8 before. Once standard input has ended
 * and the program has made the console one of UTF-8, asks it to end by Ctrl-C or Ctrl-Break, and
 * says how it ended and which code page it left behind. Its own standard input is never ready.
 *
 *     ask_to_end.exe c|break COMMAND-LINE
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define LOOK_MS 10
#define WAIT_MS 60000

/*
 * As consoles do: by a thread in the program, on which the system calls its handlers. Wine's do not
 * know Ctrl-Break, but its system does.
 */
static void press_break(HANDLE process)
{
	FARPROC handlers = GetProcAddress(GetModuleHandleA("kernelbase"), "CtrlRoutine");
	HANDLE thread =
		CreateRemoteThread(process, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)handlers,
				   (void *)CTRL_BREAK_EVENT, 0, NULL);

	if (thread)
		CloseHandle(thread);
}

static BOOL WINAPI ignore(DWORD control)
{
	(void)control;
	return TRUE;
}

int main(int count, char **words)
{
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
	STARTUPINFOA start = {.cb = sizeof(start), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION process;
	HANDLE writer;
	DWORD code = STILL_ACTIVE, waited;

	if (count != 3 || !CreatePipe(&start.hStdInput, &writer, &inherited, 0))
		return 2;
	start.hStdOutput = GetStdHandle(STD_ERROR_HANDLE);
	start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	SetConsoleCtrlHandler(NULL, FALSE);
	SetConsoleOutputCP(437);
	if (!CreateProcessA(NULL, words[2], NULL, NULL, TRUE, 0, NULL, NULL, &start, &process))
		return 2;
	SetConsoleCtrlHandler(ignore, TRUE);
	while (getchar() != EOF)
		;
	for (waited = 0; waited < WAIT_MS && GetConsoleOutputCP() != CP_UTF8; waited += LOOK_MS)
		Sleep(LOOK_MS);
	if (strcmp(words[1], "c") == 0)
		GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
	else
		press_break(process.hProcess);
	if (WaitForSingleObject(process.hProcess, WAIT_MS) == WAIT_OBJECT_0)
		GetExitCodeProcess(process.hProcess, &code);
	printf("exit code %lu, code page %u\n", code, GetConsoleOutputCP());
	return 0;
}
