#include "exporter/aggregator/buffer_walk.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/record/etl_framer.h"
#include "exporter/record/xpress.h"

void buffer_walk_done(struct buffer_walk *walk)
{
	free(walk->decompressed);
}

/* How much more is lost than the header said before. A counter never goes back. */
static void note_lost(_Atomic uint64_t *lost, uint32_t *counted, uint32_t now)
{
	if (now <= *counted)
		return;
	health_add(lost, now - *counted);
	*counted = now;
}

/* What the clock of what follows is, is not known then. */
static void miss_header(struct buffer_walk *walk, struct recording *recording)
{
	memset(&recording->header, 0, sizeof(recording->header));
	recording->has_header = false;
	recording->header_missed = true;
	health_malformed(walk->health, MALFORMED_FILE_HEADER);
}

/* The header of a recording's file as it reads now; in the file another recording may have begun.
 */
static bool is_of_another(const struct recording *recording, const struct etl_header *header)
{
	return recording->has_header && recording->header.start_unix_ns &&
	       recording->header.start_unix_ns != header->start_unix_ns;
}

/* A log file header: of a new recording, or the same one's as it reads now. */
static void note_header(struct buffer_walk *walk, struct recording *recording,
			const struct event_record *record, bool again)
{
	struct session_health *health = walk->health;
	struct etl_header header;

	if (!etl_header_parse(record, &header)) {
		miss_header(walk, recording);
		return;
	}
	if (again && is_of_another(recording, &header))
		return;
	if (!again) {
		recording->events_lost = 0;
		recording->buffers_lost = 0;
	}
	note_lost(&health->events_lost, &recording->events_lost, header.events_lost);
	note_lost(&health->buffers_lost, &recording->buffers_lost, header.buffers_lost);
	recording->header = header;
	recording->has_header = true;
	if (!walk->has_header)
		walk->header = header;
	walk->has_header = true;
}

static bool reserve(struct buffer_walk *walk, size_t bytes)
{
	uint8_t *grown;

	if (bytes <= walk->decompressed_capacity)
		return true;
	grown = realloc(walk->decompressed, bytes);
	if (!grown)
		return false;
	walk->decompressed = grown;
	walk->decompressed_capacity = bytes;
	return true;
}

/* The records of a compressed buffer; fewer than there should be where it is damaged. */
static struct bytes decompress(struct buffer_walk *walk, const uint8_t *bytes,
			       const struct etl_buffer *buffer)
{
	size_t wanted = buffer->data_end - ETL_BUFFER_HEADER_BYTES;
	size_t count = 0;

	health_add(&walk->health->buffers_compressed, 1);
	if (reserve(walk, wanted))
		count = xpress_decompress(walk->decompressed, wanted,
					  bytes + ETL_BUFFER_HEADER_BYTES,
					  buffer->bytes - ETL_BUFFER_HEADER_BYTES);
	if (count < wanted)
		health_malformed(walk->health, MALFORMED_BUFFER_COMPRESSION);
	return (struct bytes){walk->decompressed, count};
}

/* The valid records of a buffer, decompressed, bounded by what is there. */
static struct bytes find_records(struct buffer_walk *walk, const uint8_t *bytes,
				 const struct etl_buffer *buffer)
{
	struct session_health *health = walk->health;
	size_t end = buffer->data_end;

	if (end < ETL_BUFFER_HEADER_BYTES || end > ETL_BUFFER_MAX_BYTES) {
		health_malformed(health, MALFORMED_BUFFER_OFFSET);
		return (struct bytes){bytes, 0};
	}
	if (buffer->flags & ETL_BUFFER_COMPRESSED)
		return decompress(walk, bytes, buffer);
	if (end > buffer->bytes) {
		health_malformed(health, MALFORMED_BUFFER_OFFSET);
		end = buffer->bytes;
	}
	return (struct bytes){bytes + ETL_BUFFER_HEADER_BYTES, end - ETL_BUFFER_HEADER_BYTES};
}

static void note_buffer(struct buffer_walk *walk, struct recording *recording, const uint8_t *bytes,
			const struct etl_buffer *buffer)
{
	struct session_health *health = walk->health;
	struct event_record record;

	health_add(&health->buffers, 1);
	if (buffer->flags & ETL_BUFFER_EVENTS_LOST)
		health_add(&health->loss_signs[LOSS_SIGN_EVENTS_LOST_FLAG], 1);
	if (buffer->flags & ETL_BUFFER_BUFFER_LOST)
		health_add(&health->loss_signs[LOSS_SIGN_BUFFER_LOST_FLAG], 1);
	if (recording->is_live)
		return;
	if (etl_find_header(bytes, buffer->bytes, &record)) {
		note_header(walk, recording, &record, false);
	} else if (!recording->has_header && !recording->header_missed) {
		miss_header(walk, recording);
	}
}

/* The buffers of a trace buffer were framed by the source; a size that does not fit ends it all the
 * same. */
static void feed_buffers(struct buffer_walk *walk, const struct trace_buffer *from)
{
	struct bytes rest = {from->bytes, from->length};

	while (rest.left >= ETL_BUFFER_HEADER_BYTES) {
		const uint8_t *bytes = rest.at;
		struct etl_buffer buffer;
		struct record_cursor cursor = {.is_ftrace = false};
		struct bytes records;

		etl_buffer_read(bytes, &buffer);
		if (buffer.bytes < ETL_BUFFER_HEADER_BYTES || !bytes_take(&rest, buffer.bytes))
			break;
		note_buffer(walk, from->recording, bytes, &buffer);
		records = find_records(walk, bytes, &buffer);
		etl_walk(&cursor.etl, records.at, records.left, buffer.cpu);
		cursor.etl.is_live = from->recording->is_live;
		walk->records(walk->context, from->recording, &cursor, from->shift_ns);
	}
}

/* What the kernel could not deliver before this page; how much that is it says in other places. */
static void note_missing(struct buffer_walk *walk, const struct ftrace_cursor *cursor)
{
	if (cursor->is_missing)
		health_add(&walk->health->loss_signs[LOSS_SIGN_MISSED_EVENTS], 1);
	health_add(&walk->health->events_missed, cursor->missed);
}

static void feed_frames(struct buffer_walk *walk, const struct trace_buffer *from)
{
	struct bytes rest = {from->bytes, from->length};
	struct record_cursor cursor = {.is_ftrace = true};
	struct ftrace_frame frame;
	const uint8_t *page;

	while ((page = ftrace_frame_take(&rest, &frame))) {
		health_add(&walk->health->buffers, 1);
		if (!ftrace_walk(&cursor.ftrace, &frame, page))
			health_malformed(walk->health, MALFORMED_PAGE);
		note_missing(walk, &cursor.ftrace);
		walk->records(walk->context, from->recording, &cursor, from->shift_ns);
	}
}

void buffer_walk_feed(struct buffer_walk *walk, const struct trace_buffer *buffer)
{
	struct event_record record;

	if (buffer->flags & TRACE_BUFFER_CLOCK) {
		buffer->recording->header.clock.origin = buffer->clock_origin;
		buffer->recording->header.clock.origin_unix_ns = buffer->clock_origin_ns;
	}
	if (buffer->recording->events_path)
		feed_frames(walk, buffer);
	else if (!(buffer->flags & TRACE_BUFFER_HEADER_ONLY))
		feed_buffers(walk, buffer);
	else if (etl_find_header(buffer->bytes, buffer->length, &record))
		note_header(walk, buffer->recording, &record, true);
}

bool buffer_walk_end_frame(struct buffer_walk *walk, enum ftrace_next next)
{
	if (next == FTRACE_BAD)
		health_malformed(walk->health, MALFORMED_PAGE_EVENT);
	return false;
}

bool buffer_walk_pass_over(struct buffer_walk *walk, struct etl_cursor *cursor,
			   struct event_record *record, enum etl_next next)
{
	for (;; next = etl_next(cursor, record)) {
		switch (next) {
		case ETL_RECORD:
			return true;
		case ETL_RECORD_DAMAGED_ITEMS:
			health_malformed(walk->health, MALFORMED_RECORD_ITEMS);
			return true;
		case ETL_UNKNOWN_KIND:
			if (etl_take_cpu(cursor))
				break;
			health_add(&walk->health->unknown_kinds[record->kind], 1);
			break;
		case ETL_BAD_MARKER:
			health_malformed(walk->health, MALFORMED_RECORD_MARKER);
			return false;
		case ETL_BAD_SIZE:
			health_malformed(walk->health, MALFORMED_RECORD_SIZE);
			return false;
		case ETL_END:
			return false;
		}
	}
}
