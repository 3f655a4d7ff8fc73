/* There are no trace events of Linux to describe here: no session of theirs, no recording. */
#include <stddef.h>

#include "exporter/decoder/ftrace.h"

struct ftrace_formats *ftrace_formats_new(const char *path)
{
	(void)path;
	return NULL;
}

void ftrace_formats_free(struct ftrace_formats *formats)
{
	(void)formats;
}

struct schema *ftrace_schema_new(struct ftrace_formats *formats, uint16_t id, uint16_t version)
{
	(void)formats;
	(void)id;
	(void)version;
	return NULL;
}
