/*
 * expected_events: what the reference knows of a real recording: events by the source of their
 * schema, and the fields of some. For tests; ends the test where it cannot be read.
 */
#ifndef TESTS_SUPPORT_EXPECTED_EVENTS_H
#define TESTS_SUPPORT_EXPECTED_EVENTS_H

#include <stddef.h>

#include "exporter/record/event_record.h"

#define EXPECTED_SAMPLES_MAX 64

struct expected_sample {
	unsigned long buffer, offset; /* where the record is */
	char *event;
	char *fields; /* as json_normal() makes it */
};

struct expected_events {
	unsigned long events; /* that the source has schemas for */
	unsigned long exact;  /* that these consume exactly */
	struct expected_sample samples[EXPECTED_SAMPLES_MAX];
	size_t count;
};

/* Of the recording's .decoded.json, what has this source of schemas. */
void expected_events_read(struct expected_events *expected, const char *recording,
			  const char *source);
void expected_events_done(struct expected_events *expected);

/*
 * JSON text without blanks outside of strings, with one way to write each string, and numbers never
 * in quotes, to compare; the caller frees it. It ends where the value that begins it ends.
 */
char *json_normal(const char *json);

/* Every record of the file with the index of its buffer and where it is in that. */
void recording_walk(const char *path,
		    void (*record)(void *context, const struct event_record *record,
				   unsigned long buffer, unsigned long offset),
		    void *context);

#endif
