#include "config/keys.h"

#include <string.h>

#include "config/config.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

static const struct key baseline_rows[] = {
	{
		.name = "file",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.required = true,
		.help = "A file that `baseline record` or `merge` wrote.",
	},
};

static const struct key config_rows[] = {
	{
		.name = "sessions",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPINGS,
		.offset = offsetof(struct config, sessions),
		.required = true,
		.table = &session_keys,
		.help = "Trace sessions; at least one.",
	},
	{
		.name = "user",
		.kind = KEY_NAME,
		.offset = offsetof(struct config, user),
		.low = 1,
		.high = 256,
		.help = "Runs on as this user, with no more capabilities than live sessions take.",
	},
	{
		.name = "limits",
		.kind = KEY_MAPPING,
		.offset = offsetof(struct config, limits),
		.table = &limits_keys,
		.help = "Caps on what grows; what a cap refuses is counted.",
	},
	{
		.name = "baseline",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.table = &baseline_keys,
		.help = "What the machine did before, to compare with while it is traced.",
	},
	{
		.name = "metrics",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPINGS,
		.table = &rule_keys,
		.help = "Rules: metrics that are made of events.",
	},
	{
		.name = "include",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_SCALARS,
		.help = "Other files with rules; one or a list of files and globs.",
	},
	{
		.name = "manifests",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_SCALARS,
		.offset = offsetof(struct config, manifests),
		.help = "Instrumentation manifests: files, globs, directories; one or a list. What "
			"is wrong in "
			"one is left out.",
	},
};

const struct key_table limits_keys = KEY_TABLE("limits", limits_rows);
const struct key_table baseline_keys = KEY_TABLE("baseline", baseline_rows);
const struct key_table config_keys = KEY_TABLE("the configuration", config_rows);

/* What is not about the whole program comes last in the configuration's table. */
#define INCLUDED_COUNT 3

const struct key_table included_keys = {
	.what = "an included file",
	.keys = &config_rows[COUNT(config_rows) - INCLUDED_COUNT],
	.count = INCLUDED_COUNT,
};

const struct key *key_find(const struct key_table *table, const char *name)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (strcmp(table->keys[i].name, name) == 0)
			return &table->keys[i];
	return NULL;
}
