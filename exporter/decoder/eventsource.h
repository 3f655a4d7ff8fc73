/*
 * eventsource: manifests that .NET EventSource providers send in the trace, in chunks.
 *
 * Source: ManifestEnvelope of System.Diagnostics.Tracing. Chunks are joined by provider and
 * process; they may come in any order, more than once, and from several copies of the manifest.
 * Used by one thread.
 */
#ifndef EXPORTER_DECODER_EVENTSOURCE_H
#define EXPORTER_DECODER_EVENTSOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/decoder/manifests.h"
#include "exporter/record/event_record.h"

/* Manifests of which chunks are missing: how many at once, their bytes, and how many chunks of
 * others may come after the last of theirs before they are given up. */
#define EVENTSOURCE_OPEN_MAX	    64
#define EVENTSOURCE_OPEN_BYTES_MAX  ((size_t)16 << 20)
#define EVENTSOURCE_OPEN_CHUNKS_MAX 16384
/* Different manifests that are remembered, so that copies of them cost nothing. */
#define EVENTSOURCE_KNOWN_MAX 4096

struct eventsource;

/* NULL: no memory. */
struct eventsource *eventsource_new(void);
void eventsource_free(struct eventsource *eventsource);

/* Whether the record is a chunk. */
bool eventsource_is(const struct event_record *record);

/*
 * Takes a chunk, copied; when its manifest is whole by it, that is added to `manifests`. Whether
 * schemas were added.
 */
bool eventsource_learn(struct eventsource *eventsource, const struct event_record *record,
		       struct manifests *manifests);

/* Manifests that were given up, beyond a limit, or refused by manifests_add() in part or whole. */
uint64_t eventsource_refused(const struct eventsource *eventsource);

#endif
