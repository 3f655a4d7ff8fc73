/*
 * Any bytes as a recording, through reader, queue and aggregator: all of them are looked at once,
 * and what is counted is what the health numbers say; read at once, and while it grows.
 *
 * Small recordings are put into the corpus to begin with.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "exporter/aggregator/aggregator.h"
#include "exporter/source/etl_reader.h"
#include "tests/support/fuzz_corpus.h"
#include "tests/support/random.h"
#include "tests/support/small_recording.h"

#define SHARED_MAX_BYTES 40000
#define PIECES		 6
/* Of memory that is never written to: one thread fills the queue before it empties it. */
#define QUEUE_BYTES ((size_t)1 << 30)
/* So that all of them are reached. */
#define SERIES_LIMIT 41
#define TYPES_LIMIT  30

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static uint64_t sum_events(const struct event_types *types)
{
	uint64_t sum = cell_value(types->overflow.events);
	size_t i;

	for (i = 0; i <= types->mask; i++)
		if (types->slots[i].type && !types->slots[i].type->events_overflow)
			sum += cell_value(types->slots[i].type->events);
	return sum;
}

static void count(struct trace_queue *queue, struct session_health *health)
{
	const struct registry_limits limits = {.series = SERIES_LIMIT, .label_bytes = 20};
	struct registry *registry = registry_new(&limits);
	struct event_families families;
	struct aggregator_config config = {.session = "fuzz",
					   .event_types_limit = TYPES_LIMIT,
					   .registry = registry,
					   .families = &families,
					   .health = health};
	struct aggregator *aggregator;

	require(registry && !event_families_add(&families, registry));
	aggregator = aggregator_new(&config);
	require(aggregator != NULL);
	aggregator_run(aggregator, queue);
	require(sum_events(aggregator_event_types(aggregator)) == health_get(&health->events));
	aggregator_free(aggregator);
	registry_free(registry);
}

/* As a follower does: what has come so far, and the header again. */
static void read_pieces(struct etl_reader *reader, struct input *input)
{
	const uint8_t *data = input->memory;
	size_t size = input->bytes;
	struct random random = {size};
	struct error error;
	size_t i;

	for (i = 1; i < PIECES; i++) {
		input->bytes = reader->looked +
			       random_below(&random, (uint32_t)(size - reader->looked) + 1);
		input->at = reader->looked;
		if (input->bytes)
			etl_reader_header_again(reader, data, input->bytes);
		etl_reader_read(reader, input, false, &error);
		etl_reader_forget(reader);
		require(reader->looked <= input->bytes);
	}
	input->at = reader->looked;
	input->bytes = size;
}

static void run(const uint8_t *data, size_t size, bool grows)
{
	struct session_config config = {.queue_bytes = QUEUE_BYTES};
	struct session_health health;
	struct source_context context = {.config = &config, .health = &health};
	struct input input = {.path = "fuzz", .fd = -1, .memory = data, .bytes = size};
	struct etl_reader reader;
	struct error error;
	bool read;

	session_health_init(&health);
	context.stop = stop_new();
	context.queue = trace_queue_new(QUEUE_BYTES);
	require(context.stop && context.queue && !etl_reader_init(&reader, &context, &error));
	if (grows)
		read_pieces(&reader, &input);
	read = !etl_reader_read(&reader, &input, true, &error);
	require(health_get(&health.bytes) == size);
	require(read == (reader.buffers > 0));
	health_malformed(&health, etl_framer_end(&reader.framer));
	etl_reader_done(&reader);
	trace_queue_stop(context.queue);
	count(context.queue, &health);
	require(health_get(&health.buffers) * ETL_BUFFER_HEADER_BYTES +
			health_get(&health.bytes_skipped) <=
		size);
	trace_queue_free(context.queue);
	stop_free(context.stop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(data, size, false);
	run(data, size, true);
	return 0;
}

static void save_written(const char *corpus)
{
	static const struct {
		const char *name;
		struct etl_writer_options options;
	} seeds[] = {
		{"plain", {.buffer_bytes = 1024}},
		{"compressed", {.buffer_bytes = 1024, .compressed = true}},
		{"small", {.buffer_bytes = 1024, .pointer_bytes = 4, .not_finalised = true}},
		{"preallocated", {.buffer_bytes = 1024, .log_file_mode = 0x20, .events_lost = 3}},
		{"system_time", {.buffer_bytes = 2048, .clock = ETL_CLOCK_SYSTEM_TIME}},
	};
	struct small_recording all = small_make(&seeds[0].options, 2);
	size_t i;

	for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct small_recording recording = small_make(&seeds[i].options, 4);

		fuzz_corpus_save(corpus, seeds[i].name, recording.bytes, recording.length);
		small_append(&all, &recording);
	}
	fuzz_corpus_save(corpus, "all", all.bytes, all.length);
	small_done(&all);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *corpus = fuzz_corpus_of(*argc, *argv);

	if (!corpus)
		return 0;
	save_written(corpus);
	fuzz_corpus_save_shared(corpus, SHARED_MAX_BYTES);
	return 0;
}
