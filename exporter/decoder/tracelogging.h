/*
 * tracelogging: events that carry their own schema in extended data items.
 *
 * Source: TraceLoggingProvider.h of the Windows SDK ("_tlgEventMetadata_t",
 * "_tlgProviderMetadata_t", TlgIn_t, TlgOut_t). Pure functions, any thread.
 */
#ifndef EXPORTER_DECODER_TRACELOGGING_H
#define EXPORTER_DECODER_TRACELOGGING_H

#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"

/*
 * A new schema (the caller frees it) from the record's metadata. NULL: it has none, the metadata is
 * damaged, or no memory.
 */
struct schema *tracelogging_schema_new(const struct event_record *record);

/* The provider's name in the record's traits, with its length; NULL: none. Borrowed. */
const char *tracelogging_provider(const struct event_record *record, size_t *length);

#endif
