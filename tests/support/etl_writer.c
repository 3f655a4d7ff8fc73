#include "tests/support/etl_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/etl_writer_private.h"
#include "tests/support/little_endian.h"
#include "tests/support/posix.h"
#include "tests/support/xpress_writer.h"

enum {
	PROCESSORS_MAX = 2048, /* what the 16-bit processor index holds */
	RECORD_MAX_BYTES = 0xffff,

	BUFFER_FLUSH_MARKER = 0x01,
	BUFFER_PROCESSOR_INDEX = 0x20,
	BUFFER_COMPRESSED = 0x40,

	BUFFER_TYPE_GENERIC = 0,
	BUFFER_TYPE_HEADER = 4,

	STATE_FLUSHED = 3,
	LOGGER_ID = 0x2a,
	COMPRESSED_HEADER_UNIT = 512,

	/* Recordings hold all of zeros, ones and stale bytes there: never zeros, so that no reader
	 * relies on it. */
	RECORD_PADDING = 0x5a,
	BUFFER_FILL = 0xff,
};

struct processor_buffer {
	uint8_t *bytes; /* NULL until the first record */
	uint32_t used;	/* from the buffer's start, header included */
	uint64_t last_time;
};

struct etl_writer {
	struct etl_writer_options options;
	struct processor_buffer buffers[PROCESSORS_MAX];
	uint64_t last_time;
	uint8_t *output;
	size_t output_bytes, output_room;
	size_t *offsets; /* of the buffers in the output */
	size_t offset_count, offset_room;
	bool finished;
};

/* What the header of a buffer says about it. */
struct buffer_facts {
	uint32_t bytes_on_disk;
	uint32_t offset;
	uint64_t time;
	uint64_t sequence;
	uint32_t processor;
	uint16_t flags;
	uint16_t type;
};

static void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

static size_t round_up(size_t value, size_t unit)
{
	return (value + unit - 1) / unit * unit;
}

static void put_buffer_header(uint8_t *to, const struct etl_writer_options *options,
			      const struct buffer_facts *facts)
{
	bool data = facts->type != BUFFER_TYPE_HEADER;
	uint16_t flags = facts->flags;

	memset(to, 0, BUFFER_HEADER_BYTES);
	put_le32(to, facts->bytes_on_disk);
	put_le32(to + 0x04, facts->offset);
	/* Stale in files, and past the end of the buffer but in the first. */
	put_le32(to + 0x08, facts->offset + (data ? options->buffer_bytes : 0));
	put_le64(to + 0x10, facts->time);
	put_le64(to + 0x18, facts->sequence);
	if (options->processor_index) {
		flags |= BUFFER_PROCESSOR_INDEX;
		put_le16(to + 0x28, (uint16_t)facts->processor);
	} else {
		to[0x28] = (uint8_t)facts->processor;
		to[0x29] = 8;
	}
	put_le16(to + 0x2a, LOGGER_ID);
	put_le32(to + 0x2c, STATE_FLUSHED);
	put_le32(to + 0x30, facts->offset);
	put_le16(to + 0x34, flags);
	put_le16(to + 0x36, facts->type);
	if (data) /* stale list pointers */
		put_le64(to + 0x38, 0xfffff80000000038u + facts->sequence * 0x10000);
}

/* Where the next buffer begins in the output, with room for `bytes` bytes. */
static uint8_t *extend_output(struct etl_writer *writer, size_t bytes)
{
	while (writer->output_bytes + bytes > writer->output_room) {
		writer->output_room = writer->output_room ? 2 * writer->output_room : 1u << 20;
		writer->output = must(realloc(writer->output, writer->output_room));
	}
	if (writer->offset_count == writer->offset_room) {
		writer->offset_room = writer->offset_room ? 2 * writer->offset_room : 64;
		writer->offsets = must(
			realloc(writer->offsets, writer->offset_room * sizeof(writer->offsets[0])));
	}
	return writer->output + writer->output_bytes;
}

static void end_output(struct etl_writer *writer, size_t bytes)
{
	writer->offsets[writer->offset_count++] = writer->output_bytes;
	writer->output_bytes += bytes;
}

/* Compressed sessions cut the header buffer to its content. */
static void write_header_buffer(struct etl_writer *writer)
{
	const struct etl_writer_options *options = &writer->options;
	struct buffer_facts facts = {.flags = BUFFER_FLUSH_MARKER, .type = BUFFER_TYPE_HEADER};
	size_t size, bytes = options->buffer_bytes, used;
	uint8_t *record = etl_header_new(options, &size);
	uint8_t *to;

	used = BUFFER_HEADER_BYTES + round_up(size, 8);
	if (options->compressed)
		bytes = round_up(used, COMPRESSED_HEADER_UNIT);
	if (used > bytes || bytes > options->buffer_bytes)
		abort();
	to = extend_output(writer, bytes);
	memset(to, BUFFER_FILL, bytes);
	memcpy(to + BUFFER_HEADER_BYTES, record, size);
	memset(to + BUFFER_HEADER_BYTES + size, RECORD_PADDING, used - BUFFER_HEADER_BYTES - size);
	facts.bytes_on_disk = (uint32_t)bytes;
	facts.offset = (uint32_t)used;
	put_buffer_header(to, options, &facts);
	end_output(writer, bytes);
	free(record);
}

struct etl_writer *etl_writer_new(const struct etl_writer_options *options)
{
	struct etl_writer *writer = must(calloc(1, sizeof(*writer)));

	writer->options = etl_header_options(options);
	writer->last_time = writer->options.start_clock;
	write_header_buffer(writer);
	return writer;
}

void etl_writer_free(struct etl_writer *writer)
{
	if (!writer)
		return;
	for (size_t i = 0; i < PROCESSORS_MAX; i++)
		free(writer->buffers[i].bytes);
	free(writer->output);
	free(writer->offsets);
	free(writer);
}

static struct processor_buffer *get_buffer(struct etl_writer *writer, uint32_t processor)
{
	struct processor_buffer *buffer;

	if (writer->finished || processor >= PROCESSORS_MAX ||
	    (processor > UINT8_MAX && !writer->options.processor_index))
		abort();
	buffer = &writer->buffers[processor];
	if (!buffer->bytes) {
		buffer->bytes = must(malloc(writer->options.buffer_bytes));
		buffer->used = BUFFER_HEADER_BYTES;
	}
	return buffer;
}

uint8_t *etl_writer_reserve(struct etl_writer *writer, uint32_t processor, uint64_t time,
			    size_t size)
{
	struct processor_buffer *buffer = get_buffer(writer, processor);
	size_t padded = (size + 7) & ~(size_t)7;
	uint8_t *record;

	if (size > RECORD_MAX_BYTES || BUFFER_HEADER_BYTES + padded > writer->options.buffer_bytes)
		abort();
	if (buffer->used + padded > writer->options.buffer_bytes)
		etl_flush(writer, processor, 0);
	record = buffer->bytes + buffer->used;
	memset(record + size, RECORD_PADDING, padded - size);
	buffer->used += (uint32_t)padded;
	if (buffer->last_time < time)
		buffer->last_time = time;
	if (writer->last_time < time)
		writer->last_time = time;
	return record;
}

void etl_write_raw(struct etl_writer *writer, uint32_t processor, uint64_t time, const void *bytes,
		   size_t length)
{
	uint8_t *record = etl_writer_reserve(writer, processor, time, length);

	if (length)
		memcpy(record, bytes, length);
}

/* The header stays plain; gives the length with it. */
static size_t put_compressed(struct etl_writer *writer, const struct processor_buffer *buffer,
			     uint8_t **to)
{
	size_t data_bytes = buffer->used - BUFFER_HEADER_BYTES;

	*to = extend_output(writer, BUFFER_HEADER_BYTES + xpress_bound(data_bytes));
	return BUFFER_HEADER_BYTES + xpress_compress(*to + BUFFER_HEADER_BYTES,
						     buffer->bytes + BUFFER_HEADER_BYTES,
						     data_bytes);
}

static size_t put_plain(struct etl_writer *writer, const struct processor_buffer *buffer,
			size_t bytes, uint8_t **to)
{
	*to = extend_output(writer, bytes);
	memcpy(*to + BUFFER_HEADER_BYTES, buffer->bytes + BUFFER_HEADER_BYTES,
	       buffer->used - BUFFER_HEADER_BYTES);
	memset(*to + buffer->used, BUFFER_FILL, bytes - buffer->used);
	return bytes;
}

/* A buffer that compression would make larger than the session's stays as it is, without its rest.
 */
static size_t put_buffer(struct etl_writer *writer, const struct processor_buffer *buffer,
			 uint16_t *flags, uint8_t **to)
{
	size_t bytes;

	if (!writer->options.compressed)
		return put_plain(writer, buffer, writer->options.buffer_bytes, to);
	bytes = put_compressed(writer, buffer, to);
	if (bytes > writer->options.buffer_bytes)
		return put_plain(writer, buffer, buffer->used, to);
	*flags |= BUFFER_COMPRESSED;
	return bytes;
}

void etl_flush(struct etl_writer *writer, uint32_t processor, uint16_t flags)
{
	struct processor_buffer *buffer = get_buffer(writer, processor);
	bool empty = buffer->used == BUFFER_HEADER_BYTES;
	struct buffer_facts facts = {
		.offset = buffer->used,
		.time = empty ? writer->last_time : buffer->last_time,
		.sequence = writer->offset_count,
		.processor = processor,
		.flags = flags,
		.type = BUFFER_TYPE_GENERIC,
	};
	uint8_t *to;

	if (empty && flags == 0)
		return;
	facts.bytes_on_disk = (uint32_t)put_buffer(writer, buffer, &facts.flags, &to);
	put_buffer_header(to, &writer->options, &facts);
	end_output(writer, facts.bytes_on_disk);
	buffer->used = BUFFER_HEADER_BYTES;
}

const uint8_t *etl_writer_finish(struct etl_writer *writer, size_t *length)
{
	struct etl_header_end end;

	for (uint32_t i = 0; i < PROCESSORS_MAX; i++)
		if (writer->buffers[i].bytes)
			etl_flush(writer, i, 0);
	if (writer->finished)
		abort();
	writer->finished = true;
	end.last_time = writer->last_time;
	end.buffers_written = (uint32_t)writer->offset_count;
	if (!writer->options.not_finalised)
		etl_header_finalise(writer->output + BUFFER_HEADER_BYTES, &writer->options, &end);
	*length = writer->output_bytes;
	return writer->output;
}

size_t etl_buffer_offset(const struct etl_writer *writer, size_t index)
{
	if (index >= writer->offset_count)
		abort();
	return writer->offsets[index];
}

size_t etl_buffer_count(const struct etl_writer *writer)
{
	return writer->offset_count;
}

void etl_save(const char *path, const uint8_t *bytes, size_t length)
{
	FILE *file = must(fopen(path, "wb"));

	if (fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		abort();
}
