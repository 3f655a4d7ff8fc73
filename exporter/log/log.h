/*
 * log: lines for the operator, in logfmt or JSON, as Prometheus' own programs write them.
 *
 * A line has a time, a level, a message and pairs of names and values. Any thread; lines are
 * written whole.
 */
#ifndef EXPORTER_LOG_H
#define EXPORTER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "metrics/text.h"

enum log_level {
	LOG_DEBUG,
	LOG_INFO,
	LOG_WARN,
	LOG_ERROR,
};

enum log_format {
	LOG_LOGFMT,
	LOG_JSON,
};

struct log;

/* Where lines go. One thread at a time calls it. */
struct log_output {
	/* A whole line with its end, not terminated. What cannot be written is lost. */
	void (*write)(void *context, enum log_level level, const char *line, size_t length);
	void (*close)(void *context); /* NULL: it is not the log's to close */
	void *context;
};

/* `out` is borrowed. NULL: out of memory. */
struct log *log_new(FILE *out, enum log_level level, enum log_format format);

/* Closes the output in the end; also where it fails. NULL: out of memory. */
struct log *log_new_to(const struct log_output *output, enum log_level level,
		       enum log_format format);
void log_free(struct log *log);

/*
 * Lets through so many lines of the same message in each window of time; the next one behind it
 * has, as "suppressed", how many were not. Where there is none until the log ends, or too many
 * other messages came, a line of its own tells that. Before the log is used. Without it all are
 * written.
 */
void log_limit(struct log *log, uint32_t lines, uint64_t window_ns);

/* Lines that were not let through. Any thread. */
uint64_t log_suppressed(struct log *log);

/*
 * Warnings and errors that were let through, whatever level is written: how many, and a JSON array
 * of the last 50, the newest first, each as the format `json` has it, cut to 4 KiB by whole pairs.
 * Any thread.
 */
uint64_t log_warnings(struct log *log);
void log_recent_warnings(struct log *log, struct text *json);

/*
 * Pairs of strings (name, value, name, value, ...) and a NULL name at the end. A NULL log takes all
 * and writes nothing.
 */
void log_line(struct log *log, enum log_level level, const char *message, ...)
	__attribute__((sentinel));

/* "debug", "info", "warn", "error"; "logfmt", "json". False: not one of them. */
bool log_level_parse(const char *text, enum log_level *level);
bool log_format_parse(const char *text, enum log_format *format);

#endif
