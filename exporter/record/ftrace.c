#include "exporter/record/ftrace.h"

/* Of the type and length of an event, its lowest five bits; less is a length in words. */
enum {
	TYPE_LONG = 0, /* a word with the length follows */
	TYPE_PADDING = 29,
	TYPE_TIME_EXTEND = 30,
	TYPE_TIME_STAMP = 31,
};

#define TYPE_BITS  5
#define DELTA_BITS 27

/* What absolute times have; the rest is as in the time before. */
#define STAMP_BITS 59
#define STAMP_TOP  (~UINT64_C(0) << STAMP_BITS)

/* How far ahead of the walk the cache is told what comes. */
#define PREFETCH_BYTES 1024

/* Every record begins with type (u16), flags, preemption count and PID (i32). */
#define COMMON_BYTES  8
#define COMMON_PID_AT 4

static const uint8_t no_guid[16];

void ftrace_frame_write(uint8_t *at, const struct ftrace_frame *frame)
{
	put_le32(at, frame->page_bytes);
	put_le32(at + 4, frame->from);
	put_le32(at + 8, frame->cpu);
	put_le32(at + 12, frame->data_at | (uint32_t)frame->version << 16);
}

const uint8_t *ftrace_frame_take(struct bytes *rest, struct ftrace_frame *frame)
{
	const uint8_t *at = bytes_take(rest, FTRACE_FRAME_BYTES);

	if (!at)
		return NULL;
	frame->page_bytes = le32(at);
	frame->from = le32(at + 4);
	frame->cpu = le16(at + 8);
	frame->data_at = le16(at + 12);
	frame->version = le16(at + 14);
	return bytes_take(rest, ftrace_frame_size(frame->page_bytes) - FTRACE_FRAME_BYTES);
}

/* How many events are missing stands behind the events, where there was room for it. */
static void read_missing(struct ftrace_cursor *cursor, const uint8_t *page,
			 const struct ftrace_frame *frame, uint32_t commit)
{
	size_t at = frame->data_at + (size_t)(commit & FTRACE_COMMIT_BYTES);
	size_t width = frame->data_at - FTRACE_COMMIT_AT;

	cursor->missed = 0;
	cursor->is_missing = (commit & FTRACE_COMMIT_MISSING) && frame->from <= frame->data_at;
	if (cursor->is_missing && (commit & FTRACE_COMMIT_STORED) &&
	    at + width <= frame->page_bytes)
		cursor->missed = width == 8 ? le64(page + at) : le32(page + at);
}

/* Adds the time of an absolute stamp, of which the uppermost bits are missing. */
static uint64_t full_stamp(uint64_t stamp, uint64_t before)
{
	stamp |= before & STAMP_TOP;
	return (before & STAMP_TOP) && stamp < before ? stamp + (UINT64_C(1) << STAMP_BITS) : stamp;
}

/*
 * Steps over one event and adds its time. What it holds is `data`, of a length that is 0 for what
 * is no record.
 */
static inline enum ftrace_next step(struct ftrace_cursor *cursor, struct bytes *data)
{
	const uint8_t *at = bytes_take(&cursor->rest, 4);
	uint32_t header, type, delta;
	size_t length;

	*data = (struct bytes){at, 0};
	if (!at)
		return cursor->rest.left ? FTRACE_BAD : FTRACE_END;
	header = le32(at);
	type = header & ((1u << TYPE_BITS) - 1);
	delta = header >> TYPE_BITS;
	if (type >= 1 && type < TYPE_PADDING) {
		cursor->time += delta;
		data->left = (size_t)type * 4;
		data->at = bytes_take(&cursor->rest, data->left);
		return data->at ? FTRACE_RECORD : FTRACE_BAD;
	}
	if (type == TYPE_PADDING && !delta)
		return FTRACE_END;
	at = bytes_take(&cursor->rest, 4);
	if (!at)
		return FTRACE_BAD;
	switch (type) {
	case TYPE_TIME_EXTEND:
		cursor->time += ((uint64_t)le32(at) << DELTA_BITS) + delta;
		return FTRACE_RECORD;
	case TYPE_TIME_STAMP:
		cursor->time = full_stamp(((uint64_t)le32(at) << DELTA_BITS) + delta, cursor->time);
		return FTRACE_RECORD;
	default:
		break;
	}
	/* The length counts its own word; padding is an event that was thrown away. */
	length = le32(at);
	cursor->time += delta;
	if (length < 4)
		return FTRACE_BAD;
	data->left = type == TYPE_LONG ? length - 4 : 0;
	data->at = bytes_take(&cursor->rest, length - 4);
	return data->at ? FTRACE_RECORD : FTRACE_BAD;
}

bool ftrace_walk(struct ftrace_cursor *cursor, const struct ftrace_frame *frame,
		 const uint8_t *page)
{
	enum ftrace_next next = FTRACE_RECORD;
	const uint8_t *from;
	struct bytes data;
	uint32_t commit;

	*cursor = (struct ftrace_cursor){.rest = {page, 0}};
	if ((frame->data_at != 12 && frame->data_at != 16) || frame->page_bytes < frame->data_at ||
	    frame->from > frame->page_bytes)
		return false;
	commit = le32(page + FTRACE_COMMIT_AT);
	if ((commit & FTRACE_COMMIT_BYTES) > frame->page_bytes - frame->data_at)
		return false;
	cursor->record.guid = no_guid;
	cursor->record.kind = RECORD_FTRACE;
	cursor->record.has_time = true;
	cursor->record.cpu = frame->cpu;
	cursor->record.version = frame->version;
	cursor->record.pointer_bytes = (uint8_t)(frame->data_at - FTRACE_COMMIT_AT);
	read_missing(cursor, page, frame, commit);
	cursor->time = le64(page);
	cursor->rest = (struct bytes){page + frame->data_at, commit & FTRACE_COMMIT_BYTES};
	from = page + frame->from;
	while (cursor->rest.at < from && next == FTRACE_RECORD)
		next = step(cursor, &data);
	if (next == FTRACE_BAD)
		cursor->rest.left = 0;
	return next != FTRACE_BAD;
}

enum ftrace_next ftrace_next(struct ftrace_cursor *cursor, struct event_record *record)
{
	enum ftrace_next next;
	struct bytes data;

	/* Another core wrote them. */
	if (cursor->rest.left > PREFETCH_BYTES)
		__builtin_prefetch(cursor->rest.at + PREFETCH_BYTES);
	do
		next = step(cursor, &data);
	while (next == FTRACE_RECORD && !data.left);
	if (next != FTRACE_RECORD)
		return next;
	if (data.left < COMMON_BYTES)
		return FTRACE_BAD;
	*record = cursor->record;
	record->payload = data.at;
	record->payload_bytes = (uint32_t)data.left;
	record->timestamp = cursor->time;
	record->id = le16(data.at);
	record->pid = record->tid = le32(data.at + COMMON_PID_AT);
	return FTRACE_RECORD;
}
