/*
 * event_view: the event at hand, as rules look at it: record, event type, session, time, and what
 * the trace has said so far. Borrows all of it; valid for one event.
 */
#ifndef EXPORTER_EVENT_VIEW_H
#define EXPORTER_EVENT_VIEW_H

#include "exporter/record/event_record.h"
#include "exporter/aggregator/event_types.h"
#include "exporter/schema/payload.h"
#include "exporter/record/etl_header.h"
#include "exporter/state/trace_state.h"

struct event_view {
	const struct event_record *record;
	const struct event_type *type;
	const struct trace_clock *clock;
	const char *session;
	struct trace_state *state;
	int64_t time_ns; /* of the event; see event_view_time() */
	bool time_is_set, has_time;
	bool classic;	/* as value_text() wants to know */
	bool is_direct; /* values are taken from where they are in the payload; no extraction was
			   run */
};

/* The event's Unix time in nanoseconds, converted once; false: it has none that is known. */
static inline bool event_view_time(struct event_view *view, int64_t *time_ns)
{
	if (!view->time_is_set) {
		view->has_time =
			view->record->has_time &&
			trace_clock_unix_ns(view->clock, view->record->timestamp, &view->time_ns);
		view->time_is_set = true;
	}
	*time_ns = view->has_time ? view->time_ns : 0;
	return view->has_time;
}

/* A value that is not in the payload, with room for its bytes. Not to be copied. */
struct made_value {
	struct value value;
	uint8_t bytes[8];
};

enum header_field {
	HEADER_SESSION,
	HEADER_PROVIDER,
	HEADER_EVENT,
	HEADER_ID,
	HEADER_VERSION,
	HEADER_OPCODE,
	HEADER_TASK,
	HEADER_LEVEL,
	HEADER_KEYWORD,
	HEADER_PID,
	HEADER_TID,
	HEADER_CPU,
	HEADER_ACTIVITY_ID,
	HEADER_PROCESS,
	HEADER_PAYLOAD_BYTES,
	HEADER_FIELD_COUNT
};

/* By its name with the `$`; false: there is none. */
bool header_field_find(const char *name, enum header_field *field);

/* Whether all events of one event type have the same. */
bool header_field_is_constant(enum header_field field);

/*
 * The value of a header field; false: this event has none. It points into the view's things or into
 * `made`. $id of classic events is their type, as in the label event_id.
 */
bool header_field_value(enum header_field field, struct event_view *view, struct made_value *made);

/* How a header field's bytes are read: a value without them. */
void header_field_template(enum header_field field, struct value *value);

/* The process of a header: by its PID, or where it has none by its TID. Never NULL. */
const struct state_name *event_view_process(struct event_view *view);

/* A text that is valid UTF-8 as a value. */
void made_value_text(struct made_value *made, const char *text, size_t length);

#endif
