#include "exporter/system/console.h"

#include <fcntl.h>
#include <io.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h>

#include "config/wide_path_windows.h"
#include "exporter/log/event_log.h"
#include "exporter/service/service.h"

#define LINE_SIZE 1024

/* The console outlives the program: what it was like. Zero: it is as it was. */
static UINT code_page;
static DWORD error_mode;

static void restore_console(void)
{
	if (code_page)
		SetConsoleOutputCP(code_page);
	if (error_mode)
		SetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), error_mode);
}

/* Ctrl-C ends those programs by the system's own hand that ending.h does not end in order. */
static BOOL WINAPI restore_and_go_on(DWORD control)
{
	(void)control;
	restore_console();
	return FALSE;
}

/* Codes that move the cursor are taken by consoles since Windows 10. */
static void take_codes(void)
{
	HANDLE handle = GetStdHandle(STD_ERROR_HANDLE);
	DWORD mode;

	if (GetConsoleMode(handle, &mode) && !(mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) &&
	    SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING))
		error_mode = mode;
}

static void take_utf8(void)
{
	UINT own = GetConsoleOutputCP();

	if (own && own != CP_UTF8 && SetConsoleOutputCP(CP_UTF8))
		code_page = own;
}

/* A service has none of them. */
static void take_bytes(FILE *stream)
{
	int fd = _fileno(stream);

	if (fd >= 0)
		_setmode(fd, _O_BINARY);
}

static void begin_streams(void)
{
	take_bytes(stdin);
	take_bytes(stdout);
	take_bytes(stderr);
	take_utf8();
	take_codes();
	atexit(restore_console);
	SetConsoleCtrlHandler(restore_and_go_on, TRUE);
}

static void free_texts(char **texts)
{
	char **text;

	for (text = texts; text && *text; text++)
		free(*text);
	free(texts);
}

/* NULL: no memory. */
static char **to_texts(wchar_t *const *words, int count)
{
	char **texts = calloc((size_t)count + 1, sizeof(*texts));
	int i;

	for (i = 0; texts && i < count; i++) {
		texts[i] = wide_to_utf8(words[i]);
		if (!texts[i]) {
			free_texts(texts);
			return NULL;
		}
	}
	return texts;
}

/*
 * Not all that make services put the program's path in quotes, without which its first space would
 * end it. The line with them, the caller's; NULL: it does not need them, or no memory.
 */
static wchar_t *quote_own_path(const wchar_t *line)
{
	wchar_t *path = wide_own_path(), *quoted = NULL;
	size_t length = path ? wcslen(path) : 0;

	if (length && _wcsnicmp(line, path, length) == 0 && (!line[length] || line[length] == L' '))
		quoted = malloc((wcslen(line) + 3) * sizeof(*quoted));
	if (quoted) {
		quoted[0] = L'"';
		wmemcpy(quoted + 1, line, length);
		quoted[length + 1] = L'"';
		wcscpy(quoted + length + 2, line + length);
	}
	free(path);
	return quoted;
}

static wchar_t **split_command_line(int *count)
{
	wchar_t *quoted = quote_own_path(GetCommandLineW());
	wchar_t **words = CommandLineToArgvW(quoted ? quoted : GetCommandLineW(), count);

	free(quoted);
	return words;
}

/* main()'s own words are in the system's code page, which does not have all characters. */
int console_begin(int *argument_count, char ***arguments)
{
	wchar_t **words = split_command_line(argument_count);

	*arguments = words ? to_texts(words, *argument_count) : NULL;
	LocalFree(words);
	begin_streams();
	return *arguments ? 0 : -1;
}

static void say_in_event_log(const char *line)
{
	struct log_output output;
	struct error error;

	if (event_log_open(&output, &error))
		return;
	output.write(output.context, LOG_ERROR, line, strlen(line));
	output.close(output.context);
}

void console_say(const char *format, ...)
{
	char line[LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (service_is_active())
		say_in_event_log(line);
	else
		fprintf(stderr, "%s\n", line);
}
