/*
 * survey: which events recordings have most of, and which of their fields have few values.
 *
 * Reads the recordings three times: for what they say of themselves, to count, and for the fields
 * of the most frequent. Bounded, whatever they hold. Used by one thread.
 */
#ifndef EXPORTER_COMMAND_SURVEY_H
#define EXPORTER_COMMAND_SURVEY_H

#include "exporter/decoder/decoding.h"
#include "exporter/base/error.h"
#include "exporter/base/guid.h"

#define SURVEY_EVENTS	  20
#define SURVEY_FIELDS	  64
#define SURVEY_VALUES_MAX 50

struct survey_field {
	const struct field *field;	    /* as the event's first schema has it */
	uint64_t seen;			    /* events that have it */
	size_t values;			    /* that differ; SURVEY_VALUES_MAX + 1: more */
	bool negative;			    /* below zero, or not finite, in some event */
	uint64_t hashes[SURVEY_VALUES_MAX]; /* of these */
};

/* Events that one match takes. */
struct survey_event {
	struct guid guid;
	char *provider;
	char *event;		     /* empty: not known */
	const struct schema *schema; /* of the first; NULL: not known */
	uint64_t count;
	uint16_t id; /* of classic events their type */
	bool classic;
	bool by_name;		     /* TraceLogging: the ID alone does not tell */
	struct survey_field *fields; /* of the schema's top level, in its order */
	size_t field_count;
};

struct survey;

/* `manifests` are borrowed; NULL: none. NULL: no memory. */
struct survey *survey_new(const struct manifests *manifests);
void survey_free(struct survey *survey);

/* Reads the files. -1: see error. */
int survey_run(struct survey *survey, char *const *files, size_t count, struct error *error);

/* All events that were read, what is no event of interest included. */
uint64_t survey_total(const struct survey *survey);

/* The most frequent, at most SURVEY_EVENTS, the most first. Borrowed. */
size_t survey_count(const struct survey *survey);
const struct survey_event *survey_event(const struct survey *survey, size_t index);

#endif
