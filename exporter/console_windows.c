#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include <shellapi.h>

#include "config/wide_path_windows.h"
#include "exporter/console.h"

static UINT code_page; /* the console's own; it outlives the program */

static void restore_console(void)
{
	SetConsoleOutputCP(code_page);
}

/* Codes that move the cursor are taken by consoles since Windows 10. */
static void take_codes(DWORD stream)
{
	HANDLE handle = GetStdHandle(stream);
	DWORD mode;

	if (GetConsoleMode(handle, &mode))
		SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

static void begin_streams(void)
{
	_setmode(_fileno(stdin), _O_BINARY);
	_setmode(_fileno(stdout), _O_BINARY);
	_setmode(_fileno(stderr), _O_BINARY);
	code_page = GetConsoleOutputCP();
	if (code_page && code_page != CP_UTF8 && SetConsoleOutputCP(CP_UTF8))
		atexit(restore_console);
	take_codes(STD_ERROR_HANDLE);
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

/* main()'s own words are in the system's code page, which does not have all characters. */
int console_begin(int *argument_count, char ***arguments)
{
	wchar_t **words = CommandLineToArgvW(GetCommandLineW(), argument_count);

	*arguments = words ? to_texts(words, *argument_count) : NULL;
	LocalFree(words);
	begin_streams();
	return *arguments ? 0 : -1;
}
