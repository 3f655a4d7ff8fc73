#include "exporter/system/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_is_standard_output(void)
{
	const char *kind = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(kind && strcmp(kind, "dumb") == 0);
}

bool terminal_has_colours(void)
{
	const char *none = getenv("NO_COLOR");

	return terminal_is_standard_output() && !(none && *none);
}
