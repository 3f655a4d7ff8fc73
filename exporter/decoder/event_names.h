/*
 * event_names: what an event type and its provider are called.
 *
 * By the schema where there is one, else by tables of well-known providers and kernel classes, else
 * by the provider's GUID. Cold path, any thread that may use the decoding.
 */
#ifndef EXPORTER_EVENT_NAMES_H
#define EXPORTER_EVENT_NAMES_H

#include "exporter/decoder/decoding.h"

#define EVENT_NAME_SIZE 512 /* bytes as they stand in the trace, with terminator */

struct event_names {
	char provider[EVENT_NAME_SIZE]; /* never empty: without a name the GUID in braces */
	char event[EVENT_NAME_SIZE];	/* empty: not known */
};

/* `schema` is the record's, or NULL. */
void event_names_find(struct decoding *decoding, const struct schema *schema,
		      const struct event_record *record, struct event_names *names);

#endif
