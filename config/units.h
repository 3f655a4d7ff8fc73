/*
 * units: durations, sizes and counts as they are written. Any thread; nothing is kept.
 */
#ifndef CONFIG_UNITS_H
#define CONFIG_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unit {
	const char *name; /* NULL ends a list */
	uint64_t factor;
};

/* A kind of quantity, and how it is written. */
struct unit_system {
	const char *what;    /* "a duration" */
	const char *example; /* "1m30s" */
	const char *names;   /* of the units, for messages */
	const char *usual;   /* the unit most likely meant where there is none */
	const struct unit *units;
	bool bare;     /* a whole number may be without: it is in the first of `units` */
	bool compound; /* several, each unit smaller than the one before */
	bool loose;    /* in any order, and the number as .5 or 5., too */
};

/* In nanoseconds. */
extern const struct unit_system unit_durations;
/* Likewise, as Go's time.ParseDuration has them; without words for messages. */
extern const struct unit_system unit_go_durations;
/* In bytes. */
extern const struct unit_system unit_sizes;

enum unit_result {
	UNIT_OK,
	UNIT_MALFORMED,
	UNIT_MISSING, /* a number without one */
	UNIT_UNKNOWN,
};

/*
 * `value` becomes UINT64_MAX where it is too large for 64 bits, and is rounded down. Of an unknown
 * unit `unknown` becomes its first byte within `text`.
 */
enum unit_result unit_parse(const struct unit_system *system, const char *text, uint64_t *value,
			    const char **unknown);

/* Of the name that begins at `unknown`. */
size_t unit_name_length(const char *unknown);

/* In decimal digits, without sign and leading zeros; UINT64_MAX where it is too large. */
bool unit_parse_count(const char *text, uint64_t *value);

struct unit_text {
	char text[32];
};

/* With the largest unit that needs no fraction. Returns written->text. */
const char *unit_format(const struct unit_system *system, uint64_t value,
			struct unit_text *written);

#endif
