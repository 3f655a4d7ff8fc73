/*
 * inspect: what is in a recording, and how that is printed.
 */
#ifndef EXPORTER_COMMAND_INSPECT_H
#define EXPORTER_COMMAND_INSPECT_H

#include "exporter/session/session.h"
#include "metrics/text.h"

/* A recording that was read to its end; all borrowed. */
struct inspection {
	const char *path;
	const struct session_health *health;
	const struct etl_header *header; /* NULL: none could be read */
	const struct event_type **types; /* sorted by count, the most first */
	size_t type_count;
	struct aggregator *aggregator; /* of which they are */
	bool with_fields;	       /* in text */
};

/* One object on one line. */
void inspect_json(const struct inspection *inspection, struct text *to);

/* Tables for a person. */
void inspect_text(const struct inspection *inspection, struct text *to);

#endif
