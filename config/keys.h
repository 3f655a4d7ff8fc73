/*
 * keys: every key of the configuration file, as tables. A key is one row, for reading and for
 * documentation alike; those of sessions are in session_keys.c, tracefs_keys.c and etw_keys.c,
 * those of rules in rule_keys.c. Read-only, any thread.
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
	KEY_NUMBER,   /* double, finite */
	KEY_TEXT,     /* char *: text, also of several lines */
	KEY_FIELD,    /* char *: the path of a field */
	KEY_SCALARS,  /* struct scalar_list: one or a list */
	KEY_MAPPING,  /* a struct of its own, by `table` */
	KEY_OTHER,    /* what a module of its own reads; by `table`, where it is a mapping */
};

/* How what is KEY_OTHER may be written. */
enum key_shape {
	SHAPE_SCALAR = 1,   /* a text or a number */
	SHAPE_SCALARS = 2,  /* a list of such */
	SHAPE_MAPPING = 4,  /* a mapping, by `table`; without one, of any keys */
	SHAPE_MAPPINGS = 8, /* a list of such */
	SHAPE_NAMED = 16,   /* a mapping of any names to scalars, or to mappings by `table` */
};

struct key {
	const char *name;
	enum key_kind kind;
	unsigned int shapes; /* of KEY_OTHER: enum key_shape, together */
	size_t offset;	     /* in the struct that the table fills */
	uint64_t low, high;  /* what is allowed: bytes of a text, nanoseconds, bytes, a count */
	bool required;
	bool old_words; /* of KEY_BOOL, KEY_COUNT: those of YAML 1.1, too, such as "yes" and 0x10 */
	const char *fallback;	    /* as one would write it; NULL: none */
	const char *const *choices; /* NULL ends them; of KEY_OTHER those of its scalars */
	const struct key_table *table;
	const char *help;
};

/* Which keys without a value are right. */
enum key_blank {
	BLANK_NEVER, /* none but where the key itself says so */
	BLANK_NULL,  /* all: as if they were not there */
	BLANK_TEXT,  /* likewise, and those with an empty text */
};

/* No table has more rows. */
#define KEYS_MAX 20

struct key_table {
	const char *what; /* "the configuration": what the mapping stands for */
	const struct key *keys;
	size_t count;
	enum key_blank blank;
	const char *variant; /* "source: etl": what chooses it among `variants`; NULL: nothing */
	const struct key_table *const *variants; /* itself and those in its place; NULL ends them */
};

/* One that has no variants. */
#define KEY_TABLE(key_what, rows)                                                              \
	{                                                                                      \
		.what = (key_what), .keys = (rows), .count = sizeof(rows) / sizeof((rows)[0]), \
	}

extern const struct key_table config_keys;   /* of struct config */
extern const struct key_table included_keys; /* of struct config, in a file that it includes */
extern const struct key_table session_keys;  /* of struct session_config; recordings */
extern const struct key_table tracefs_session_keys; /* of struct session_config */
extern const struct key_table trace_buffers_keys;   /* of struct trace_buffers_config */
extern const struct key_table trace_provider_keys;  /* of struct trace_provider_config */
extern const struct key_table uprobe_keys;	    /* of struct probe_config */
extern const struct key_table kprobe_keys;	    /* of struct probe_config */
extern const struct key_table etw_session_keys;	    /* of struct session_config */
extern const struct key_table etw_buffers_keys;	    /* of struct etw_buffers_config */
extern const struct key_table etw_provider_keys;    /* of struct etw_provider_config */
extern const struct key_table limits_keys;	    /* of struct limits_config */
extern const struct key_table baseline_keys;
extern const struct key_table rule_keys;  /* of struct rule_config */
extern const struct key_table match_keys; /* of struct match_config */
extern const struct key_table condition_keys;
extern const struct key_table label_keys;	/* of struct label_config */
extern const struct key_table value_keys;	/* of struct rule_config */
extern const struct key_table pair_keys;	/* of struct pair_config */
extern const struct key_table pair_key_keys;	/* of struct pair_key */
extern const struct key_table regex_keys;	/* of struct function_config */
extern const struct key_table buckets_keys;	/* of struct even_buckets */
extern const struct key_table exponential_keys; /* of struct bucket_series */
extern const struct key_table linear_keys;	/* of struct bucket_series */
extern const struct key_table native_keys;	/* of struct native_config */

/* Of each kind of source; NULL ends them. */
extern const struct key_table *const session_tables[];

/* Buckets as they are written in short. */
struct bucket_series {
	double start;
	double step; /* the factor, or the width */
	uint64_t count;
};

struct even_buckets {
	struct bucket_series exponential;
	struct bucket_series linear;
};

#define SESSIONS_MAX  10000
#define MANIFESTS_MAX 1000
#define INCLUDED_MAX  256 /* files, over all */

/* NULL: no such key. */
const struct key *key_find(const struct key_table *table, const char *name);

#endif
