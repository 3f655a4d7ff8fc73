/*
 * trace_format: the fields of an event, as its `format` file names them; for people. Events are
 * decoded elsewhere. Format: Documentation/trace/events.rst of Linux, 2.1 and 3.
 */
#ifndef EXPORTER_TRACEFS_TRACE_FORMAT_LINUX_H
#define EXPORTER_TRACEFS_TRACE_FORMAT_LINUX_H

#include <stdbool.h>
#include <stdint.h>

struct trace_field {
	char name[128];
	char type[192]; /* with the length of an array behind it: `char[16]` */
	uint64_t offset;
	uint64_t size;
	bool is_signed;
};

/*
 * Takes the next field from the text of a format, which `at` moves on in; those that all events
 * have (common_*) are left out. False: there is none.
 */
bool trace_format_next(const char **at, struct trace_field *field);

/* The event's number, 0 where the text has none. */
uint64_t trace_format_id(const char *text);

#endif
