/*
 * etwrun.exe MODEL.dll PROGRAM.exe ARGUMENTS...: runs a program as it is, on the model of Windows'
 * tracing: the model is loaded into it before it begins. Ends as the program does.
 */
#include <windows.h>

#include <stdio.h>
#include <wchar.h>

#define COMMAND_SIZE  32768 /* the longest that Windows takes */
#define FAILED_TO_RUN 99

static int fail(const char *what)
{
	fprintf(stderr, "etwrun: cannot %s: error %lu\n", what, GetLastError());
	return FAILED_TO_RUN;
}

/* Arguments of tests have no quotes. */
static void join(wchar_t *command, int count, wchar_t **words)
{
	size_t used = 0;
	int i;

	for (i = 0; i < count && used + wcslen(words[i]) + 4 < COMMAND_SIZE; i++) {
		size_t length = wcslen(words[i]);

		command[used++] = L'"';
		wmemcpy(command + used, words[i], length);
		used += length;
		command[used++] = L'"';
		command[used++] = L' ';
	}
	command[used] = L'\0';
}

/* By a thread of its own, which begins in LoadLibraryW(): that is in the same place everywhere. */
static BOOL inject(HANDLE process, const wchar_t *library)
{
	SIZE_T bytes = (wcslen(library) + 1) * sizeof(wchar_t);
	FARPROC load = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "LoadLibraryW");
	void *name = VirtualAllocEx(process, NULL, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
	LPTHREAD_START_ROUTINE start;
	DWORD loaded = 0;
	HANDLE thread;

	memcpy(&start, &load, sizeof(start));
	if (!name || !WriteProcessMemory(process, name, library, bytes, NULL))
		return FALSE;
	thread = CreateRemoteThread(process, NULL, 0, start, name, 0, NULL);
	if (!thread || WaitForSingleObject(thread, 30000))
		return FALSE;
	return GetExitCodeThread(thread, &loaded) && loaded;
}

/* The program is not to go on without us. */
static void tie(HANDLE process)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {.BasicLimitInformation.LimitFlags =
							       JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
	HANDLE job = CreateJobObjectW(NULL, NULL);

	SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
	AssignProcessToJobObject(job, process);
}

int wmain(int count, wchar_t **words);

int wmain(int count, wchar_t **words)
{
	static wchar_t command[COMMAND_SIZE], library[MAX_PATH];
	STARTUPINFOW startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION program;
	DWORD code = FAILED_TO_RUN;

	if (count < 3) {
		fprintf(stderr, "usage: etwrun MODEL.dll PROGRAM.exe ARGUMENTS...\n");
		return FAILED_TO_RUN;
	}
	join(command, count - 2, words + 2);
	GetFullPathNameW(words[1], MAX_PATH, library, NULL);
	SetEnvironmentVariableW(L"ETWMODEL_INJECTED", L"1");
	/* Ctrl-C is the program's to take. */
	SetConsoleCtrlHandler(NULL, FALSE);
	if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &startup,
			    &program))
		return fail("start the program");
	tie(program.hProcess);
	if (!inject(program.hProcess, library)) {
		TerminateProcess(program.hProcess, FAILED_TO_RUN);
		return fail("load the model into it");
	}
	ResumeThread(program.hThread);
	WaitForSingleObject(program.hProcess, INFINITE);
	GetExitCodeProcess(program.hProcess, &code);
	return (int)code;
}
