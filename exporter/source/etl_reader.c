#include "exporter/source/etl_reader.h"

#include <stdlib.h>
#include <string.h>

/* What has no buffer in its first bytes, as many as the largest buffer twice, is something else. */
#define RECOGNISE_BYTES (2 * (uint64_t)ETL_BUFFER_MAX_BYTES)

int etl_reader_init(struct etl_reader *reader, const struct source_context *context,
		    struct error *error)
{
	memset(reader, 0, sizeof(*reader));
	reader->context = context;
	etl_framer_init(&reader->framer);
	reader->recording = recording_new();
	return reader->recording ? 0 : error_set(error, "out of memory");
}

size_t etl_reader_forget(struct etl_reader *reader)
{
	size_t bytes = reader->carry_bytes;

	free(reader->carry);
	reader->carry = NULL;
	reader->carry_capacity = 0;
	reader->carry_bytes = 0;
	reader->need = 0;
	return bytes;
}

/*
 * A buffer with the carry at its beginning; NULL: out of memory. It has room for more than what is
 * needed: a recording may ask for much and give little of it free, again and again, and all of the
 * carry is copied each time.
 */
static struct trace_buffer *take(struct etl_reader *reader)
{
	size_t need = reader->need > reader->carry_bytes ? reader->need : reader->carry_bytes + 1;
	struct trace_buffer *buffer = trace_queue_take(reader->context->queue, need + need / 8);

	if (buffer && reader->carry_bytes)
		memcpy(buffer->bytes, reader->carry, reader->carry_bytes);
	return buffer;
}

static int keep(struct etl_reader *reader, const uint8_t *bytes, size_t count)
{
	uint8_t *grown;

	if (count > reader->carry_capacity) {
		grown = realloc(reader->carry, count);
		if (!grown)
			return -1;
		reader->carry = grown;
		reader->carry_capacity = count;
	}
	if (count)
		memcpy(reader->carry, bytes, count);
	reader->carry_bytes = count;
	return 0;
}

/* How much to read: whole buffers, where their size is known, leave no beginning of the next
 * behind. */
static size_t read_size(const struct etl_reader *reader, const struct trace_buffer *buffer)
{
	size_t stride = reader->framer.stride;

	if (!stride || stride > buffer->capacity || reader->carry_bytes % stride)
		return buffer->capacity - reader->carry_bytes;
	return buffer->capacity / stride * stride - reader->carry_bytes;
}

static bool is_paced(const struct etl_reader *reader)
{
	return reader->context->config->pace == PACE_RECORDED;
}

/* At recorded speed: whether what stands here need not wait for its time. */
static bool is_due(const struct etl_reader *reader, const uint8_t *bytes, size_t count)
{
	struct etl_buffer buffer;

	if (count < ETL_BUFFER_HEADER_BYTES)
		return true;
	etl_buffer_read(bytes, &buffer);
	return buffer.type != ETL_BUFFER_TYPE_HEADER &&
	       pacer_is_due(&reader->pacer, &reader->framer.header, buffer.timestamp);
}

/*
 * Frames what stands in the buffer and moves it together over what is of no buffer. Returns how
 * many bytes were looked at; buffer->length is what there is to hand on. At recorded speed that is
 * one ETW buffer, and those behind it that are due, too.
 */
static size_t frame(struct etl_reader *reader, struct trace_buffer *buffer, size_t have, bool last)
{
	struct session_health *health = reader->context->health;
	size_t at = 0;

	reader->need = 0;
	while (at < have && !(buffer->length && is_paced(reader) &&
			      !is_due(reader, buffer->bytes + at, have - at))) {
		struct etl_framed framed =
			etl_frame(&reader->framer, buffer->bytes + at, have - at, last);

		if (framed.frame == ETL_FRAME_MORE) {
			reader->need = framed.bytes;
			break;
		}
		if (framed.frame == ETL_FRAME_WAIT) {
			reader->at_end = true;
			break;
		}
		health_malformed(health, framed.malformed);
		if (framed.frame == ETL_FRAME_BUFFER) {
			if (at != buffer->length)
				memmove(buffer->bytes + buffer->length, buffer->bytes + at,
					framed.bytes);
			if (reader->index)
				etl_index_add(reader->index, reader->looked + at,
					      buffer->bytes + buffer->length, framed.bytes);
			buffer->length += framed.bytes;
			reader->buffers++;
		} else {
			health_add(&health->bytes_skipped, framed.bytes);
		}
		at += framed.bytes;
	}
	health_add(&health->bytes, at);
	reader->looked += at;
	return at;
}

static void hand_on(struct etl_reader *reader, struct trace_buffer *buffer)
{
	struct trace_queue *queue = reader->context->queue;

	if (!buffer->length || reader->is_silent) {
		trace_queue_untake(queue, buffer);
		return;
	}
	if (is_paced(reader)) {
		struct etl_buffer header;

		etl_buffer_read(buffer->bytes, &header);
		pacer_wait(&reader->pacer, &reader->framer.header, header.timestamp,
			   reader->context->stop);
		buffer->shift_ns = reader->pacer.shift_ns;
	}
	buffer->recording = reader->recording;
	reader->handed_on = true;
	trace_queue_put(queue, buffer);
}

/* Reads behind the carry, unless there may be enough in that for a replay at recorded speed. */
static ssize_t fill(struct etl_reader *reader, struct input *input, struct trace_buffer *buffer,
		    struct error *error)
{
	size_t have = reader->carry_bytes;
	ssize_t got;

	if (reader->at_end || (is_paced(reader) && have && reader->need <= have))
		return 0;
	got = input_read(input, buffer->bytes + have, read_size(reader, buffer),
			 reader->context->stop, error);
	reader->at_end = got == 0;
	return got;
}

/* Takes, fills, frames and hands on one trace buffer. 1: go on, 0: at the end, -1: see error. */
static int read_buffer(struct etl_reader *reader, struct input *input, bool last,
		       struct error *error)
{
	struct trace_buffer *buffer = take(reader);
	size_t have, looked;
	ssize_t got;

	if (!buffer)
		return error_set(error, "cannot read %s: out of memory", input->path);
	got = fill(reader, input, buffer, error);
	if (got < 0) {
		trace_queue_untake(reader->context->queue, buffer);
		return -1;
	}
	have = reader->carry_bytes + (size_t)got;
	looked = frame(reader, buffer, have, last && reader->at_end);
	if (keep(reader, buffer->bytes + looked, have - looked)) {
		trace_queue_untake(reader->context->queue, buffer);
		return error_set(error, "cannot read %s: out of memory", input->path);
	}
	hand_on(reader, buffer);
	return !reader->at_end || (looked > 0 && reader->carry_bytes > 0);
}

int etl_reader_not_a_recording(const struct etl_reader *reader, const struct input *input,
			       struct error *error)
{
	if (!reader->looked)
		return error_set(error, "%s is empty", input->path);
	return error_set(error, "%s is not a trace recording: no trace buffer was found in it",
			 input->path);
}

int etl_reader_read(struct etl_reader *reader, struct input *input, bool last, struct error *error)
{
	int result = 1;

	reader->at_end = false;
	reader->framer.growing = !last;
	while (result > 0 && !stop_is_set(reader->context->stop)) {
		result = read_buffer(reader, input, last, error);
		if (!reader->buffers && reader->looked > RECOGNISE_BYTES)
			return etl_reader_not_a_recording(reader, input, error);
	}
	/* A stop looks like the end. */
	if (result == 0 && last && !reader->buffers && !stop_is_set(reader->context->stop))
		return etl_reader_not_a_recording(reader, input, error);
	return result < 0 ? -1 : 0;
}

void etl_reader_header_again(struct etl_reader *reader, const uint8_t *bytes, size_t count)
{
	struct trace_buffer *buffer = trace_queue_take(reader->context->queue, count);

	if (!buffer)
		return;
	memcpy(buffer->bytes, bytes, count);
	buffer->length = count;
	buffer->recording = reader->recording;
	buffer->flags = TRACE_BUFFER_HEADER_ONLY;
	reader->handed_on = true;
	trace_queue_put(reader->context->queue, buffer);
}

void etl_reader_done(struct etl_reader *reader)
{
	free(reader->carry);
	reader->carry = NULL;
	if (reader->handed_on)
		trace_queue_end_recording(reader->context->queue, reader->recording);
	else
		recording_free(reader->recording);
	reader->recording = NULL;
	reader->handed_on = false;
}
