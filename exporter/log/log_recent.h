/*
 * log_recent: the last warnings and errors of a log, for who looks at the program and not at the
 * log. Not locked: the log's lock is.
 */
#ifndef EXPORTER_LOG_RECENT_H
#define EXPORTER_LOG_RECENT_H

#include <stdint.h>

#include "metrics/text.h"

#define LOG_RECENT_LINES      50
#define LOG_RECENT_LINE_BYTES 4096

struct log_recent {
	char *lines[LOG_RECENT_LINES]; /* JSON objects; a ring */
	uint64_t count;		       /* of all that ever were */
};

void log_recent_done(struct log_recent *recent);

/* Keeps a copy of a JSON object; the oldest goes. What there is no memory for is only counted. */
void log_recent_add(struct log_recent *recent, const char *line);

/* Appends a JSON array of them, the newest first. */
void log_recent_json(const struct log_recent *recent, struct text *json);

#endif
