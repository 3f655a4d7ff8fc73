/*
 * What viewers of the Event Log show: the text of a message in a program's file.
 *
 *     message.exe PROGRAM NUMBER TEXT
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int count, char **words)
{
	DWORD_PTR texts[] = {count == 4 ? (DWORD_PTR)words[3] : 0};
	HMODULE file = count == 4 ? LoadLibraryExA(words[1], NULL, LOAD_LIBRARY_AS_DATAFILE) : NULL;
	char text[1000];

	if (!file ||
	    !FormatMessageA(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY, file,
			    strtoul(words[2], NULL, 16), 0, text, sizeof(text), (va_list *)texts)) {
		fprintf(stderr, "no message: error %lu\n", GetLastError());
		return 1;
	}
	fputs(text, stdout);
	return 0;
}
