/*
 * event_record: a view of one event in a trace buffer: the common header, and where the payload is.
 *
 * Borrowed: all pointers point into the trace buffer (or, for the class GUID of a kernel event,
 * into a static table) and are valid until the next record is read.
 */
#ifndef EXPORTER_EVENT_RECORD_H
#define EXPORTER_EVENT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_kind {
	RECORD_SYSTEM,
	RECORD_COMPACT,
	RECORD_PERFINFO,
	RECORD_FULL,
	RECORD_INSTANCE,
	RECORD_EVENT,
	RECORD_MESSAGE, /* WPP */
	RECORD_ERROR,	/* an event that the writer marked as logged in error */
	RECORD_FTRACE,	/* Linux: an ftrace ring buffer's */
};

struct event_record {
	const uint8_t *guid; /* 16 bytes: provider, or class of a classic event; never NULL */
	const uint8_t *payload;
	const uint8_t *schema; /* TraceLogging metadata (extended data item 11), or NULL */
	const uint8_t *traits; /* provider traits (item 12), or NULL */
	uint64_t timestamp;    /* in the session's clock; see has_time */
	uint64_t keyword;      /* event */
	uint32_t payload_bytes;
	uint32_t pid;	       /* UINT32_MAX: unknown; ftrace: the thread's, as tid */
	uint32_t tid;	       /* likewise */
	uint32_t component_id; /* message without a GUID: guid is then all zeros */
	uint16_t schema_bytes;
	uint16_t traits_bytes;
	uint16_t id; /* event, ftrace: its ID; message: its number; else 0 */
	uint16_t version;
	uint16_t task;	/* event */
	uint16_t flags; /* event: of its header; message: its option flags */
	uint16_t cpu;
	uint8_t opcode;	       /* of classic kinds the event type */
	uint8_t level;	       /* event, full, instance */
	uint8_t channel;       /* event */
	uint8_t group;	       /* system, compact, perfinfo */
	uint8_t kind;	       /* enum record_kind */
	uint8_t pointer_bytes; /* 4 or 8: of the writer of the payload; 0 unknown */
	bool has_time;
};

/* The activity ID (16 bytes) of an event, NULL for other kinds. Points into the record. */
static inline const uint8_t *event_record_activity_id(const struct event_record *record)
{
	/* EVENT_HEADER: provider GUID at 24, activity ID at 64. */
	return record->kind == RECORD_EVENT ? record->guid + 40 : NULL;
}

#endif
