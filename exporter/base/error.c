#include "exporter/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "metrics/utf8.h"

/* Names from files and the system's messages may hold anything; the sentence stays on its line. */
static void keep_on_one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

int error_set(struct error *error, const char *format, ...)
{
	int why = errno;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	if (length < 0)
		error->text[0] = '\0';
	else if ((size_t)length >= sizeof(error->text))
		error->text[utf8_cut(error->text, sizeof(error->text) - 1)] = '\0';
	keep_on_one_line(error->text);
	errno = why;
	return -1;
}
