/*
 * event_writer: writes events that Windows delivers into trace buffers, in the layout of .etl files
 * (record/etl_layout.h).
 *
 * Used by the session's thread alone, which Windows calls back with each event: nothing here waits,
 * locks, allocates, or asks the system for anything but the time, once for each buffer.
 */
#ifndef EXPORTER_ETW_EVENT_WRITER_WINDOWS_H
#define EXPORTER_ETW_EVENT_WRITER_WINDOWS_H

#include <stdbool.h>

#include "exporter/etw/etw_clock_windows.h"
#include "exporter/aggregator/recording.h"
#include "exporter/session/session_health.h"
#include "exporter/session/trace_buffer.h"

struct event_writer {
	struct trace_queue *queue; /* borrowed; likewise the next two */
	struct session_health *health;
	const struct etw_clock *clock;
	struct recording *recording; /* the aggregator's, once it is handed on */
	bool handed_on;
	struct trace_buffer *buffer; /* that is being filled; NULL: none */
	uint8_t *at, *end;	     /* of the room in it */
	uint16_t cpu;		     /* of what was written last */
};

/* The recording is taken. */
void event_writer_init(struct event_writer *writer, struct trace_queue *queue,
		       struct session_health *health, const struct etw_clock *clock,
		       struct recording *recording);

/* Writes the event; where there is no room, it is dropped and counted. */
void event_writer_write(struct event_writer *writer, const EVENT_RECORD *event);

/* Hands on what was written. */
void event_writer_flush(struct event_writer *writer);

/* Likewise, and the end of the recording. */
void event_writer_done(struct event_writer *writer);

#endif
