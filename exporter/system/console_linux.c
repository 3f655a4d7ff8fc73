#include "exporter/system/console.h"

#include <stdarg.h>
#include <stdio.h>

int console_begin(int *argument_count, char ***arguments)
{
	(void)argument_count;
	(void)arguments;
	return 0;
}

void console_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
