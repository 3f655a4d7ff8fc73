/*
 * tdh: schemas from the manifests and classes that are registered on this machine, as Windows'
 * Trace Data Helper tells them. They are right for what happens on this machine now: for live
 * sessions, not for recordings.
 *
 * Windows is asked once for an event type; what it did not know then may be registered later, and
 * is worth another look after a while. Cold path, used by one thread.
 */
#ifndef EXPORTER_DECODER_TDH_H
#define EXPORTER_DECODER_TDH_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/event_record.h"
#include "exporter/schema.h"
#include "exporter/session_health.h"

struct tdh;

/* Counts in `health`, which is borrowed. NULL: this system has no such thing, or no memory. */
struct tdh *tdh_new(struct session_health *health);
void tdh_free(struct tdh *tdh);

/*
 * A new schema for the record's event type, the caller's; its value maps live as long as `tdh`.
 * NULL: Windows knows none, or was asked too often lately.
 */
struct schema *tdh_schema_new(struct tdh *tdh, const struct event_record *record);

/*
 * Whether it is time to look again for schemas that there were not: after 5 s, then after ever
 * longer while nothing new is found, up to 10 minutes. `now_ns` is of a clock that does not go
 * back.
 */
bool tdh_look_again(struct tdh *tdh, int64_t now_ns);

#endif
