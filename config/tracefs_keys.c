/* The keys of what is in a session of tracefs. */
#include "config/keys.h"
#include "config/scalar_reader.h"
#include "config/tracefs_config.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* What one write to a control file can hold, less what is added to it. */
#define LINE_BYTES_MAX 4000

static const struct key buffers_rows[] = {
	{
		.name = "size",
		.kind = KEY_SIZE,
		.offset = offsetof(struct trace_buffers_config, size_bytes),
		.low = 8 * KIB,
		.high = 64 * GIB,
		.fallback = "8MiB",
		.help = "Of each CPU; the kernel rounds it up to whole sub-buffers.",
	},
	{
		.name = "subbuffer",
		.kind = KEY_SIZE,
		.offset = offsetof(struct trace_buffers_config, subbuffer_bytes),
		.low = 4 * KIB,
		.high = 8 * MIB,
		.help = "What is handed on as a whole; the kernel rounds it up.",
	},
	{
		.name = "percent",
		.kind = KEY_COUNT,
		.offset = offsetof(struct trace_buffers_config, percent),
		.low = 0,
		.high = 100,
		.fallback = "25",
		.help = "How full a buffer is before it is read.",
	},
	{
		.name = "mapped",
		.kind = KEY_BOOL,
		.offset = offsetof(struct trace_buffers_config, mapped),
		.fallback = "false",
		.help = "Reads through a mapping where the kernel has that, not by read().",
	},
};

static const struct key provider_rows[] = {
	{
		.name = "name",
		.kind = KEY_NAME,
		.offset = offsetof(struct trace_provider_config, name),
		.low = 1,
		.high = 200,
		.help = "An event system, or a glob.",
	},
	{
		.name = "events",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct trace_provider_config, events),
		.low = 1,
		.high = 200,
		.help = "Events of the system (globs), one or a list; all unless given.",
	},
	{
		.name = "filter",
		.kind = KEY_TEXT,
		.offset = offsetof(struct trace_provider_config, filter),
		.low = 1,
		.high = LINE_BYTES_MAX,
		.help = "What the kernel looks at before it writes an event: FIELD OP VALUE.",
	},
	{
		.name = "pids",
		.kind = KEY_SCALARS,
		.offset = offsetof(struct trace_provider_config, pids),
		.low = 1,
		.high = 20,
		.help = "Only events of these threads (a process' first has its number).",
	},
	{
		.name = "uprobe",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.offset = offsetof(struct trace_provider_config, probe),
		.table = &uprobe_keys,
		.help = "An event at a place in a program or library.",
	},
	{
		.name = "kprobe",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.offset = offsetof(struct trace_provider_config, probe),
		.table = &kprobe_keys,
		.help = "An event at a function of the kernel.",
	},
};

#define PROBE_NAME_ROW                                                                           \
	{                                                                                        \
		.name = "name", .kind = KEY_NAME, .offset = offsetof(struct probe_config, name), \
		.low = 1, .high = PROBE_NAME_BYTES_MAX, .required = true,                        \
		.help = "The event's name.",                                                     \
	}

#define RETURN_ROW                                                                       \
	{                                                                                \
		.name = "return", .kind = KEY_BOOL,                                      \
		.offset = offsetof(struct probe_config, on_return), .fallback = "false", \
		.help = "When the function returns.",                                    \
	}

#define ARGUMENTS_ROW                                                             \
	{                                                                         \
		.name = "args", .kind = KEY_NAME,                                 \
		.offset = offsetof(struct probe_config, arguments), .low = 1,     \
		.high = LINE_BYTES_MAX,                                           \
		.help = "Its fields, as the kernel takes them: NAME=%di:u64 ...", \
	}

static const struct key uprobe_rows[] = {
	{
		.name = "binary",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.offset = offsetof(struct probe_config, binary),
		.required = true,
		.help = "The program or library.",
	},
	{
		.name = "symbol",
		.kind = KEY_NAME,
		.offset = offsetof(struct probe_config, symbol),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "A function in its symbol tables.",
	},
	{
		.name = "offset",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.offset = offsetof(struct probe_config, offset),
		.help = "In place of a symbol, where it is in the file.",
	},
	PROBE_NAME_ROW,
	RETURN_ROW,
	ARGUMENTS_ROW,
};

static const struct key kprobe_rows[] = {
	{
		.name = "symbol",
		.kind = KEY_NAME,
		.offset = offsetof(struct probe_config, symbol),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.required = true,
		.help = "A function of the kernel.",
	},
	PROBE_NAME_ROW,
	RETURN_ROW,
	ARGUMENTS_ROW,
};

const struct key_table trace_buffers_keys = KEY_TABLE("buffers", buffers_rows);
const struct key_table trace_provider_keys = KEY_TABLE("a provider", provider_rows);
const struct key_table uprobe_keys = KEY_TABLE("a uprobe", uprobe_rows);
const struct key_table kprobe_keys = KEY_TABLE("a kprobe", kprobe_rows);
