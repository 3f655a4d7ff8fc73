/*
 * decoding: finds the schema of an event, from whatever knows it.
 *
 * Holds what one session's decoders have learnt from its trace, and the schemas that they made.
 * Used by one thread. The table of decoders is in decoders.c.
 */
#ifndef EXPORTER_DECODING_H
#define EXPORTER_DECODING_H

#include <stdbool.h>

#include "exporter/decoder/manifests.h"
#include "exporter/record/event_record.h"
#include "exporter/schema/payload.h"
#include "exporter/schema/schema.h"
#include "exporter/session/session_health.h"

struct decoding;

/* `files` are the configured manifests, shared and borrowed; NULL: none. NULL: no memory. */
struct decoding *decoding_new(const struct manifests *files);
void decoding_free(struct decoding *decoding);

/*
 * Where the schemas of a Linux kernel's events are: a folder as tracefs' events/. The first that is
 * given counts.
 */
void decoding_set_formats(struct decoding *decoding, const char *path);

/*
 * The events are of this machine: what is registered on it is asked for their schemas, where
 * nothing else has them, and what came of it counted in `health` (borrowed). Once is enough.
 */
void decoding_set_registered(struct decoding *decoding, struct session_health *health);

/*
 * Whether it is time to look again for schemas that there were not, as something may be registered
 * by now; `now_ns` is of a clock that does not go back.
 */
bool decoding_look_again(struct decoding *decoding, int64_t now_ns);

/* Whether a record holds metadata of others, which decoding_learn() takes. */
bool decoding_is_metadata(const struct event_record *record);

/*
 * Lets the decoders learn from a record that holds metadata for others. Whether there may be
 * schemas now that there were not: those looked for before are worth a second look.
 */
bool decoding_learn(struct decoding *decoding, const struct event_record *record);

/*
 * A schema for the record's event type: the first that fits this record's payload, else the first
 * that there is; NULL: none. Borrowed, until decoding_free(). Not cheap: remember it by event type.
 */
const struct schema *decoding_find(struct decoding *decoding, const struct event_record *record);

/* The provider's name in a manifest; NULL: none has it. Borrowed, likewise. */
const char *decoding_provider(const struct decoding *decoding, const struct event_record *record);

/* A value map of the provider (GUID, 16 bytes) by its name in a manifest; NULL: none. Borrowed. */
const struct value_map *decoding_map(const struct decoding *decoding, const uint8_t *guid,
				     const char *name);

#endif
