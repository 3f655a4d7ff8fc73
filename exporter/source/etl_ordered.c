#include "exporter/source/etl_ordered.h"

#include "exporter/base/bytes.h"

/* The file became shorter since the index was made. */
static int is_short(const struct input *input, struct error *error)
{
	return error_set(error, "cannot read %s: it was cut while it was read", input->path);
}

/* 1: done, 0: stopped or at the end, -1: see error. */
static int read_entry(const struct source_context *context, const struct etl_index_entry *entry,
		      struct input *input, uint8_t *to, struct error *error)
{
	size_t have = 0;
	ssize_t got;

	if (input->at != entry->at)
		input_seek(input, entry->at);
	while (have < entry->bytes) {
		got = input_read(input, to + have, entry->bytes - have, context->stop, error);
		if (got < 0)
			return -1;
		if (!got)
			return stop_is_set(context->stop) ? 0 : is_short(input, error);
		have += (size_t)got;
	}
	/* As the framer found it; the buffer itself may say otherwise. */
	put_le32(to, entry->bytes);
	return 1;
}

/* Fills one trace buffer from entry `*next` on. As read_entry(). */
static int read_buffer(const struct source_context *context, const struct etl_index *index,
		       size_t *next, struct input *input, struct trace_buffer *buffer,
		       struct error *error)
{
	int result = 1;

	while (result > 0 && *next < index->count) {
		const struct etl_index_entry *entry = &index->entries[*next];

		if (entry->bytes > buffer->capacity - buffer->length)
			break;
		result = read_entry(context, entry, input, buffer->bytes + buffer->length, error);
		if (result <= 0)
			break;
		buffer->length += entry->bytes;
		buffer->complete_until = etl_index_complete_until(index, (*next)++);
		/* What follows is another recording, with a clock of its own. */
		if (buffer->complete_until == UINT64_MAX)
			break;
	}
	return result;
}

int etl_ordered_read(const struct source_context *context, struct recording *recording,
		     const struct etl_index *index, struct input *input, struct error *error)
{
	int result = 1;
	size_t next = 0;

	while (result > 0 && next < index->count) {
		struct trace_buffer *buffer =
			trace_queue_take(context->queue, index->entries[next].bytes);

		if (!buffer) {
			result = error_set(error, "cannot read %s: out of memory", input->path);
			break;
		}
		buffer->recording = recording;
		result = stop_is_set(context->stop)
				 ? 0
				 : read_buffer(context, index, &next, input, buffer, error);
		if (buffer->length)
			trace_queue_put(context->queue, buffer);
		else
			trace_queue_untake(context->queue, buffer);
	}
	trace_queue_end_recording(context->queue, recording);
	return result < 0 ? -1 : 0;
}
