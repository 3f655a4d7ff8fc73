/*
 * decoder: where what is known of an event type comes from.
 *
 * A decoder looks at the first event of a type and says what it can of it. They are asked in the
 * order of the table in decoders.c; the first that knows a thing has the say. Cold path.
 */
#ifndef EXPORTER_DECODER_H
#define EXPORTER_DECODER_H

#include "exporter/event_record.h"

#define EVENT_NAME_SIZE 512 /* UTF-8 or other bytes as they stand in the trace, with terminator */

struct event_names {
	char provider[EVENT_NAME_SIZE]; /* empty: not known */
	char event[EVENT_NAME_SIZE];	/* likewise */
};

struct decoder {
	const char *name;
	/* Fills what it knows and is still empty. */
	void (*name_event)(const struct event_record *record, struct event_names *names);
};

/* Asks all of them. The provider is never empty afterwards: without a name it is its GUID in
 * braces. */
void decoders_name_event(const struct event_record *record, struct event_names *names);

/* decoder/tracelogging.c */
void tracelogging_name_event(const struct event_record *record, struct event_names *names);
/* decoder/kernel.c */
void kernel_name_event(const struct event_record *record, struct event_names *names);
/* decoder/known_provider.c */
void known_provider_name_event(const struct event_record *record, struct event_names *names);

#endif
