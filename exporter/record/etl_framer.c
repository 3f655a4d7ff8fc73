#include "exporter/record/etl_framer.h"

#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/record/log_file_mode.h"
#include "exporter/record/xpress.h"

/*
 * A buffer header and the first word of a record, or the flag word and four literals in which it is
 * compressed: what it takes to recognise a buffer.
 */
#define LOOK_BYTES (ETL_BUFFER_HEADER_BYTES + 8)

/* So many records behind a place that is in the middle of one prove that no buffer begins there. */
#define PROOF_RECORDS 8

/* Windows' least buffer size, but for header buffers that are cut to their content. */
#define SMALLEST_BUFFER_BYTES 1024

/* BufferFlag bits and BufferType values that Windows defines. */
#define KNOWN_FLAGS 0x7f
#define LAST_TYPE   7

/* Of zeros that are skipped: what may be the low bytes of the next buffer's size. */
#define ZEROS_KEPT 3

void etl_framer_init(struct etl_framer *framer)
{
	memset(framer, 0, sizeof(*framer));
}

static bool sane(uint32_t bytes)
{
	return bytes >= ETL_BUFFER_HEADER_BYTES && bytes <= ETL_BUFFER_MAX_BYTES;
}

static bool is_record_mark(uint8_t mark)
{
	return (mark & 0xf0) == 0xc0 || mark == 0x90 || mark == 0xb0;
}

/* Whether what stands behind a buffer header of LOOK_BYTES can be the beginning of a record. */
static bool begins_with_record(const uint8_t *at, bool compressed)
{
	uint8_t word[4];

	at += ETL_BUFFER_HEADER_BYTES;
	if (!compressed)
		return is_record_mark(at[3]);
	return xpress_decompress(word, sizeof(word), at, LOOK_BYTES - ETL_BUFFER_HEADER_BYTES) ==
		       sizeof(word) &&
	       is_record_mark(word[3]);
}

/* What no buffer of the recording is larger than. */
static uint32_t largest_bytes(const struct etl_framer *framer)
{
	return framer->has_header && sane(framer->header.buffer_bytes) ? framer->header.buffer_bytes
								       : ETL_BUFFER_MAX_BYTES;
}

/* Whether what stands here can hardly be anything but a buffer of this size. */
static bool looks_like_buffer_of(const struct etl_framer *framer, const uint8_t *at, size_t left,
				 uint32_t bytes)
{
	uint32_t most = largest_bytes(framer);
	struct etl_buffer buffer;

	if (left < LOOK_BYTES)
		return false;
	etl_buffer_read(at, &buffer);
	if (!sane(bytes) || !sane(buffer.data_end) || bytes > most || buffer.data_end > most ||
	    buffer.flags & ~KNOWN_FLAGS || buffer.type > LAST_TYPE)
		return false;
	if (buffer.flags & ETL_BUFFER_COMPRESSED)
		return !framer->stride && bytes > ETL_BUFFER_HEADER_BYTES &&
		       (buffer.data_end == ETL_BUFFER_HEADER_BYTES || begins_with_record(at, true));
	if (buffer.data_end > bytes)
		return false;
	return buffer.data_end == ETL_BUFFER_HEADER_BYTES || begins_with_record(at, false);
}

/* Likewise, of the size that it says; for places where no buffer need be. */
static bool looks_like_buffer(const struct etl_framer *framer, const uint8_t *at, size_t left)
{
	return left >= LOOK_BYTES && looks_like_buffer_of(framer, at, left, le32(at));
}

bool etl_find_header(const uint8_t *buffer, size_t count, struct event_record *record)
{
	struct etl_buffer header;
	struct etl_cursor cursor;

	if (count < ETL_BUFFER_HEADER_BYTES)
		return false;
	etl_buffer_read(buffer, &header);
	if (header.type != ETL_BUFFER_TYPE_HEADER || header.flags & ETL_BUFFER_COMPRESSED)
		return false;
	if (header.data_end < count)
		count = header.data_end;
	if (count < ETL_BUFFER_HEADER_BYTES)
		return false;
	etl_walk(&cursor, buffer + ETL_BUFFER_HEADER_BYTES, count - ETL_BUFFER_HEADER_BYTES, 0);
	return etl_next(&cursor, record) == ETL_RECORD && etl_header_is(record);
}

/* Whether the size of a buffer that is not compressed can be right. */
static bool fits(const struct etl_buffer *buffer)
{
	return sane(buffer->bytes) && buffer->data_end <= buffer->bytes;
}

/* Whether a header buffer is smaller or larger than the log file header says, and not by damage. */
static bool is_cut(const struct etl_framer *framer, const uint8_t *bytes, size_t count)
{
	uint32_t stride = framer->header.buffer_bytes;
	struct etl_buffer buffer;

	etl_buffer_read(bytes, &buffer);
	if (buffer.bytes == stride || !fits(&buffer))
		return false;
	return buffer.bytes < stride || count <= stride ||
	       !looks_like_buffer(framer, bytes + stride, count - stride);
}

/* Learns the recording's header, and with it the size of its buffers. */
static void begin_recording(struct etl_framer *framer, const uint8_t *bytes, size_t count,
			    const struct event_record *record)
{
	struct etl_header header;

	if (!etl_header_parse(record, &header))
		return;
	/* Those before are the end of a recording that may end so. */
	framer->zeros = etl_framer_end(framer) != MALFORMED_COUNT;
	framer->header = header;
	framer->has_header = true;
	framer->stride = 0;
	if (!(header.log_file_mode & LOG_FILE_MODE_COMPRESSED) && sane(header.buffer_bytes) &&
	    !is_cut(framer, bytes, count))
		framer->stride = header.buffer_bytes;
}

static struct etl_framed result(enum etl_frame frame, size_t bytes, enum malformed malformed)
{
	return (struct etl_framed){frame, bytes, malformed};
}

static struct etl_framed frame_buffer(struct etl_framer *framer, uint8_t *bytes, size_t size,
				      enum malformed malformed)
{
	put_le32(bytes, (uint32_t)size);
	if (framer->zeros && malformed == MALFORMED_COUNT)
		malformed = MALFORMED_BUFFER_ZEROS;
	framer->zeros = false;
	framer->searching = false;
	return result(ETL_FRAME_BUFFER, size, malformed);
}

/* What most places in the middle of records fail. */
static bool may_be_buffer(const struct etl_framer *framer, const uint8_t *at)
{
	return !(le16(at + ETL_BUFFER_FLAGS_AT) & ~KNOWN_FLAGS) &&
	       (!framer->stride || le32(at) == framer->stride ||
		le16(at + ETL_BUFFER_TYPE_AT) == ETL_BUFFER_TYPE_HEADER);
}

/*
 * Whether a buffer begins in the middle of records, which may have such values. In an uncompressed
 * recording it is one of its size, or the first of another recording.
 */
static bool is_buffer(const struct etl_framer *framer, const uint8_t *at, size_t left)
{
	struct event_record record;

	return may_be_buffer(framer, at) && looks_like_buffer(framer, at, left) &&
	       (!framer->stride || le32(at) == framer->stride ||
		etl_find_header(at, left, &record));
}

/* The first place from `from` on and before `end` where a buffer begins; `end` where there is none.
 */
static size_t find_buffer(struct etl_framer *framer, const uint8_t *bytes, size_t from, size_t end,
			  size_t count)
{
	size_t at;

	for (at = from; at < end && at + LOOK_BYTES <= count; at++) {
		framer->looks++;
		if (is_buffer(framer, bytes + at, count - at))
			return at;
	}
	return end;
}

/* The records of a buffer of which `count` bytes are there; none where they are compressed. */
static void walk_records(const uint8_t *bytes, size_t count, struct etl_cursor *records)
{
	struct etl_buffer buffer;

	etl_buffer_read(bytes, &buffer);
	if (buffer.data_end < count)
		count = buffer.data_end;
	if (count < ETL_BUFFER_HEADER_BYTES || buffer.flags & ETL_BUFFER_COMPRESSED)
		count = ETL_BUFFER_HEADER_BYTES;
	etl_walk(records, bytes + ETL_BUFFER_HEADER_BYTES, count - ETL_BUFFER_HEADER_BYTES, 0);
}

/* Whether a record stands here, of whatever kind; the walk goes over it. */
static bool step(struct etl_framer *framer, struct etl_cursor *records)
{
	struct event_record record;
	enum etl_next next = etl_next(records, &record);

	framer->looks++;
	return next == ETL_RECORD || next == ETL_RECORD_DAMAGED_ITEMS || next == ETL_UNKNOWN_KIND;
}

static bool at_end(const struct etl_cursor *records)
{
	return records->end - records->at < ETL_SMALLEST_RECORD_BYTES;
}

/* Whether it is one value that fills up a buffer behind its data. */
static bool is_filled_up(const uint8_t *bytes, size_t data_end, size_t size)
{
	size_t from = (data_end + 7) & ~(size_t)7;

	return from + 1 >= size || memcmp(bytes + from, bytes + from + 1, size - from - 1) == 0;
}

/*
 * Whether a place in a buffer, of which `end` bytes are there, is in the middle of a record: then
 * what looks like a buffer there is part of that. Records that follow prove it. Behind the last one
 * the fill does, but not against a log file header. Places are asked for in order; the walk goes as
 * far as needed.
 */
static bool is_in_record(struct etl_framer *framer, struct etl_cursor *records,
			 const uint8_t *bytes, size_t place, size_t end)
{
	uint32_t data_end = le32(bytes + ETL_BUFFER_DATA_END_AT);
	struct event_record record;
	struct etl_cursor ahead;
	int count = 0;

	while (records->at <= bytes + place)
		if (!step(framer, records))
			return false;
	for (ahead = *records; count < PROOF_RECORDS && !at_end(&ahead); count++)
		if (!step(framer, &ahead))
			return false;
	if (count == PROOF_RECORDS || data_end > end)
		return count == PROOF_RECORDS;
	return count > 0 ||
	       (end - data_end >= ETL_SMALLEST_RECORD_BYTES && is_filled_up(bytes, data_end, end) &&
		!etl_find_header(bytes + place, end - place, &record));
}

/*
 * Goes over the records of a buffer up to the first that not enough others follow to prove it: no
 * place before need be looked at. What is walked in vain is no more than these few.
 */
static void pass_proven(struct etl_framer *framer, struct etl_cursor *records)
{
	const uint8_t *newest[PROOF_RECORDS + 1];
	const size_t most = sizeof(newest) / sizeof(newest[0]);
	struct etl_cursor ahead = *records;
	size_t count = 0;

	do
		newest[count++ % most] = ahead.at;
	while (!at_end(&ahead) && step(framer, &ahead));
	if (count > most)
		records->at = newest[count % most];
}

/* Whether another buffer follows the one here: so it is one, whatever records say. */
static bool is_followed(const struct etl_framer *framer, const uint8_t *at, size_t left)
{
	uint32_t bytes = le32(at);

	return left > bytes && looks_like_buffer(framer, at + bytes, left - bytes);
}

/*
 * The first place in the buffer here, of which `end` bytes are there, where another begins; or
 * `end`. Where bytes are missing, the record before that place may go over it and end where one of
 * the other buffer's does.
 */
static size_t find_inside(struct etl_framer *framer, const uint8_t *bytes, size_t end, size_t count)
{
	struct etl_cursor records;
	size_t at;

	walk_records(bytes, end, &records);
	if (count < framer->stride)
		pass_proven(framer, &records);
	at = (size_t)(records.at - bytes);
	while ((at = find_buffer(framer, bytes, at, end, count)) < end &&
	       !is_followed(framer, bytes + at, count - at) &&
	       is_in_record(framer, &records, bytes, at, end))
		at++;
	return at;
}

static bool starts_with_zeros(const uint8_t *bytes)
{
	static const uint8_t zeros[ETL_BUFFER_HEADER_BYTES];

	return memcmp(bytes, zeros, sizeof(zeros)) == 0;
}

static size_t count_zeros(const uint8_t *bytes, size_t count)
{
	size_t zeros = 0;

	while (zeros < count && bytes[zeros] == 0)
		zeros++;
	return zeros;
}

static struct etl_framed skip(struct etl_framer *framer, const uint8_t *bytes, size_t count)
{
	enum malformed malformed = framer->searching ? MALFORMED_COUNT : MALFORMED_BUFFER_HEADER;

	if (framer->zeros && count_zeros(bytes, count) == count)
		return result(ETL_FRAME_SKIP, count, MALFORMED_COUNT);
	framer->searching = true;
	return result(ETL_FRAME_SKIP, count, malformed);
}

/* No buffer begins here, and there is no size that tells where the next one does. */
static struct etl_framed search(struct etl_framer *framer, const uint8_t *bytes, size_t count,
				bool last)
{
	size_t at;

	if (count <= LOOK_BYTES && !last)
		return result(ETL_FRAME_MORE, LOOK_BYTES + 1, MALFORMED_COUNT);
	at = find_buffer(framer, bytes, 1, count, count);
	if (at == count && !last)
		at = count - LOOK_BYTES;
	return skip(framer, bytes, at);
}

/* The file ends inside this buffer. */
static struct etl_framed truncated(struct etl_framer *framer, uint8_t *bytes, size_t count)
{
	struct etl_buffer buffer;

	etl_buffer_read(bytes, &buffer);
	if (!(buffer.flags & ETL_BUFFER_COMPRESSED) && buffer.data_end > count)
		put_le32(bytes + ETL_BUFFER_DATA_END_AT, (uint32_t)count);
	return frame_buffer(framer, bytes, count, MALFORMED_BUFFER_TRUNCATED);
}

static struct etl_framed frame_zeros(struct etl_framer *framer, const uint8_t *bytes, size_t count,
				     bool last)
{
	size_t at = 0;

	if (framer->growing)
		return result(ETL_FRAME_WAIT, 0, MALFORMED_COUNT);
	if (framer->stride) {
		if (count < framer->stride && !last)
			return result(ETL_FRAME_MORE, framer->stride, MALFORMED_COUNT);
		at = count < framer->stride ? count : framer->stride;
		if (count_zeros(bytes, at) < at)
			at = find_buffer(framer, bytes, 1, at, count);
	} else {
		at = count_zeros(bytes, count);
		if (at < count || !last)
			at -= ZEROS_KEPT;
	}
	framer->zeros = true;
	return result(ETL_FRAME_SKIP, at, MALFORMED_COUNT);
}

/*
 * Uncompressed: how far the next buffer is from here, where no buffer can be or more than its size
 * speaks against it; 0: it is to be taken as one. Bytes that are missing or too many bring a
 * recording out of step.
 */
static size_t out_of_step(struct etl_framer *framer, const uint8_t *bytes, size_t count)
{
	size_t end = count < framer->stride ? count : framer->stride;
	struct etl_buffer buffer;
	size_t at;

	etl_buffer_read(bytes, &buffer);
	if (sane(buffer.data_end) && (buffer.bytes == framer->stride ||
				      looks_like_buffer_of(framer, bytes, count, framer->stride)))
		return 0;
	at = find_buffer(framer, bytes, 1, end, count);
	return at == end && sane(buffer.data_end) ? 0 : at;
}

/*
 * Uncompressed: whether a buffer is as it was written. Where it was cut, other records, another
 * fill or, in what is taken for the last record, another buffer follow.
 */
static bool is_whole(struct etl_framer *framer, const uint8_t *bytes, size_t size, size_t count)
{
	struct etl_cursor records;
	const uint8_t *newest = bytes;
	struct etl_buffer buffer;

	etl_buffer_read(bytes, &buffer);
	if (buffer.data_end > size)
		return false;
	for (walk_records(bytes, size, &records); !at_end(&records);) {
		newest = records.at;
		if (!step(framer, &records))
			return false;
	}
	return is_filled_up(bytes, buffer.data_end, size) &&
	       find_buffer(framer, bytes, newest + 1 - bytes, buffer.data_end, count) ==
		       buffer.data_end;
}

/* Uncompressed: whether what follows the buffer here, or itself where that is not there yet, speaks
 * for its size. */
static bool is_in_step(struct etl_framer *framer, const uint8_t *bytes, size_t count)
{
	uint32_t stride = framer->stride;

	if (count < stride)
		return false;
	if (count < stride + (size_t)LOOK_BYTES)
		return is_whole(framer, bytes, stride, count);
	return starts_with_zeros(bytes + stride) ||
	       looks_like_buffer_of(framer, bytes + stride, count - stride, stride);
}

/* Uncompressed: the size is known; the buffer's own word is believed where another begins there. */
static struct etl_framed frame_fixed(struct etl_framer *framer, uint8_t *bytes, size_t count,
				     bool last)
{
	uint32_t stride = framer->stride;
	struct etl_buffer buffer;
	size_t skipped, end;

	etl_buffer_read(bytes, &buffer);
	if (count < stride && !last)
		return result(ETL_FRAME_MORE, stride, MALFORMED_COUNT);
	if (buffer.bytes < stride && buffer.bytes < count && fits(&buffer) &&
	    looks_like_buffer(framer, bytes + buffer.bytes, count - buffer.bytes))
		return frame_buffer(framer, bytes, buffer.bytes, MALFORMED_COUNT);
	skipped = out_of_step(framer, bytes, count);
	if (skipped) {
		framer->searching = false;
		return result(ETL_FRAME_SKIP, skipped, MALFORMED_BUFFER_HEADER);
	}
	end = count < stride ? count : stride;
	if (!is_in_step(framer, bytes, count)) {
		if (count < stride + (size_t)ETL_HEADER_ROOM_BYTES && !last)
			return result(ETL_FRAME_MORE, stride + ETL_HEADER_ROOM_BYTES,
				      MALFORMED_COUNT);
		end = find_inside(framer, bytes, end, count);
	}
	if (end == count && count < stride)
		return truncated(framer, bytes, count);
	return frame_buffer(framer, bytes, end,
			    buffer.bytes == end ? MALFORMED_COUNT : MALFORMED_BUFFER_SIZE);
}

/* Compressed: the buffer's own word is believed, unless another begins inside of it. */
static struct etl_framed frame_own(struct etl_framer *framer, uint8_t *bytes, size_t count,
				   bool last)
{
	bool likely = looks_like_buffer(framer, bytes, count);
	struct etl_buffer buffer;
	size_t end, next;

	etl_buffer_read(bytes, &buffer);
	if (!sane(buffer.bytes) || !sane(buffer.data_end) ||
	    (!likely && (!framer->has_header || framer->zeros || framer->searching)))
		return search(framer, bytes, count, last);
	if (count != buffer.bytes && count < buffer.bytes + (size_t)LOOK_BYTES && !last)
		return result(ETL_FRAME_MORE,
			      count < buffer.bytes ? buffer.bytes : buffer.bytes + LOOK_BYTES,
			      MALFORMED_COUNT);
	if (buffer.bytes <= largest_bytes(framer) && count > buffer.bytes &&
	    looks_like_buffer(framer, bytes + buffer.bytes, count - buffer.bytes))
		return frame_buffer(framer, bytes, buffer.bytes, MALFORMED_COUNT);
	if (count == buffer.bytes && !last && !(buffer.flags & ETL_BUFFER_COMPRESSED) &&
	    !is_whole(framer, bytes, count, count))
		return result(ETL_FRAME_MORE, count + LOOK_BYTES, MALFORMED_COUNT);
	end = count < buffer.bytes ? count : buffer.bytes;
	if (!likely) {
		next = find_buffer(framer, bytes, 1, end, count);
		if (next < ETL_BUFFER_HEADER_BYTES)
			return skip(framer, bytes, next);
	}
	next = find_inside(framer, bytes, end, count);
	if (next < end)
		return frame_buffer(framer, bytes, next, MALFORMED_BUFFER_SIZE);
	if (count < buffer.bytes)
		return truncated(framer, bytes, count);
	return frame_buffer(framer, bytes, buffer.bytes, MALFORMED_COUNT);
}

struct etl_framed etl_frame(struct etl_framer *framer, uint8_t *bytes, size_t count, bool last)
{
	struct event_record record;
	struct etl_buffer buffer;
	uint32_t need;

	if (count < ETL_BUFFER_HEADER_BYTES) {
		if (!last)
			return result(ETL_FRAME_MORE, ETL_BUFFER_HEADER_BYTES, MALFORMED_COUNT);
		return result(ETL_FRAME_SKIP, count,
			      framer->searching || framer->zeros ? MALFORMED_COUNT
								 : MALFORMED_BUFFER_TRUNCATED);
	}
	if (starts_with_zeros(bytes))
		return frame_zeros(framer, bytes, count, last);
	etl_buffer_read(bytes, &buffer);
	if (buffer.type == ETL_BUFFER_TYPE_HEADER) {
		need = sane(buffer.bytes) ? buffer.bytes : 0;
		if (!fits(&buffer) && need < SMALLEST_BUFFER_BYTES)
			need = SMALLEST_BUFFER_BYTES;
		if (count < need && !last)
			return result(ETL_FRAME_MORE, need, MALFORMED_COUNT);
		if (etl_find_header(bytes, count < need ? count : need, &record))
			begin_recording(framer, bytes, count, &record);
	}
	return framer->stride ? frame_fixed(framer, bytes, count, last)
			      : frame_own(framer, bytes, count, last);
}

enum malformed etl_framer_end(const struct etl_framer *framer)
{
	if (framer->zeros && !(framer->header.log_file_mode & LOG_FILE_MODE_PREALLOCATE))
		return MALFORMED_BUFFER_ZEROS;
	return MALFORMED_COUNT;
}
