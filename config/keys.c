#include "config/keys.h"

#include <assert.h>
#include <string.h>

#include "config/config.h"
#include "config/scalar_reader.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS	     ((uint64_t)1000000)
#define HOUR	     (MS * 1000 * 3600)
#define DAY	     (24 * HOUR)
#define KIB	     ((uint64_t)1 << 10)
#define GIB	     ((uint64_t)1 << 30)

/* Another kind of source is one word more. */
static const char *const sources[] = {"etl", NULL};
static const char *const paces[] = {[PACE_FAST] = "fast", [PACE_RECORDED] = "recorded", NULL};
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

static const struct key session_rows[] = {
	{
		.name = "name",
		.kind = KEY_NAME,
		.offset = offsetof(struct session_config, name),
		.low = 1,
		.high = 200,
		.required = true,
		.help = "The session's name, in the label \"session\"; no two are the same.",
	},
	{
		.name = "source",
		.kind = KEY_WORD,
		.offset = offsetof(struct session_config, source),
		.fallback = "etl",
		.choices = sources,
		.help = "Where its events come from: etl reads recordings (.etl files).",
	},
	{
		.name = "path",
		.kind = KEY_OTHER,
		.offset = offsetof(struct session_config, paths),
		.required = true,
		.help = "Files, globs, directories or \"-\" (standard input), one or a list.",
	},
	{
		.name = "follow",
		.kind = KEY_BOOL,
		.offset = offsetof(struct session_config, follow),
		.fallback = "false",
		.help = "Reads files as they are written, and new ones as they appear.",
	},
	{
		.name = "poll",
		.kind = KEY_DURATION,
		.offset = offsetof(struct session_config, poll_ns),
		.low = 10 * MS,
		.high = HOUR,
		.fallback = "1s",
		.help = "How often followed files are looked at.",
	},
	{
		.name = "pace",
		.kind = KEY_CHOICE,
		.offset = offsetof(struct session_config, pace),
		.fallback = "fast",
		.choices = paces,
		.help = "fast counts events as fast as it can, recorded when they happened.",
	},
	{
		.name = "loop",
		.kind = KEY_BOOL,
		.offset = offsetof(struct session_config, loop),
		.fallback = "false",
		.help = "Begins again at the end.",
	},
	{
		.name = "per_file",
		.kind = KEY_BOOL,
		.offset = offsetof(struct session_config, per_file),
		.fallback = "false",
		.help = "Makes each file a session of its own, named NAME/FILE.",
	},
	{
		.name = "queue",
		.kind = KEY_SIZE,
		.offset = offsetof(struct session_config, queue_bytes),
		.low = 64 * KIB,
		.high = 4 * GIB,
		.fallback = "8MiB",
		.help = "Room for bytes that are read and not yet counted.",
	},
};

static const struct key limits_rows[] = {
	{
		.name = "series",
		.kind = KEY_COUNT,
		.offset = offsetof(struct limits_config, series),
		.low = 1,
		.high = 10000000,
		.fallback = "100000",
		.help = "Series of all metrics together.",
	},
	{
		.name = "event_types",
		.kind = KEY_COUNT,
		.offset = offsetof(struct limits_config, event_types),
		.low = 1,
		.high = 10000000,
		.fallback = "65536",
		.help = "Kinds of events that one session tells apart.",
	},
	{
		.name = "files",
		.kind = KEY_COUNT,
		.offset = offsetof(struct limits_config, files),
		.low = 1,
		.high = 10000000,
		.fallback = "65536",
		.help = "Files known to one session.",
	},
	{
		.name = "sessions",
		.kind = KEY_COUNT,
		.offset = offsetof(struct limits_config, sessions),
		.low = 1,
		.high = SESSIONS_MAX,
		.fallback = "64",
		.help = "Sessions, together with those that per_file makes.",
	},
	{
		.name = "label_bytes",
		.kind = KEY_COUNT,
		.offset = offsetof(struct limits_config, label_bytes),
		.low = 8,
		.high = 65536,
		.fallback = "128",
		.help = "Bytes of a label's value; longer ones are cut.",
	},
};

static const struct key match_rows[] = {
	{
		.name = "provider",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, providers),
		.low = 1,
		.high = 200,
		.help = "Names (globs) or GUIDs of providers.",
	},
	{
		.name = "id",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, ids),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Numbers of events.",
	},
	{
		.name = "opcode",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, opcodes),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Numbers, or names (globs).",
	},
	{
		.name = "name",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, names),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Names of events (globs).",
	},
	{
		.name = "task",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, tasks),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Numbers, or names (globs).",
	},
	{
		.name = "level",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, levels),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Numbers, or critical, error, warning, information, verbose.",
	},
	{
		.name = "keyword",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct match_config, keywords),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Masks of which any bit is enough, or names.",
	},
};

static const struct key condition_rows[] = {
	{.name = "any", .kind = KEY_OTHER, .help = "A list of conditions of which one is enough."},
	{.name = "all", .kind = KEY_OTHER, .help = "A list of conditions that must all hold."},
	{
		.name = "not",
		.kind = KEY_OTHER,
		.help = "A condition that must not hold, or a list of which not all must.",
	},
	{
		.name = "field",
		.kind = KEY_FIELD,
		.offset = offsetof(struct condition_config, field.path),
		.help = "What is looked at.",
	},
	{.name = "as", .kind = KEY_OTHER, .help = "Label functions before it is looked at."},
	{.name = "eq", .kind = KEY_OTHER, .help = "Equal; of a list, to one of it."},
	{.name = "ne", .kind = KEY_OTHER, .help = "Not equal; of a list, to none of it."},
	{.name = "lt", .kind = KEY_OTHER, .help = "A number under this."},
	{.name = "le", .kind = KEY_OTHER, .help = "A number of at most this."},
	{.name = "gt", .kind = KEY_OTHER, .help = "A number over this."},
	{.name = "ge", .kind = KEY_OTHER, .help = "A number of at least this."},
	{.name = "in", .kind = KEY_OTHER, .help = "Equal to one of a list."},
	{.name = "mask", .kind = KEY_OTHER, .help = "An integer with any of these bits."},
	{.name = "glob", .kind = KEY_OTHER, .help = "Text like this: * ? [a-z]."},
	{.name = "regex", .kind = KEY_OTHER, .help = "Text with this in it: a regular expression."},
	{.name = "exists", .kind = KEY_OTHER, .help = "Whether the event has the field."},
};

static const struct key label_rows[] = {
	{
		.name = "field",
		.kind = KEY_FIELD,
		.offset = offsetof(struct label_config, field.path),
		.required = true,
		.help = "Where the value comes from.",
	},
	{
		.name = "from",
		.kind = KEY_CHOICE,
		.offset = offsetof(struct label_config, field.side),
		.fallback = "end",
		.choices = sides,
		.help = "Of a pair: which of its events has the field.",
	},
	{.name = "as", .kind = KEY_OTHER, .help = "Label functions, one after the other."},
	{
		.name = "map",
		.kind = KEY_OTHER,
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
	{
		.name = "from",
		.kind = KEY_CHOICE,
		.offset = offsetof(struct rule_config, value.side),
		.fallback = "end",
		.choices = sides,
		.help = "Of a pair: which of its events has the field.",
	},
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
		.required = true,
		.table = &match_keys,
		.help = "What begins: a match, or a list.",
	},
	{
		.name = "key",
		.kind = KEY_OTHER,
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

static const struct key exponential_rows[] = {
	{
		.name = "start",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct bucket_series, start),
		.required = true,
		.help = "The first bound.",
	},
	{
		.name = "factor",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct bucket_series, step),
		.required = true,
		.help = "What each bound is multiplied by.",
	},
	{
		.name = "count",
		.kind = KEY_COUNT,
		.offset = offsetof(struct bucket_series, count),
		.low = 1,
		.high = BUCKETS_MAX,
		.required = true,
		.help = "How many there are.",
	},
};

static const struct key linear_rows[] = {
	{
		.name = "start",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct bucket_series, start),
		.required = true,
		.help = "The first bound.",
	},
	{
		.name = "width",
		.kind = KEY_NUMBER,
		.offset = offsetof(struct bucket_series, step),
		.required = true,
		.help = "What is added to each bound.",
	},
	{
		.name = "count",
		.kind = KEY_COUNT,
		.offset = offsetof(struct bucket_series, count),
		.low = 1,
		.high = BUCKETS_MAX,
		.required = true,
		.help = "How many there are.",
	},
};

static const struct key buckets_rows[] = {
	{
		.name = "exponential",
		.kind = KEY_OTHER,
		.offset = offsetof(struct even_buckets, exponential),
		.table = &exponential_keys,
		.help = "Bounds that grow by a factor.",
	},
	{
		.name = "linear",
		.kind = KEY_OTHER,
		.offset = offsetof(struct even_buckets, linear),
		.table = &linear_keys,
		.help = "Bounds at even distances.",
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
	{
		.name = "session",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct rule_config, sessions),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "The sessions (globs) whose events are looked at.",
	},
	{
		.name = "match",
		.kind = KEY_OTHER,
		.required = true,
		.table = &match_keys,
		.help = "Which events: one or a list.",
	},
	{
		.name = "where",
		.kind = KEY_OTHER,
		.table = &condition_keys,
		.help = "What else must hold: a condition or a list.",
	},
	{
		.name = "pair",
		.kind = KEY_OTHER,
		.offset = offsetof(struct rule_config, pair),
		.table = &pair_keys,
		.help = "What began; the value is the time since.",
	},
	{
		.name = "value",
		.kind = KEY_OTHER,
		.table = &value_keys,
		.help = "What a counter adds, a gauge shows, a histogram observes.",
	},
	{
		.name = "buckets",
		.kind = KEY_OTHER,
		.offset = offsetof(struct rule_config, buckets),
		.table = &buckets_keys,
		.help = "Of a histogram: its upper bounds.",
	},
	{
		.name = "labels",
		.kind = KEY_OTHER,
		.table = &label_keys,
		.help = "Labels, each with the field that its value comes from.",
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

static const struct key config_rows[] = {
	{
		.name = "sessions",
		.kind = KEY_OTHER,
		.offset = offsetof(struct config, sessions),
		.required = true,
		.table = &session_keys,
		.help = "Trace sessions; at least one.",
	},
	{
		.name = "limits",
		.kind = KEY_MAPPING,
		.offset = offsetof(struct config, limits),
		.table = &limits_keys,
		.help = "Caps on what grows; what a cap refuses is counted.",
	},
	{
		.name = "metrics",
		.kind = KEY_OTHER,
		.table = &rule_keys,
		.help = "Rules: metrics that are made of events.",
	},
	{
		.name = "include",
		.kind = KEY_OTHER,
		.help = "Other files with rules; one or a list of files and globs.",
	},
	{
		.name = "manifests",
		.kind = KEY_OTHER,
		.offset = offsetof(struct config, manifests),
		.help = "Instrumentation manifests: files, globs, directories; one or a list.",
	},
};

#define CHECK_ROOM(rows) static_assert(COUNT(rows) <= KEYS_MAX, "KEYS_MAX is too small")

CHECK_ROOM(condition_rows);
CHECK_ROOM(rule_rows);
CHECK_ROOM(session_rows);

const struct key_table session_keys = {"a session", session_rows, COUNT(session_rows)};
const struct key_table limits_keys = {"limits", limits_rows, COUNT(limits_rows)};
const struct key_table match_keys = {"a match", match_rows, COUNT(match_rows)};
const struct key_table condition_keys = {"a condition", condition_rows, COUNT(condition_rows)};
const struct key_table label_keys = {"a label", label_rows, COUNT(label_rows)};
const struct key_table value_keys = {"a value", value_rows, COUNT(value_rows)};
const struct key_table pair_key_keys = {"a part of a key", pair_key_rows, COUNT(pair_key_rows)};
const struct key_table pair_keys = {"a pair", pair_rows, COUNT(pair_rows)};
const struct key_table regex_keys = {"a regex", regex_rows, COUNT(regex_rows)};
const struct key_table exponential_keys = {"exponential", exponential_rows,
					   COUNT(exponential_rows)};
const struct key_table linear_keys = {"linear", linear_rows, COUNT(linear_rows)};
const struct key_table buckets_keys = {"buckets", buckets_rows, COUNT(buckets_rows)};
const struct key_table rule_keys = {"a rule", rule_rows, COUNT(rule_rows)};
const struct key_table config_keys = {"the configuration", config_rows, COUNT(config_rows)};
/* What is not about the whole program comes last in the configuration's table. */
#define INCLUDED_COUNT 3

const struct key_table included_keys = {
	"an included file", &config_rows[COUNT(config_rows) - INCLUDED_COUNT], INCLUDED_COUNT};

const struct key *key_find(const struct key_table *table, const char *name)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (strcmp(table->keys[i].name, name) == 0)
			return &table->keys[i];
	return NULL;
}
