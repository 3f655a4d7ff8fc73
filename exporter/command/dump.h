/*
 * dump: how a decoded event is printed.
 */
#ifndef EXPORTER_COMMAND_DUMP_H
#define EXPORTER_COMMAND_DUMP_H

#include "exporter/decoder/event_names.h"
#include "exporter/aggregator/recording.h"
#include "metrics/text.h"

struct dump_options {
	bool json; /* else a line of text */
	bool raw;  /* values by their types alone */
};

/* All borrowed. */
struct dump_event {
	const struct event_record *record;
	const struct recording *recording;
	const struct schema *schema; /* NULL: none is known */
	struct event_names names;
};

/* The event ID or message number; of classic events their type, as in the label event_id. */
uint16_t dump_event_id(const struct event_record *record);

/* Appends a line. */
void dump_event(const struct dump_event *event, const struct dump_options *options,
		struct text *to);

#endif
