#include "tests/support/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LIMIT 65536
/* For the largest buffer that damage can ask for. */
#define QUEUE_SPARE (4 * (size_t)ETL_FRAME_MAX_BYTES)

static void open_aggregator(struct pipeline *pipeline)
{
	const struct registry_limits limits = {.series = 2 * LIMIT, .label_bytes = 128};
	struct aggregator_config config = {.session = "test",
					   .event_types_limit = LIMIT,
					   .families = &pipeline->families,
					   .health = &pipeline->health};

	pipeline->registry = registry_new(&limits);
	assert_non_null(pipeline->registry);
	assert_int_equal(event_families_add(&pipeline->families, pipeline->registry), 0);
	config.registry = pipeline->registry;
	pipeline->aggregator = aggregator_new(&config);
	assert_non_null(pipeline->aggregator);
}

void pipeline_open(struct pipeline *pipeline, const uint8_t *bytes, size_t length)
{
	struct source_context *context = &pipeline->context;
	struct error error;

	memset(pipeline, 0, sizeof(*pipeline));
	session_health_init(&pipeline->health);
	pipeline->input =
		(struct input){.path = "memory", .fd = -1, .memory = bytes, .bytes = length};
	pipeline->config.queue_bytes = length * 2 + QUEUE_SPARE;
	context->config = &pipeline->config;
	context->health = &pipeline->health;
	context->stop = stop_new();
	context->queue = trace_queue_new(pipeline->config.queue_bytes);
	assert_true(context->stop && context->queue);
	assert_int_equal(etl_reader_init(&pipeline->reader, context, &error), 0);
	open_aggregator(pipeline);
}

void pipeline_read(struct pipeline *pipeline)
{
	struct etl_reader *reader = &pipeline->reader;
	struct error error;

	pipeline->refused = etl_reader_read(reader, &pipeline->input, true, &error) != 0;
	health_malformed(&pipeline->health, etl_framer_end(&reader->framer));
	etl_reader_done(reader);
}

void pipeline_count(struct pipeline *pipeline)
{
	struct trace_queue *queue = pipeline->context.queue;

	while (trace_queue_depth(queue) > 0) {
		struct trace_buffer *buffer = trace_queue_get(queue);

		aggregator_feed(pipeline->aggregator, buffer);
		trace_queue_recycle(queue, buffer);
	}
}

uint64_t pipeline_finish(struct pipeline *pipeline)
{
	const struct event_types *types = aggregator_event_types(pipeline->aggregator);
	uint64_t sum;
	size_t i;

	trace_queue_stop(pipeline->context.queue);
	aggregator_run(pipeline->aggregator, pipeline->context.queue);
	sum = cell_value(types->overflow.events);
	for (i = 0; i <= types->mask; i++)
		if (types->slots[i].type && !types->slots[i].type->events_overflow)
			sum += event_type_events(types->slots[i].type);
	return sum;
}

void pipeline_close(struct pipeline *pipeline)
{
	aggregator_free(pipeline->aggregator);
	registry_free(pipeline->registry);
	trace_queue_free(pipeline->context.queue);
	stop_free(pipeline->context.stop);
}
