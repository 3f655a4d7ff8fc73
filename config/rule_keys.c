/* The keys of a rule and of what is in it. */
#include <assert.h>

#include "config/keys.h"
#include "config/rule_config.h"
#include "config/scalar_reader.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS	     ((uint64_t)1000000)
#define DAY	     (MS * 1000 * 3600 * 24)

static const char *const sides[] = {[SIDE_END] = "end", [SIDE_START] = "start", NULL};
static const char *const units[] = {
	[VALUE_IS_NUMBER] = "number",
	[VALUE_IS_TICKS] = "ticks",
	[VALUE_IS_SINCE] = "since",
	NULL,
};
static const char *const types[] = {
	[RULE_COUNTER] = "counter",
	[RULE_GAUGE] = "gauge",
	[RULE_HISTOGRAM] = "histogram",
	NULL,
};

/* One text or number, or a list of them. */
#define TEXTS(key_name, type, member, key_help)                                                   \
	{                                                                                         \
		.name = (key_name), .kind = KEY_SCALARS, .offset = offsetof(struct type, member), \
		.low = 1, .high = TEXT_BYTES_MAX, .help = (key_help),                             \
	}

#define FROM(type, member)                                                                   \
	{                                                                                    \
		.name = "from", .kind = KEY_CHOICE, .offset = offsetof(struct type, member), \
		.fallback = "end", .choices = sides,                                         \
		.help = "Of a pair: which of its events has the field.",                     \
	}

static const struct key match_rows[] = {
	{
		.name = "provider",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, providers),
		.low = 1,
		.high = 200,
		.help = "Names (globs) or GUIDs of providers.",
	},
	TEXTS("id", match_config, ids, "Numbers of events."),
	TEXTS("opcode", match_config, opcodes, "Numbers, or names (globs)."),
	TEXTS("name", match_config, names, "Names of events (globs)."),
	TEXTS("task", match_config, tasks, "Numbers, or names (globs)."),
	TEXTS("level", match_config, levels,
	      "Numbers, or critical, error, warning, information, verbose."),
	TEXTS("keyword", match_config, keywords, "Masks of which any bit is enough, or names."),
};

static const struct key condition_rows[] = {
	{.name = "any",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_MAPPINGS,
	 .table = &condition_keys,
	 .help = "A list of conditions of which one is enough."},
	{.name = "all",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_MAPPINGS,
	 .table = &condition_keys,
	 .help = "A list of conditions that must all hold."},
	{
		.name = "not",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING | SHAPE_MAPPINGS,
		.table = &condition_keys,
		.help = "A condition that must not hold, or a list of which not all must.",
	},
	{
		.name = "field",
		.kind = KEY_FIELD,
		.offset = offsetof(struct condition_config, field.path),
		.help = "What is looked at.",
	},
	{.name = "as",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR | SHAPE_SCALARS | SHAPE_MAPPING | SHAPE_MAPPINGS,
	 .help = "Label functions before it is looked at."},
	{.name = "eq",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR | SHAPE_SCALARS,
	 .help = "Equal; of a list, to one of it."},
	{.name = "ne",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR | SHAPE_SCALARS,
	 .help = "Not equal; of a list, to none of it."},
	{.name = "lt", .kind = KEY_OTHER, .shapes = SHAPE_SCALAR, .help = "A number under this."},
	{.name = "le",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR,
	 .help = "A number of at most this."},
	{.name = "gt", .kind = KEY_OTHER, .shapes = SHAPE_SCALAR, .help = "A number over this."},
	{.name = "ge",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR,
	 .help = "A number of at least this."},
	{.name = "in",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALARS,
	 .help = "Equal to one of a list."},
	{.name = "mask",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR,
	 .help = "An integer with any of these bits."},
	{.name = "glob",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR,
	 .help = "Text like this: * ? [a-z]."},
	{.name = "regex",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR,
	 .help = "Text with this in it: a regular expression."},
	{.name = "exists",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR,
	 .help = "Whether the event has the field."},
};

static const struct key label_rows[] = {
	{
		.name = "field",
		.kind = KEY_FIELD,
		.offset = offsetof(struct label_config, field.path),
		.required = true,
		.help = "Where the value comes from.",
	},
	FROM(label_config, field.side),
	{.name = "as",
	 .kind = KEY_OTHER,
	 .shapes = SHAPE_SCALAR | SHAPE_SCALARS | SHAPE_MAPPING | SHAPE_MAPPINGS,
	 .help = "Label functions, one after the other."},
	{
		.name = "map",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_NAMED,
		.help = "Texts in place of values, or the name of a manifest's map.",
	},
	{
		.name = "default",
		.kind = KEY_TEXT,
		.offset = offsetof(struct label_config, otherwise),
		.high = TEXT_BYTES_MAX,
		.help = "What the map does not have, and what has no value.",
	},
};

static const struct key value_rows[] = {
	{
		.name = "field",
		.kind = KEY_FIELD,
		.offset = offsetof(struct rule_config, value.path),
		.required = true,
		.help = "The field with the number.",
	},
	FROM(rule_config, value.side),
	{
		.name = "unit",
		.kind = KEY_CHOICE,
		.offset = offsetof(struct rule_config, unit),
		.fallback = "number",
		.choices = units,
		.help = "Of times: ticks of the performance counter, or since a time stamp.",
	},
	{
		.name = "scale",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct rule_config, scale),
		.fallback = "1",
		.help = "What it is multiplied by, to have seconds or bytes.",
	},
};

static const struct key pair_key_rows[] = {
	{
		.name = "start",
		.kind = KEY_FIELD,
		.offset = offsetof(struct pair_key, start),
		.required = true,
		.help = "The field in the event that starts.",
	},
	{
		.name = "end",
		.kind = KEY_FIELD,
		.offset = offsetof(struct pair_key, end),
		.required = true,
		.help = "The field in the event that ends.",
	},
};

static const struct key pair_rows[] = {
	{
		.name = "start",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING | SHAPE_MAPPINGS,
		.required = true,
		.table = &match_keys,
		.help = "What begins: a match, or a list.",
	},
	{
		.name = "key",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_SCALARS | SHAPE_MAPPING | SHAPE_MAPPINGS,
		.required = true,
		.table = &pair_key_keys,
		.help = "The fields that are the same in both events; one or a list.",
	},
	{
		.name = "timeout",
		.kind = KEY_DURATION,
		.offset = offsetof(struct pair_config, timeout_ns),
		.low = MS,
		.high = DAY,
		.fallback = "30s",
		.help = "How long an end is waited for, in the time of the events.",
	},
	{
		.name = "limit",
		.kind = KEY_COUNT,
		.offset = offsetof(struct pair_config, limit),
		.low = 1,
		.high = 16777216,
		.fallback = "65536",
		.help = "How many may wait for their ends at once.",
	},
};

static const struct key regex_rows[] = {
	{
		.name = "match",
		.kind = KEY_TEXT,
		.offset = offsetof(struct function_config, match),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.required = true,
		.help = "A regular expression.",
	},
	{
		.name = "replace",
		.kind = KEY_TEXT,
		.offset = offsetof(struct function_config, replace),
		.high = TEXT_BYTES_MAX,
		.required = true,
		.help = "What is made of what it matches.",
	},
};

/* What both ways to write buckets in short have. */
#define FIRST_BOUND                                                                \
	{                                                                          \
		.name = "start", .kind = KEY_NUMBER,                               \
		.offset = offsetof(struct bucket_series, start), .required = true, \
		.help = "The first bound.",                                        \
	}

#define BOUND_COUNT                                                                             \
	{                                                                                       \
		.name = "count", .kind = KEY_COUNT,                                             \
		.offset = offsetof(struct bucket_series, count), .low = 1, .high = BUCKETS_MAX, \
		.required = true, .help = "How many there are.",                                \
	}

static const struct key exponential_rows[] = {
	FIRST_BOUND,
	{
		.name = "factor",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct bucket_series, step),
		.required = true,
		.help = "What each bound is multiplied by.",
	},
	BOUND_COUNT,
};

static const struct key linear_rows[] = {
	FIRST_BOUND,
	{
		.name = "width",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct bucket_series, step),
		.required = true,
		.help = "What is added to each bound.",
	},
	BOUND_COUNT,
};

/* Fewer would not hold the widest buckets that there are, twice as many for both signs. */
static const struct key native_rows[] = {
	{
		.name = "factor",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct native_config, factor),
		.fallback = "1.1",
		.help = "What each bound is at most multiplied by.",
	},
	{
		.name = "max",
		.kind = KEY_COUNT,
		.offset = offsetof(struct native_config, max),
		.low = NATIVE_BUCKETS_LEAST,
		.high = 1024,
		.fallback = "160",
		.help = "How many buckets a series has before they become wider.",
	},
	{
		.name = "zero_threshold",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct native_config, zero_threshold),
		.fallback = "0",
		.help = "Values up to this from 0 have one bucket.",
	},
	{
		.name = "negative",
		.kind = KEY_BOOL,
		.offset = offsetof(struct native_config, negative),
		.fallback = "false",
		.help = "Whether values may be below 0.",
	},
};

static const struct key buckets_rows[] = {
	{
		.name = "exponential",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.offset = offsetof(struct even_buckets, exponential),
		.table = &exponential_keys,
		.help = "Bounds that grow by a factor.",
	},
	{
		.name = "linear",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.offset = offsetof(struct even_buckets, linear),
		.table = &linear_keys,
		.help = "Bounds at even distances.",
	},
	{
		.name = "bounds",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALARS,
		.help = "The bounds, as a list.",
	},
	{
		.name = "native",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.table = &native_keys,
		.help = "A native histogram, beside other buckets or alone.",
	},
};

static const struct key rule_rows[] = {
	{
		.name = "name",
		.kind = KEY_NAME,
		.offset = offsetof(struct rule_config, name),
		.low = 1,
		.high = 200,
		.required = true,
		.help = "The metric's name; no two are the same.",
	},
	{
		.name = "help",
		.kind = KEY_TEXT,
		.offset = offsetof(struct rule_config, help),
		.high = TEXT_BYTES_MAX,
		.fallback = "",
		.help = "What it counts, in a sentence.",
	},
	{
		.name = "type",
		.kind = KEY_CHOICE,
		.offset = offsetof(struct rule_config, type),
		.required = true,
		.choices = types,
		.help = "counter, gauge or histogram.",
	},
	TEXTS("session", rule_config, sessions, "The sessions (globs) whose events are looked at."),
	{
		.name = "match",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING | SHAPE_MAPPINGS,
		.required = true,
		.table = &match_keys,
		.help = "Which events: one or a list.",
	},
	{
		.name = "where",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING | SHAPE_MAPPINGS,
		.table = &condition_keys,
		.help = "What else must hold: a condition or a list.",
	},
	{
		.name = "pair",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.offset = offsetof(struct rule_config, pair),
		.table = &pair_keys,
		.help = "What began; the value is the time since.",
	},
	{
		.name = "value",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_MAPPING,
		.table = &value_keys,
		.help = "What a counter adds, a gauge shows, a histogram observes.",
	},
	{
		.name = "buckets",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALARS | SHAPE_MAPPING,
		.offset = offsetof(struct rule_config, buckets),
		.table = &buckets_keys,
		.help = "Of a histogram: its upper bounds.",
	},
	{
		.name = "labels",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_NAMED,
		.table = &label_keys,
		.help = "Labels, each with the field that its value comes from.",
	},
	{
		.name = "exemplar",
		.kind = KEY_OTHER,
		.shapes = SHAPE_NAMED,
		.table = &label_keys,
		.help = "Labels of exemplars, each with its field.",
	},
	{
		.name = "limit",
		.kind = KEY_COUNT,
		.offset = offsetof(struct rule_config, limit),
		.high = 10000000,
		.fallback = "0",
		.help = "Series of this metric; 0: no limit of its own.",
	},
	{
		.name = "expire",
		.kind = KEY_DURATION,
		.offset = offsetof(struct rule_config, expire_ns),
		.low = 1000 * MS,
		.high = 366 * DAY,
		.help = "How long series stay after the processes in their labels have ended.",
	},
};

#define CHECK_ROOM(rows) static_assert(COUNT(rows) <= KEYS_MAX, "KEYS_MAX is too small")

CHECK_ROOM(condition_rows);
CHECK_ROOM(rule_rows);

const struct key_table match_keys = KEY_TABLE("a match", match_rows);
const struct key_table condition_keys = KEY_TABLE("a condition", condition_rows);
const struct key_table label_keys = KEY_TABLE("a label", label_rows);
const struct key_table value_keys = KEY_TABLE("a value", value_rows);
const struct key_table pair_key_keys = KEY_TABLE("a part of a key", pair_key_rows);
const struct key_table pair_keys = KEY_TABLE("a pair", pair_rows);
const struct key_table regex_keys = KEY_TABLE("a regex", regex_rows);
const struct key_table exponential_keys = KEY_TABLE("exponential", exponential_rows);
const struct key_table linear_keys = KEY_TABLE("linear", linear_rows);
const struct key_table native_keys = KEY_TABLE("native", native_rows);
const struct key_table buckets_keys = KEY_TABLE("buckets", buckets_rows);
const struct key_table rule_keys = KEY_TABLE("a rule", rule_rows);
