/*
 * keys: every key of the configuration file, as tables. A key is one row, for reading and for
 * documentation alike. Read-only, any thread.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key_table;

enum key_kind {
	KEY_NAME,     /* char *: text without control characters */
	KEY_WORD,     /* char *: one of `choices` */
	KEY_CHOICE,   /* an enum: the index of one of `choices` */
	KEY_BOOL,     /* bool */
	KEY_DURATION, /* uint64_t, nanoseconds */
	KEY_SIZE,     /* uint64_t, bytes */
	KEY_COUNT,    /* uint64_t */
	KEY_PATHS,    /* of struct session_config: paths and path_count */
	KEY_MAPPING,  /* a struct of its own, by `table` */
	KEY_SESSIONS, /* of struct config: a list of mappings, by `table` */
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t offset;	    /* in the struct that the table fills */
	uint64_t low, high; /* what is allowed: bytes of a name, nanoseconds, bytes, a count */
	bool required;
	const char *fallback;	    /* as one would write it; NULL: none */
	const char *const *choices; /* NULL ends them */
	const struct key_table *table;
	const char *help;
};

/* No table has more rows. */
#define KEYS_MAX 16

struct key_table {
	const char *what; /* "the configuration": what the mapping stands for */
	const struct key *keys;
	size_t count;
};

extern const struct key_table config_keys;  /* of struct config */
extern const struct key_table session_keys; /* of struct session_config */
extern const struct key_table limits_keys;  /* of struct limits_config */

#define SESSIONS_MAX 10000

/* NULL: no such key. */
const struct key *key_find(const struct key_table *table, const char *name);

#endif
