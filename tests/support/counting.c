#include "tests/support/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/exposition.h"
#include "tests/support/page.h"
#include "tests/support/posix.h"

#define UNLIMITED  1000000
#define PAGE_BYTES ((size_t)64 << 20)

void counting_init(struct counting *counting, size_t series, size_t event_types)
{
	struct registry_limits limits = {series ? series : UNLIMITED, 128};
	struct aggregator_config config = {.session = "test",
					   .event_types_limit =
						   event_types ? event_types : UNLIMITED,
					   .families = &counting->families,
					   .health = &counting->health};

	memset(counting, 0, sizeof(*counting));
	session_health_init(&counting->health);
	counting->log_file = open_memstream(&counting->log_text, &counting->log_length);
	assert_non_null(counting->log_file);
	counting->log = log_new(counting->log_file, LOG_DEBUG, LOG_LOGFMT);
	counting->registry = registry_new(&limits);
	assert_non_null(counting->registry);
	assert_int_equal(event_families_add(&counting->families, counting->registry), 0);
	config.registry = counting->registry;
	config.log = counting->log;
	counting->aggregator = aggregator_new(&config);
	assert_non_null(counting->aggregator);
}

void counting_done(struct counting *counting)
{
	assert_false(counting->thread_runs);
	trace_queue_free(counting->queue);
	stop_free(counting->stop);
	aggregator_free(counting->aggregator);
	registry_free(counting->registry);
	log_free(counting->log);
	fclose(counting->log_file);
	free(counting->log_text);
	free(counting->page);
}

/* A copy that ends where the bytes end, so that sanitizers see a step outside. */
void counting_feed(struct counting *counting, struct recording *recording, const uint8_t *bytes,
		   size_t length, unsigned int flags)
{
	struct trace_buffer buffer = {.bytes = malloc(length ? length : 1),
				      .capacity = length,
				      .length = length,
				      .recording = recording,
				      .flags = flags};

	assert_non_null(buffer.bytes);
	if (length)
		memcpy(buffer.bytes, bytes, length);
	aggregator_feed(counting->aggregator, &buffer);
	free(buffer.bytes);
}

void counting_feed_all(struct counting *counting, const uint8_t *bytes, size_t length)
{
	struct recording *recording = recording_new();

	assert_non_null(recording);
	counting_feed(counting, recording, bytes, length, 0);
	counting_feed(counting, recording, NULL, 0, TRACE_BUFFER_RECORDING_END);
}

const char *counting_page(struct counting *counting)
{
	struct text text;
	struct exposition exposition = {.out = &text, .format = EXPOSITION_TEXT};

	text_init(&text, PAGE_BYTES);
	registry_expose(counting->registry, &exposition);
	text_char(&text, '\0');
	assert_false(text.failed);
	free(counting->page);
	counting->page = text.bytes;
	return counting->page;
}

const char *counting_log(struct counting *counting)
{
	fflush(counting->log_file);
	return counting->log_text;
}

static double find(struct counting *counting, const char *family, const char *provider,
		   unsigned int event_id, const char *event)
{
	char sample[1024];

	snprintf(sample, sizeof(sample),
		 "%s{session=\"test\",provider=\"%s\",event_id=\"%u\",event=\"%s\"}", family,
		 provider, event_id, event);
	return page_value(counting_page(counting), sample);
}

double counting_events(struct counting *counting, const char *provider, unsigned int event_id,
		       const char *event)
{
	return find(counting, "etw_events_total", provider, event_id, event);
}

double counting_bytes(struct counting *counting, const char *provider, unsigned int event_id,
		      const char *event)
{
	return find(counting, "etw_event_bytes_total", provider, event_id, event);
}

uint64_t counting_total(struct counting *counting)
{
	uint64_t total = (uint64_t)page_sum(counting_page(counting), "etw_events_total");

	assert_int_equal(total, health_get(&counting->health.events));
	return total;
}

void counting_open(struct counting *counting, size_t queue_bytes)
{
	counting->stop = stop_new();
	counting->queue = trace_queue_new(queue_bytes);
	assert_true(counting->stop && counting->queue);
	strcpy(counting->name, "test");
	strcpy(counting->source, "etl");
	counting->config = (struct session_config){
		.name = counting->name,
		.source = counting->source,
		.poll_ns = 1000000,
		.queue_bytes = queue_bytes,
	};
	counting->limits = (struct limits_config){.files = UNLIMITED};
	counting->context = (struct source_context){
		.config = &counting->config,
		.limits = &counting->limits,
		.queue = counting->queue,
		.health = &counting->health,
		.stop = counting->stop,
		.log = counting->log,
		.wants = &counting->wants,
	};
}

static void *run(void *argument)
{
	struct counting *counting = argument;

	aggregator_run(counting->aggregator, counting->queue);
	return NULL;
}

void counting_begin(struct counting *counting)
{
	assert_int_equal(pthread_create(&counting->thread, NULL, run, counting), 0);
	counting->thread_runs = true;
}

void counting_end(struct counting *counting)
{
	trace_queue_stop(counting->queue);
	assert_int_equal(pthread_join(counting->thread, NULL), 0);
	counting->thread_runs = false;
}
