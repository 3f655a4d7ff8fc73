/* The keys of sessions; each kind of source has a table of its own. */
#include <assert.h>

#include "config/config.h"
#include "config/keys.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS	     ((uint64_t)1000000)
#define HOUR	     (MS * 1000 * 3600)
#define KIB	     ((uint64_t)1 << 10)
#define GIB	     ((uint64_t)1 << 30)

/* Another kind of source is one word and one table more. */
static const char *const sources[] = {"etl", "tracefs", "etw", NULL};
static const char *const paces[] = {[PACE_FAST] = "fast", [PACE_RECORDED] = "recorded", NULL};
static const char *const conflicts[] = {
	[ON_EXISTS_REPLACE] = "replace",
	[ON_EXISTS_REUSE] = "reuse",
	[ON_EXISTS_FAIL] = "fail",
	NULL,
};

static const char *const etw_kinds[] = {
	[ETW_USER] = "user",
	[ETW_SYSTEM] = "system",
	[ETW_KERNEL] = "kernel",
	[ETW_ATTACH] = "attach",
	NULL,
};
static const char *const etw_clocks[] = {
	[ETW_CLOCK_QPC] = "qpc",
	[ETW_CLOCK_SYSTEM] = "system",
	NULL,
};

#define MEMBER(member) offsetof(struct session_config, member)

#define NAME_ROW                                                                                 \
	{                                                                                        \
		.name = "name", .kind = KEY_NAME, .offset = MEMBER(name), .low = 1, .high = 200, \
		.required = true,                                                                \
		.help = "The session's name, in the label \"session\"; no two are the same.",    \
	}

#define SOURCE_ROW                                                                               \
	{                                                                                        \
		.name = "source", .kind = KEY_WORD, .offset = MEMBER(source), .fallback = "etl", \
		.choices = sources,                                                              \
		.help = "Where its events come from: etl reads recordings (.etl files), "        \
			"tracefs has the running Linux kernel trace, etw the running Windows.",  \
	}

#define QUEUE_ROW(size)                                                                            \
	{                                                                                          \
		.name = "queue", .kind = KEY_SIZE, .offset = MEMBER(queue_bytes), .low = 64 * KIB, \
		.high = 4 * GIB, .fallback = (size),                                               \
		.help = "Room for bytes that are read and not yet counted.",                       \
	}

static const struct key etl_rows[] = {
	NAME_ROW,
	SOURCE_ROW,
	{
		.name = "path",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_SCALARS,
		.offset = MEMBER(paths),
		.required = true,
		.help = "Files, globs, directories or \"-\" (standard input), one or a list.",
	},
	{
		.name = "follow",
		.kind = KEY_BOOL,
		.offset = MEMBER(follow),
		.fallback = "false",
		.help = "Reads files as they are written, and new ones as they appear.",
	},
	{
		.name = "poll",
		.kind = KEY_DURATION,
		.offset = MEMBER(poll_ns),
		.low = 10 * MS,
		.high = HOUR,
		.fallback = "1s",
		.help = "How often followed files are looked at.",
	},
	{
		.name = "pace",
		.kind = KEY_CHOICE,
		.offset = MEMBER(pace),
		.fallback = "fast",
		.choices = paces,
		.help = "fast counts events as fast as it can, recorded when they happened.",
	},
	{
		.name = "loop",
		.kind = KEY_BOOL,
		.offset = MEMBER(loop),
		.fallback = "false",
		.help = "Begins again at the end.",
	},
	{
		.name = "per_file",
		.kind = KEY_BOOL,
		.offset = MEMBER(per_file),
		.fallback = "false",
		.help = "Makes each file a session of its own, named NAME/FILE.",
	},
	QUEUE_ROW("8MiB"),
};

static const struct key tracefs_rows[] = {
	NAME_ROW,
	SOURCE_ROW,
	{
		.name = "providers",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPINGS,
		.required = true,
		.table = &trace_provider_keys,
		.help = "Which events are traced: systems, uprobes, kprobes; at least one.",
	},
	{
		.name = "buffers",
		.kind = KEY_MAPPING,
		.offset = MEMBER(tracefs.buffers),
		.table = &trace_buffers_keys,
		.help = "The kernel's ring buffers.",
	},
	{
		.name = "clock",
		.kind = KEY_NAME,
		.offset = MEMBER(tracefs.clock),
		.low = 1,
		.high = 32,
		.fallback = "boot",
		.help = "The clock of time stamps, one of those in the kernel's trace_clock.",
	},
	{
		.name = "on_exists",
		.kind = KEY_CHOICE,
		.offset = MEMBER(tracefs.on_exists),
		.fallback = "replace",
		.choices = conflicts,
		.help = "What becomes of an instance of that name, left by an earlier run.",
	},
	{
		.name = "mount",
		.kind = KEY_BOOL,
		.offset = MEMBER(tracefs.mount),
		.fallback = "false",
		.help = "Mounts tracefs where it is not mounted.",
	},
	{
		.name = "cpus",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.offset = MEMBER(tracefs.cpus),
		.help = "The CPUs that are traced, such as \"0-3,8\".",
	},
	{
		.name = "pids",
		.kind = KEY_SCALARS,
		.offset = MEMBER(tracefs.pids),
		.low = 1,
		.high = 20,
		.help = "The processes (with the threads they have) that are traced, in all "
			"events.",
	},
	{
		.name = "children",
		.kind = KEY_BOOL,
		.offset = MEMBER(tracefs.children),
		.fallback = "false",
		.help = "Traces the children of the processes in pids, too.",
	},
	QUEUE_ROW("8MiB"),
};

static const struct key etw_rows[] = {
	NAME_ROW,
	SOURCE_ROW,
	{
		.name = "kind",
		.kind = KEY_CHOICE,
		.offset = MEMBER(etw.kind),
		.fallback = "user",
		.choices = etw_kinds,
		.help = "user: providers; system: the kernel's events, and providers; kernel: the "
			"session NT Kernel Logger; attach: a session that others started.",
	},
	{
		.name = "providers",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPINGS,
		.table = &etw_provider_keys,
		.help = "Which providers are enabled, and for which events.",
	},
	{
		.name = "flags",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_SCALARS,
		.offset = MEMBER(etw.flags),
		.help = "Which of the kernel's events: process, thread, disk_io and so on.",
	},
	{
		.name = "on_exists",
		.kind = KEY_CHOICE,
		.offset = MEMBER(etw.on_exists),
		.fallback = "replace",
		.choices = conflicts,
		.help = "What becomes of a session of that name, left by an earlier run; of kind: "
			"kernel fail unless given.",
	},
	{
		.name = "buffers",
		.kind = KEY_MAPPING,
		.offset = MEMBER(etw.buffers),
		.table = &etw_buffers_keys,
		.help = "The session's buffers.",
	},
	{
		.name = "flush",
		.kind = KEY_DURATION,
		.offset = MEMBER(etw.flush_ns),
		.low = 10 * MS,
		.high = HOUR,
		.fallback = "1s",
		.help = "After how long buffers that are not full are handed on.",
	},
	{
		.name = "clock",
		.kind = KEY_CHOICE,
		.offset = MEMBER(etw.clock),
		.fallback = "qpc",
		.choices = etw_clocks,
		.help = "The clock of time stamps: the performance counter or the time of day.",
	},
	QUEUE_ROW("32MiB"),
};

static_assert(COUNT(etl_rows) <= KEYS_MAX, "KEYS_MAX is too small");
static_assert(COUNT(tracefs_rows) <= KEYS_MAX, "KEYS_MAX is too small");
static_assert(COUNT(etw_rows) <= KEYS_MAX, "KEYS_MAX is too small");

const struct key_table *const session_tables[] = {&session_keys, &tracefs_session_keys,
						  &etw_session_keys, NULL};

#define SESSION_TABLE(key_what, rows, key_variant)                        \
	{                                                                 \
		.what = (key_what), .keys = (rows), .count = COUNT(rows), \
		.variant = (key_variant), .variants = session_tables,     \
	}

const struct key_table session_keys = SESSION_TABLE("a session", etl_rows, "source: etl");
const struct key_table tracefs_session_keys =
	SESSION_TABLE("a session of source: tracefs", tracefs_rows, "source: tracefs");
const struct key_table etw_session_keys =
	SESSION_TABLE("a session of source: etw", etw_rows, "source: etw");
