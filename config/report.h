/*
 * report: says what is wrong, in one sentence each. Used while a configuration is read, by one
 * thread.
 */
#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stddef.h>

#include "config/problems.h"

/* Both are borrowed. */
struct report {
	const char *file; /* its name in messages */
	struct problems *problems;
};

/* Longer sentences are cut. */
void report_error(const struct report *report, struct place place, const char *format, ...)
	__attribute__((format(__printf__, 3, 4)));
void report_warning(const struct report *report, struct place place, const char *format, ...)
	__attribute__((format(__printf__, 3, 4)));
void report_out_of_memory(const struct report *report);

/* Room for what quote() writes. */
struct quoted {
	char text[512];
};

/*
 * What the user wrote, between double quotes, as it can be shown: control characters and bytes that
 * are not UTF-8 as \xNN, long text cut. Returns quoted->text.
 */
const char *quote_bytes(struct quoted *quoted, const char *text, size_t length);
const char *quote(struct quoted *quoted, const char *text);

#endif
