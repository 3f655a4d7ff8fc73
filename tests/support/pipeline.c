#include "tests/support/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "exporter/aggregator.h"
#include "exporter/source/etl_reader.h"

#define LIMIT 65536
/* For the largest buffer that damage can ask for. */
#define QUEUE_SPARE (4 * (size_t)ETL_FRAME_MAX_BYTES)

static uint64_t sum_events(const struct event_types *types)
{
	uint64_t sum = cell_value(types->overflow.events);
	size_t i;

	for (i = 0; i <= types->mask; i++)
		if (types->slots[i].type && !types->slots[i].type->events_overflow)
			sum += event_type_events(types->slots[i].type);
	return sum;
}

static void count(struct trace_queue *queue, struct pipeline_result *result)
{
	const struct registry_limits limits = {.series = 2 * LIMIT, .label_bytes = 128};
	struct registry *registry = registry_new(&limits);
	struct event_families families;
	struct aggregator_config config = {.session = "test",
					   .event_types_limit = LIMIT,
					   .registry = registry,
					   .families = &families,
					   .health = &result->health};
	struct aggregator *aggregator;

	assert_non_null(registry);
	assert_int_equal(event_families_add(&families, registry), 0);
	aggregator = aggregator_new(&config);
	assert_non_null(aggregator);
	aggregator_run(aggregator, queue);
	result->counted = sum_events(aggregator_event_types(aggregator));
	aggregator_free(aggregator);
	registry_free(registry);
}

/* The queue holds all of it, so that one thread can first read, then count. */
void pipeline_run(const uint8_t *bytes, size_t length, struct pipeline_result *result)
{
	struct session_config config = {.queue_bytes = length * 2 + QUEUE_SPARE};
	struct source_context context = {.config = &config, .health = &result->health};
	struct input input = {.path = "memory", .fd = -1, .memory = bytes, .bytes = length};
	struct etl_reader reader;
	struct error error;

	session_health_init(&result->health);
	context.stop = stop_new();
	context.queue = trace_queue_new(config.queue_bytes);
	assert_true(context.stop && context.queue);
	assert_int_equal(etl_reader_init(&reader, &context, &error), 0);
	result->refused = etl_reader_read(&reader, &input, true, &error) != 0;
	health_malformed(&result->health, etl_framer_end(&reader.framer));
	etl_reader_done(&reader);
	trace_queue_stop(context.queue);
	count(context.queue, result);
	trace_queue_free(context.queue);
	stop_free(context.stop);
}
