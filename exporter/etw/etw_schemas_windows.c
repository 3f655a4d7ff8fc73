#include "exporter/etw/etw_schemas_windows.h"

#include <string.h>

/* Of maps; beyond it fields have none. */
#define MAP_BYTES_MAX ((size_t)64 << 20)
/* Of one schema, not known before: each asks Windows. */
#define MAPS_MAX 64

void etw_schemas_init(struct etw_schemas *schemas, const struct etw_functions *functions)
{
	*schemas = (struct etw_schemas){.functions = functions};
}

void etw_schemas_done(struct etw_schemas *schemas)
{
	etw_answer_done(&schemas->info);
	etw_answer_done(&schemas->map);
	tdh_map_table_done(&schemas->maps);
}

/* As Windows delivered it, as far as that matters to TDH. */
static void rebuild(const struct event_record *record, EVENT_RECORD *event)
{
	EVENT_HEADER *header = &event->EventHeader;

	memset(event, 0, sizeof(*event));
	header->Size = sizeof(*header);
	header->ThreadId = record->tid;
	header->ProcessId = record->pid;
	memcpy(&header->ProviderId, record->guid, sizeof(header->ProviderId));
	header->EventDescriptor = (EVENT_DESCRIPTOR){
		.Id = record->id,
		.Version = (UCHAR)record->version,
		.Channel = record->channel,
		.Level = record->level,
		.Opcode = record->opcode,
		.Task = record->task,
		.Keyword = record->keyword,
	};
	header->Flags = record->pointer_bytes == 4 ? EVENT_HEADER_FLAG_32_BIT_HEADER
						   : EVENT_HEADER_FLAG_64_BIT_HEADER;
	if (record->kind == RECORD_EVENT)
		header->Flags |= record->flags & EVENT_HEADER_FLAG_STRING_ONLY;
	else
		header->Flags |= EVENT_HEADER_FLAG_CLASSIC_HEADER;
	event->UserData = (PVOID)(uintptr_t)record->payload;
	event->UserDataLength = (USHORT)record->payload_bytes;
}

struct making {
	struct etw_schemas *schemas;
	const EVENT_RECORD *event;
	unsigned int asked;
};

static const struct value_map *find_map(void *context, const char *name)
{
	struct making *making = context;
	struct etw_schemas *schemas = making->schemas;
	const uint8_t *guid = (const uint8_t *)&making->event->EventHeader.ProviderId;
	const struct value_map *map = tdh_map_table_find(&schemas->maps, guid, name);

	if (map || schemas->map_bytes > MAP_BYTES_MAX || making->asked++ >= MAPS_MAX)
		return map;
	schemas->calls++;
	if (etw_tdh_map(schemas->functions, making->event, name, &schemas->map) == ERROR_SUCCESS)
		schemas->map_bytes += tdh_map_table_add(&schemas->maps, guid, schemas->map.bytes,
							schemas->map.size);
	return tdh_map_table_find(&schemas->maps, guid, name);
}

static struct schema *make(struct etw_schemas *schemas, const EVENT_RECORD *event)
{
	struct making making = {.schemas = schemas, .event = event};
	const struct tdh_maps maps = {find_map, &making};

	return tdh_info_schema("tdh", schemas->info.bytes, schemas->info.size, &maps);
}

struct schema *etw_schema_of_record(struct etw_schemas *schemas, const struct event_record *record,
				    ULONG *code)
{
	EVENT_RECORD event;

	rebuild(record, &event);
	schemas->calls++;
	*code = etw_tdh_record(schemas->functions, &event, &schemas->info);
	return *code == ERROR_SUCCESS ? make(schemas, &event) : NULL;
}

struct schema *etw_schema_of_event(struct etw_schemas *schemas, const GUID *guid,
				   const EVENT_DESCRIPTOR *event, ULONG *code)
{
	EVENT_RECORD like = {.EventHeader = {.Size = sizeof(like.EventHeader),
					     .Flags = EVENT_HEADER_FLAG_64_BIT_HEADER,
					     .ProviderId = *guid,
					     .EventDescriptor = *event}};

	schemas->calls++;
	*code = etw_tdh_event(schemas->functions, guid, event, &schemas->info);
	return *code == ERROR_SUCCESS ? make(schemas, &like) : NULL;
}
