/*
 * event_metadata: schemas that merged recordings carry: TRACE_EVENT_INFO records and their maps.
 *
 * Source: KernelTraceControl's class {bbccf6c1-6cd1-48c4-80ff-839482e37671}, types 32 (EventInfo)
 * and 33 (EventMapInfo); TRACE_EVENT_INFO and EVENT_MAP_INFO of tdh.h. Used by one thread.
 */
#ifndef EXPORTER_DECODER_EVENT_METADATA_H
#define EXPORTER_DECODER_EVENT_METADATA_H

#include <stdbool.h>

#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"

struct event_metadata;

/* NULL: no memory. */
struct event_metadata *event_metadata_new(void);
void event_metadata_free(struct event_metadata *metadata);

/* Whether the record is one of these. */
bool event_metadata_is(const struct event_record *record);

/*
 * Keeps a copy; whether it was new. Beyond 65,536 or 64 MiB of memory, and damaged ones, are not
 * kept.
 */
bool event_metadata_learn(struct event_metadata *metadata, const struct event_record *record);

/*
 * The schema of an event by provider, ID and version; NULL: none. Borrowed. It is built when it is
 * first asked for, with the maps known by then; beyond 64 MiB of schemas there are none.
 */
const struct schema *event_metadata_find(struct event_metadata *metadata,
					 const struct event_record *record);

#endif
