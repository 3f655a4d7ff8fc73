/*
 * etw_schemas: schemas of events by what is registered on this machine, with the value maps that
 * they name.
 *
 * Owned by whoever makes schemas with it, and outlives them: it has their maps. One thread, cold
 * paths.
 */
#ifndef EXPORTER_ETW_ETW_SCHEMAS_WINDOWS_H
#define EXPORTER_ETW_ETW_SCHEMAS_WINDOWS_H

#include "exporter/decoder/tdh_map_table.h"
#include "exporter/etw/etw_tdh_windows.h"
#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"

struct etw_schemas {
	const struct etw_functions *functions;
	struct etw_answer info, map;
	struct tdh_map_table maps;
	size_t map_bytes;
	uint64_t calls; /* of TDH; whoever counts them sets it back */
};

void etw_schemas_init(struct etw_schemas *schemas, const struct etw_functions *functions);
void etw_schemas_done(struct etw_schemas *schemas);

/*
 * A schema for events like the record, the caller's. NULL: Windows' *code says why, ERROR_SUCCESS:
 * its answer makes no schema.
 */
struct schema *etw_schema_of_record(struct etw_schemas *schemas, const struct event_record *record,
				    ULONG *code);

/* The same of an event that a provider has by its manifest, without one having happened. */
struct schema *etw_schema_of_event(struct etw_schemas *schemas, const GUID *guid,
				   const EVENT_DESCRIPTOR *event, ULONG *code);

#endif
