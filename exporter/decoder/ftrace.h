/*
 * ftrace: schemas of Linux trace events, from the `format` files of tracefs.
 *
 * Source: Documentation/trace/events.rst of the Linux kernel; the files are parsed by
 * libtraceevent. A schema's provider is the event system, its payload the whole record. Flags and
 * symbols of the print format become value maps. Cold path, used by one thread.
 */
#ifndef EXPORTER_DECODER_FTRACE_H
#define EXPORTER_DECODER_FTRACE_H

#include "exporter/base/error.h"
#include "exporter/schema/schema.h"

struct ftrace_formats;

/*
 * `path` is a folder that is laid out as tracefs' events/: SYSTEM/EVENT/{id,format}. It is looked
 * at when an ID is asked for that is not known. NULL: no memory.
 */
struct ftrace_formats *ftrace_formats_new(const char *path);
void ftrace_formats_free(struct ftrace_formats *formats);

/*
 * A new schema for the event with this ID, the caller's; its value maps live as long as `formats`.
 * `version` changes when IDs may mean other events than before. NULL: there is no such event, or
 * its file cannot be understood.
 */
struct schema *ftrace_schema_new(struct ftrace_formats *formats, uint16_t id, uint16_t version);

/* The same by SYSTEM/EVENT, and the event's ID. */
struct schema *ftrace_schema_named(struct ftrace_formats *formats, const char *name, uint16_t *id);

/* The same from the text of a format file. */
struct schema *ftrace_schema_parse(struct ftrace_formats *formats, const char *system,
				   const char *text, size_t length);

#endif
