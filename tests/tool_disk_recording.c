/*
 * Writes a recording of a disk that reads, for comparisons of baselines, as its options say:
 *
 *   tool_disk_recording [--NAME=NUMBER ...] FILE
 *
 * Recordings of another seed are of the same machine that does the same.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/etl_writer.h"
#include "tests/support/payload.h"
#include "tests/support/random.h"

enum {
	DISK_IO = 0x01, /* the group of the kernel's class */
	DISK_READ = 10,
	DISK_IO_VERSION = 3,
	POINTER_BYTES = 8,
	START_CLOCK = 1000000000,
	TICKS_PER_SECOND = 10000000,
	MEDIAN_TICKS = 20000,
	READ_BYTES = 4096,
	SPREAD = 21, /* of how many reads there are in a second */
	UNIFORMS = 12,
};

enum {
	SEED,
	OF_SECONDS,
	READS,
	LATENCY,
	LOST_EVENTS,
	LOST_BUFFERS,
	OPTION_COUNT
};

static struct {
	const char *name;
	uint64_t value; /* the default at first */
} options[OPTION_COUNT] = {
	[SEED] = {"seed", 1},
	[OF_SECONDS] = {"seconds", 60},
	[READS] = {"reads", 200},     /* a second */
	[LATENCY] = {"latency", 100}, /* in percent of what is usual */
	[LOST_EVENTS] = {"events-lost", 0},
	[LOST_BUFFERS] = {"buffers-lost", 0},
};

static bool parse_option(const char *word)
{
	const char *equals = strchr(word, '=');

	for (size_t i = 0; equals && i < OPTION_COUNT; i++) {
		size_t length = strlen(options[i].name);

		if (strncmp(word, "--", 2) != 0 || word + 2 + length != equals ||
		    strncmp(word + 2, options[i].name, length) != 0)
			continue;
		options[i].value = strtoull(equals + 1, NULL, 0);
		return true;
	}
	return false;
}

/* Nearly normal: a sum of uniform numbers. */
static double normal(struct random *random)
{
	double sum = -UNIFORMS / 2.0;

	for (int i = 0; i < UNIFORMS; i++)
		sum += random_below(random, 1 << 30) / (double)(1 << 30);
	return sum;
}

static void write_read(struct etl_writer *writer, struct random *random, uint64_t time)
{
	struct etl_classic record = {
		.time = time, .group = DISK_IO, .type = DISK_READ, .version = DISK_IO_VERSION};
	double ticks = MEDIAN_TICKS * exp(normal(random) / 2) * (double)options[LATENCY].value;
	struct payload payload = {0};

	payload_u32(&payload, 0); /* disk */
	payload_u32(&payload, 0);
	payload_u32(&payload, READ_BYTES);
	payload_u32(&payload, 0);
	payload_u64(&payload, 0);
	payload_u64(&payload, 0);
	payload_u64(&payload, 0);
	payload_u64(&payload, (uint64_t)(ticks / 100));
	payload_u32(&payload, 0);
	record.payload = payload.bytes;
	record.payload_bytes = payload.length;
	etl_write_perfinfo(writer, &record, POINTER_BYTES);
}

static void write_second(struct etl_writer *writer, struct random *random, uint64_t second)
{
	uint64_t reads = options[READS].value + random_below(random, SPREAD);

	for (uint64_t i = 0; i < reads; i++)
		write_read(writer, random,
			   START_CLOCK + second * TICKS_PER_SECOND +
				   i * (TICKS_PER_SECOND / reads));
}

int main(int argc, char **argv)
{
	struct etl_writer_options writer_options = {.processors = 1, .start_clock = START_CLOCK};
	struct etl_writer *writer;
	struct random random;
	const uint8_t *bytes;
	size_t length;
	int i;

	for (i = 1; i < argc - 1 && parse_option(argv[i]); i++)
		;
	if (argc < 2 || i < argc - 1) {
		fprintf(stderr, "usage: tool_disk_recording [--NAME=NUMBER ...] FILE\n");
		return 2;
	}
	writer_options.events_lost = (uint32_t)options[LOST_EVENTS].value;
	writer_options.buffers_lost = (uint32_t)options[LOST_BUFFERS].value;
	writer = etl_writer_new(&writer_options);
	random.state = options[SEED].value;
	for (uint64_t second = 0; second < options[OF_SECONDS].value; second++)
		write_second(writer, &random, second);
	bytes = etl_writer_finish(writer, &length);
	etl_save(argv[argc - 1], bytes, length);
	etl_writer_free(writer);
	return 0;
}
