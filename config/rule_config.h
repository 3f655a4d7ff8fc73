/*
 * rule_config: what a rule of `metrics:` says: which events it takes and what it makes of them.
 *
 * Read-only once loaded; owned by the struct config, with all strings. Names of fields, providers
 * and label functions are text here: config/ knows nothing of traces. Places are in rule->file.
 */
#ifndef CONFIG_RULE_CONFIG_H
#define CONFIG_RULE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/problems.h"

enum rule_type {
	RULE_COUNTER,
	RULE_GAUGE,
	RULE_HISTOGRAM,
};

/* A scalar of the file: a number where it is written as one (plain, decimal or 0x...), else text.
 */
struct scalar_config {
	char *text; /* as written; never NULL */
	bool is_number;
	bool is_integer; /* magnitude and negative hold it exactly */
	bool negative;
	uint64_t magnitude;
	double number;
	struct place place;
};

struct scalar_list {
	struct scalar_config *list;
	size_t count; /* 0: the key was not there */
};

/* Which events: all that is given must hold; within a list one is enough. */
struct match_config {
	struct scalar_list providers; /* names (globs) or GUIDs */
	struct scalar_list ids;
	struct scalar_list opcodes; /* numbers, or names (globs); likewise tasks */
	struct scalar_list names;   /* of events; globs */
	struct scalar_list tasks;
	struct scalar_list levels;   /* numbers, or critical error warning information verbose */
	struct scalar_list keywords; /* bit masks (any bit of it), or names */
	struct place place;
};

/* A label function and its argument: `lower`, `truncate: 20`, `regex: {match: M, replace: R}`. */
struct function_config {
	char *name;
	struct scalar_config argument; /* text NULL: none */
	char *match, *replace;	       /* NULL: none */
	struct place place;
};

struct function_list {
	struct function_config *list;
	size_t count;
};

enum rule_side {
	SIDE_END,   /* the event that match: takes */
	SIDE_START, /* of a pair */
};

/* A field's path ("Remote.Port", "Addresses[0]", "Addresses.length") or "$header". */
struct field_config {
	char *path; /* NULL: none is given */
	enum rule_side side;
	struct function_list functions; /* as: */
	struct place place;
};

enum condition_kind {
	CONDITION_ALL,
	CONDITION_ANY,
	CONDITION_NOT, /* of all its children together */
	CONDITION_EQ,  /* with several operands (a list): one of them */
	CONDITION_NE,  /* none of them */
	CONDITION_LT,
	CONDITION_LE,
	CONDITION_GT,
	CONDITION_GE,
	CONDITION_MASK, /* an integer with any of these bits */
	CONDITION_GLOB, /* text */
	CONDITION_REGEX,
	CONDITION_EXISTS, /* the one operand is true or false */
};

/* A tree. The root of a rule's is a CONDITION_ALL, with no children where `where:` is not given. */
struct condition_config {
	enum condition_kind kind;
	struct condition_config *children;
	size_t child_count;
	struct field_config field; /* of comparisons */
	struct scalar_list operands;
	struct place place;
};

struct map_entry {
	struct scalar_config from;
	char *to;
};

struct label_config {
	char *name;
	struct field_config field;
	struct map_entry *map; /* applied after the functions */
	size_t map_count;
	char *map_name;	 /* a value map of a manifest, in place of `map`; NULL: none */
	char *otherwise; /* default: of what the map does not have, and of what has no value; NULL
			  */
	struct place place;
};

/* A part of a pair's key: what to look at on either side; the same unless given apart. */
struct pair_key {
	char *start, *end; /* paths */
	struct place place;
};

struct pair_config {
	struct match_config *starts; /* what begins; the rule's matches end */
	size_t start_count;	     /* 0: the rule has no pair */
	struct pair_key *keys;
	size_t key_count;
	uint64_t timeout_ns; /* 30s; of event time */
	uint64_t limit;	     /* 65536; pairs that wait at once */
	struct place place;
};

/* Buckets that come of themselves where values fall. */
struct native_config {
	double factor; /* each is at most so many times as wide as the one before it; over 1 */
	uint64_t max;
	double zero_threshold; /* up to this from 0 it is one bucket; 0: as close as can be */
	bool negative;	       /* values may be below 0 */
};

struct buckets_config {
	double *bounds; /* ascending, finite, without +Inf */
	size_t count;	/* may be 0 where has_native */
	bool has_native;
	struct native_config native;
	struct place place;
};

/* What the number of a value is. */
enum value_unit {
	VALUE_IS_NUMBER, /* as it stands */
	VALUE_IS_TICKS,	 /* a time in ticks of the performance counter; the value is seconds */
	VALUE_IS_SINCE,	 /* a time stamp of the session's clock; the value is the seconds since then
			  */
};

struct rule_config {
	const char *file; /* where it stands: the configuration, or what it includes */
	struct place place;
	char *said; /* all that the file says of it, in one form: yaml_said() */
	char *name;
	struct place name_place;
	char *help; /* "" where none is given */
	enum rule_type type;
	struct scalar_list sessions; /* globs of session names; count 0: all */
	struct match_config *matches;
	size_t match_count; /* at least one */
	struct condition_config where;
	struct pair_config pair;
	struct field_config value; /* path NULL: 1, or the time between start and end */
	enum value_unit unit;	   /* of the value's field */
	double scale;		   /* 1; what a value is multiplied by */
	struct buckets_config buckets;
	struct label_config *labels;
	size_t label_count;
	struct label_config *exemplar; /* labels of exemplars; of the event that match: takes */
	size_t exemplar_count;	       /* 0: the rule has none */
	uint64_t limit;		       /* series; 0: only limits.series */
	uint64_t expire_ns;	       /* after the end of the labels' processes; 0: series stay */
	bool is_wrong;		       /* errors were reported; only while the files are read */
};

/* Frees what it holds. */
void rule_config_done(struct rule_config *rule);

/* It has none from now on; before anything is made of the rule. */
void rule_config_drop_exemplar(struct rule_config *rule);

#define RULES_MAX	  1000
#define RULE_LABELS_MAX	  32
#define RULE_KEYS_MAX	  8
#define RULE_EXEMPLAR_MAX 8
#define BUCKETS_MAX	  256
/* Of native ones; of both signs twice as many. */
#define NATIVE_BUCKETS_LEAST ((size_t)80)

#endif
