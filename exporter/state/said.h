/*
 * said: the values that an event has for the state, by the names of its fields.
 *
 * A pure function of record and schema; any thread.
 */
#ifndef EXPORTER_STATE_SAID_H
#define EXPORTER_STATE_SAID_H

#include "exporter/record/event_record.h"
#include "exporter/schema/payload.h"

/* Numbers. */
enum said_number {
	SAID_PID,
	SAID_TID,
	SAID_IMAGE_BASE,
	SAID_IMAGE_BYTES,
	SAID_FILE_OBJECT,
	SAID_FILE_KEY,
	SAID_NUMBER_COUNT
};

struct said {
	bool has[SAID_NUMBER_COUNT];
	uint64_t numbers[SAID_NUMBER_COUNT];
	struct value name; /* of image or file; its bytes NULL: none */
};

/* False: the schema does not fit the payload. */
bool said_read(const struct event_record *record, const struct schema *schema, struct said *said);

#endif
