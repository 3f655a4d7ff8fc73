/*
 * Writes a recording of two processors for the end-to-end tests: event 1 on the first, event 2 on
 * the second a little later, again and again, by one process; buffers of the second stand seconds
 * behind those of the first.
 *
 *   tool_cpus_recording PAIRS COMPRESSED FILE
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/etl_writer.h"

enum {
	START_CLOCK = 1000000000,
	PERIOD = 100000, /* 10 ms, from one pair to the next */
	DURATION = 5000, /* 0.5 ms, one to seven times: from start to end */
	DURATIONS = 7,
	EVENTS_PER_BUFFER = 10, /* of the first processor: 100 ms */
};

static void write_pairs(struct etl_writer *writer, uint64_t pairs)
{
	struct etl_event event = {.guid = {1}, .pid = 42, .tid = 43, .level = 4};
	uint64_t i;

	for (i = 0; i < pairs; i++) {
		event.time = START_CLOCK + (i + 1) * PERIOD;
		event.id = 1;
		event.processor = 0;
		etl_write_event(writer, &event, 8);
		event.time += (i % DURATIONS + 1) * DURATION;
		event.id = 2;
		event.processor = 1;
		etl_write_event(writer, &event, 8);
		if ((i + 1) % EVENTS_PER_BUFFER == 0)
			etl_flush(writer, 0, 0);
	}
}

int main(int argc, char **argv)
{
	struct etl_writer_options options = {.processors = 2, .start_clock = START_CLOCK};
	struct etl_writer *writer;
	const uint8_t *bytes;
	size_t length;

	if (argc != 4) {
		fprintf(stderr, "usage: tool_cpus_recording PAIRS COMPRESSED FILE\n");
		return 2;
	}
	options.compressed = atoi(argv[2]) != 0;
	writer = etl_writer_new(&options);
	write_pairs(writer, strtoull(argv[1], NULL, 10));
	bytes = etl_writer_finish(writer, &length);
	etl_save(argv[3], bytes, length);
	etl_writer_free(writer);
	return 0;
}
