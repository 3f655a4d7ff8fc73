/*
 * decoder: where schemas come from.
 *
 * A decoder is one row of the table in decoders.c. They are asked in its order for an event type's
 * schema. Cold path, used by the thread that owns the state.
 */
#ifndef EXPORTER_DECODER_H
#define EXPORTER_DECODER_H

#include <stdbool.h>

#include "exporter/decoder/event_metadata.h"
#include "exporter/decoder/eventsource.h"
#include "exporter/decoder/ftrace.h"
#include "exporter/decoder/manifests.h"
#include "exporter/decoder/tdh.h"
#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"

/* In event_record->flags: the payload is one string and nothing else (EventWriteString). */
#define EVENT_FLAG_STRING_ONLY 0x0004

/* What decoders know beyond the record at hand. */
struct decoder_state {
	const struct manifests *files;	 /* configured; shared with other sessions; may be NULL */
	struct manifests *eventsources;	 /* of this trace */
	struct eventsource *chunks;	 /* of manifests for them */
	struct event_metadata *metadata; /* of this trace */
	struct ftrace_formats *formats;	 /* of this machine's kernel; may be NULL */
	struct tdh *tdh;		 /* what is registered on this machine; may be NULL */
	struct tdh_asked *asked;	 /* what that was asked of the event type at hand */
};

struct decoder {
	const char *name; /* as in schema->source */
	/*
	 * A schema for the record's event type. A new one is put into *owned, too, and is the
	 * caller's then. NULL: this decoder knows none.
	 */
	const struct schema *(*find)(const struct decoder_state *state,
				     const struct event_record *record, struct schema **owned);
	/* Whether a record holds what this decoder learns from; NULL: it learns nothing. */
	bool (*is_metadata)(const struct event_record *record);
	/* Takes what it says of others; whether that was new. */
	bool (*learn)(struct decoder_state *state, const struct event_record *record);
};

/* NULL: no more. */
const struct decoder *decoder_at(size_t index);

#endif
