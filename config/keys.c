#include "config/keys.h"

#include <assert.h>
#include <string.h>

#include "config/config.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS	     ((uint64_t)1000000)
#define HOUR	     (MS * 1000 * 3600)
#define KIB	     ((uint64_t)1 << 10)
#define GIB	     ((uint64_t)1 << 30)

/* Another kind of source is one word more. */
static const char *const sources[] = {"etl", NULL};
static const char *const paces[] = {[PACE_FAST] = "fast", [PACE_RECORDED] = "recorded", NULL};

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

static_assert(COUNT(session_rows) <= KEYS_MAX, "KEYS_MAX is too small");

const struct key_table session_keys = {"a session", session_rows, COUNT(session_rows)};
const struct key_table limits_keys = {"limits", limits_rows, COUNT(limits_rows)};
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
