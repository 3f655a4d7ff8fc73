/*
 * ftrace_format: the text of a `format` file of tracefs, taken apart by libtraceevent.
 *
 * Source: Documentation/trace/events.rst of the Linux kernel. Any thread.
 */
#ifndef EXPORTER_DECODER_FTRACE_FORMAT_H
#define EXPORTER_DECODER_FTRACE_FORMAT_H

#include <stddef.h>
#include <traceevent/event-parse.h>

/*
 * The event that a text describes, in a handle of its own, which tep_free() frees with it. NULL: it
 * describes none, or no memory. Where only the print format is not understood there is an event.
 */
struct tep_handle *ftrace_format_parse(const char *system, const char *text, size_t length,
				       struct tep_event **event);

#endif
