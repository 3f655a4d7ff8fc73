/* The keys of what is in a live session of Windows. */
#include "config/etw_config.h"
#include "config/keys.h"
#include "config/scalar_reader.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)

static const struct key buffers_rows[] = {
	{
		.name = "size",
		.kind = KEY_SIZE,
		.offset = offsetof(struct etw_buffers_config, size_bytes),
		.low = 4 * KIB,
		.high = 16 * MIB,
		.fallback = "256KiB",
		.help = "Of one buffer; the largest event has to fit.",
	},
	{
		.name = "min",
		.kind = KEY_COUNT,
		.offset = offsetof(struct etw_buffers_config, min),
		.low = 2,
		.high = 65536,
		.help = "How many buffers there are at least; 4 for each CPU unless given.",
	},
	{
		.name = "max",
		.kind = KEY_COUNT,
		.offset = offsetof(struct etw_buffers_config, max),
		.low = 2,
		.high = 65536,
		.help = "How many buffers there are at most; 32 for each CPU unless given.",
	},
};

#define MEMBER(member) offsetof(struct etw_provider_config, member)

static const struct key provider_rows[] = {
	{
		.name = "name",
		.kind = KEY_NAME,
		.offset = MEMBER(name),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "The name that a provider is registered with.",
	},
	{
		.name = "guid",
		.kind = KEY_NAME,
		.offset = MEMBER(guid),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "In place of a name, its GUID.",
	},
	{
		.name = "eventsource",
		.kind = KEY_NAME,
		.offset = MEMBER(eventsource),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "In place of a name, that of an EventSource or TraceLogging provider, of "
			"which the GUID is made.",
	},
	{
		.name = "level",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.offset = MEMBER(level),
		.fallback = "verbose",
		.help = "Events up to this level: a name or a number; 0: all.",
	},
	{
		.name = "any",
		.kind = KEY_SCALARS,
		.offset = MEMBER(any),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Events with any of these keywords: masks or names, one or a list.",
	},
	{
		.name = "all",
		.kind = KEY_SCALARS,
		.offset = MEMBER(all),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Of these, events with all of these keywords.",
	},
	{
		.name = "events",
		.kind = KEY_SCALARS,
		.offset = MEMBER(events),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Only these events: IDs, or the names of TraceLogging events; one or a "
			"list.",
	},
	{
		.name = "pids",
		.kind = KEY_SCALARS,
		.offset = MEMBER(pids),
		.low = 1,
		.high = 20,
		.help = "Only events of these processes; one or a list of at most 8.",
	},
	{
		.name = "executable",
		.kind = KEY_SCALARS,
		.offset = MEMBER(executables),
		.low = 1,
		.high = TEXT_BYTES_MAX,
		.help = "Only events of programs of these file names; one or a list.",
	},
	{
		.name = "properties",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR | SHAPE_SCALARS,
		.offset = MEMBER(properties),
		.help = "What Windows adds to each event: sid, stack, process_start_key and so on.",
	},
	{
		.name = "rundown",
		.kind = KEY_BOOL,
		.offset = MEMBER(rundown),
		.fallback = "false",
		.help = "Asks the provider for events of its state once it is enabled.",
	},
};

const struct key_table etw_buffers_keys = KEY_TABLE("buffers", buffers_rows);
const struct key_table etw_provider_keys = KEY_TABLE("a provider", provider_rows);
