/*
 * tdh: schemas from the manifests and classes that are registered on this machine, as Windows'
 * Trace Data Helper tells them. They are right for what happens on this machine now: for live
 * sessions, not for recordings.
 *
 * Windows is asked once for an event type; what it did not know then may be registered later, and
 * is asked for again after a while: after 5 s, then after ever longer, up to 10 minutes, until
 * something has come that was not known before. It is asked 1,024 questions in 5 s at most; what is
 * put off so is asked for in the next 5 s. Cold path, used by one thread.
 */
#ifndef EXPORTER_DECODER_TDH_H
#define EXPORTER_DECODER_TDH_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"
#include "exporter/session/session_health.h"

struct tdh;

/* Counts in `health`, which is borrowed. NULL: this system has no such thing, or no memory. */
struct tdh *tdh_new(struct session_health *health);
void tdh_free(struct tdh *tdh);

/* What became of the questions for one event type; zeroed to begin with. */
struct tdh_asked {
	uint64_t look; /* the last in which it was asked for; 0: none */
	bool has_failed;
	bool is_put_off;
};

/*
 * A new schema for the record's event type, the caller's; its value maps live as long as `tdh`.
 * NULL: Windows knows none, was asked not long ago, or too often lately.
 */
struct schema *tdh_schema_new(struct tdh *tdh, struct tdh_asked *asked,
			      const struct event_record *record);

/*
 * Whether it is time to look again for schemas that there were not. `now_ns` is of a clock that
 * does not go back.
 */
bool tdh_look_again(struct tdh *tdh, int64_t now_ns);

#endif
