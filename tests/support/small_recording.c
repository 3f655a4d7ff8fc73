#include "tests/support/small_recording.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/little_endian.h"
#include "tests/support/random.h"

#define PAYLOAD_MAX 100

static void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

/* Half of the payloads repeat one byte, so that compressed buffers have a size of their own. */
static void write_events(struct etl_writer *writer, struct random *random, uint32_t processor,
			 uint64_t time)
{
	uint32_t events = 3 + random_below(random, 3);
	uint8_t payload[PAYLOAD_MAX];

	for (uint32_t i = 0; i < events; i++) {
		struct etl_event event = {
			.time = time + i,
			.processor = processor,
			.id = (uint16_t)i,
			.guid = {1, 2, 3},
			.payload = payload,
			.payload_bytes = random_below(random, PAYLOAD_MAX),
		};

		for (size_t at = 0; at < event.payload_bytes; at++)
			payload[at] = i % 2 ? (uint8_t)random_next(random) : (uint8_t)time;
		etl_write_event(writer, &event, 8);
	}
}

struct small_recording small_make(const struct etl_writer_options *options, size_t data_buffers)
{
	struct etl_writer *writer = etl_writer_new(options);
	struct random random = {data_buffers};
	struct small_recording recording = {0};
	const uint8_t *bytes;

	for (size_t i = 0; i < data_buffers; i++) {
		write_events(writer, &random, i % 2, 2000000000 + 100 * i);
		etl_flush(writer, i % 2, 0);
	}
	bytes = etl_writer_finish(writer, &recording.length);
	recording.count = etl_buffer_count(writer);
	if (recording.count != data_buffers + 1 || recording.count > SMALL_BUFFERS_MAX)
		abort();
	recording.bytes = must(malloc(recording.length));
	memcpy(recording.bytes, bytes, recording.length);
	for (size_t i = 0; i < recording.count; i++) {
		recording.at[i] = etl_buffer_offset(writer, i);
		recording.size[i] = (i + 1 < recording.count ? etl_buffer_offset(writer, i + 1)
							     : recording.length) -
				    recording.at[i];
	}
	etl_writer_free(writer);
	return recording;
}

void small_done(struct small_recording *recording)
{
	free(recording->bytes);
	recording->bytes = NULL;
}

void small_append(struct small_recording *recording, struct small_recording *second)
{
	if (recording->count + second->count > SMALL_BUFFERS_MAX)
		abort();
	recording->bytes = must(realloc(recording->bytes, recording->length + second->length));
	memcpy(recording->bytes + recording->length, second->bytes, second->length);
	for (size_t i = 0; i < second->count; i++) {
		recording->at[recording->count] = recording->length + second->at[i];
		recording->size[recording->count++] = second->size[i];
	}
	recording->length += second->length;
	small_done(second);
}

void small_insert(struct small_recording *recording, size_t at, uint8_t value, size_t count)
{
	recording->bytes = must(realloc(recording->bytes, recording->length + count));
	memmove(recording->bytes + at + count, recording->bytes + at, recording->length - at);
	memset(recording->bytes + at, value, count);
	recording->length += count;
	for (size_t i = 0; i < recording->count; i++)
		if (recording->at[i] >= at)
			recording->at[i] += count;
		else if (recording->at[i] + recording->size[i] > at)
			recording->size[i] += count;
}

void small_remove(struct small_recording *recording, size_t at, size_t count)
{
	recording->length -= count;
	memmove(recording->bytes + at, recording->bytes + at + count, recording->length - at);
	for (size_t i = 0; i < recording->count; i++)
		if (recording->at[i] > at)
			recording->at[i] -= count;
		else if (recording->at[i] + recording->size[i] > at)
			recording->size[i] -= count;
}

void small_cut_header(struct small_recording *recording, uint32_t bytes)
{
	small_remove(recording, bytes, recording->size[0] - bytes);
	put_le32(recording->bytes, bytes);
}
