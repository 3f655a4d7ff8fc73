#include "tests/support/rule_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/source/etl_reader.h"
#include "metrics/exposition.h"
#include "tests/support/page.h"
#include "tests/support/rule_text.h"

#define PAGE_BYTES  ((size_t)64 << 20)
#define QUEUE_BYTES ((size_t)1 << 30)
#define START_CLOCK 1000000000
#define TICKS_A_MS  10000

static struct aggregator *make_aggregator(struct rule_rig *rig, const struct rule_set *set,
					  struct shard *shard)
{
	const struct aggregator_config config = {.session = rig->session,
						 .event_types_limit = 65536,
						 .registry = rig->registry,
						 .families = &rig->families,
						 .rules = set,
						 .shard = shard,
						 .health = &rig->health};
	struct aggregator *aggregator = aggregator_new(&config);

	assert_non_null(aggregator);
	return aggregator;
}

void rule_rig_init(struct rule_rig *rig, const char *session, const char *metrics)
{
	struct registry_limits limits = {.series = 1000000, .label_bytes = 128};

	memset(rig, 0, sizeof(*rig));
	rig->session = session;
	session_health_init(&rig->health);
	rig->config = rule_text_config(metrics);
	rig->registry = registry_new(&limits);
	assert_non_null(rig->registry);
	assert_int_equal(event_families_add(&rig->families, rig->registry), 0);
	rig->set = rule_set_new(rig->config, rig->registry);
	assert_non_null(rig->set);
	rig->aggregator = make_aggregator(rig, rig->set, NULL);
	rig->writer = etl_writer_new(NULL);
}

void rule_rig_succeed(struct rule_rig *rig, const struct rule_set *set)
{
	struct aggregator *before = rig->aggregator;

	rig->aggregator = make_aggregator(rig, set, aggregator_shard(before));
	aggregator_succeed(rig->aggregator, before);
	aggregator_free(before);
}

void rule_rig_init_counter(struct rule_rig *rig, const char *more)
{
	char metrics[1024];
	int length = snprintf(metrics, sizeof(metrics),
			      "[{name: a_total, help: h, type: counter, match: {provider: Test-1}, "
			      "%s}]",
			      more);

	assert_in_range(length, 1, sizeof(metrics) - 1);
	rule_rig_init(rig, "test", metrics);
}

void rule_rig_done(struct rule_rig *rig)
{
	etl_writer_free(rig->writer);
	aggregator_free(rig->aggregator);
	registry_free(rig->registry);
	rule_set_free(rig->set);
	config_free(rig->config);
	free(rig->page);
}

uint64_t rule_rig_time(uint64_t ms)
{
	return START_CLOCK + ms * TICKS_A_MS;
}

static void read_all(struct rule_rig *rig, const uint8_t *bytes, size_t length,
		     struct trace_queue *queue)
{
	struct session_config config = {.queue_bytes = QUEUE_BYTES};
	struct source_context context = {
		.config = &config, .health = &rig->health, .queue = queue, .stop = stop_new()};
	struct input input = {.path = "memory", .fd = -1, .memory = bytes, .bytes = length};
	struct etl_reader reader;
	struct error error;

	assert_non_null(context.stop);
	assert_int_equal(etl_reader_init(&reader, &context, &error), 0);
	reader.recording->comes_again = rig->loops;
	assert_int_equal(etl_reader_read(&reader, &input, true, &error), 0);
	etl_reader_done(&reader);
	stop_free(context.stop);
}

/* A session that loops does not stop between. */
static void count(struct rule_rig *rig, struct trace_queue *queue)
{
	struct trace_buffer *buffer;

	trace_queue_stop(queue);
	while (rig->loops) {
		buffer = trace_queue_get(queue);
		if (buffer->flags & TRACE_BUFFER_STOP)
			return;
		aggregator_feed(rig->aggregator, buffer);
		trace_queue_recycle(queue, buffer);
	}
	aggregator_run(rig->aggregator, queue);
}

void rule_rig_run(struct rule_rig *rig)
{
	struct trace_queue *queue = trace_queue_new(QUEUE_BYTES);
	const uint8_t *bytes;
	size_t length;

	assert_non_null(queue);
	bytes = etl_writer_finish(rig->writer, &length);
	read_all(rig, bytes, length, queue);
	count(rig, queue);
	trace_queue_free(queue);
	etl_writer_free(rig->writer);
	rig->writer = etl_writer_new(NULL);
}

const char *rule_rig_page(struct rule_rig *rig)
{
	struct text text;
	struct exposition exposition = {.out = &text, .format = EXPOSITION_TEXT};

	text_init(&text, PAGE_BYTES);
	registry_expose(rig->registry, &exposition);
	text_char(&text, '\0');
	assert_false(text.failed);
	free(rig->page);
	rig->page = text.bytes;
	return rig->page;
}

double rule_rig_value(struct rule_rig *rig, const char *sample)
{
	return page_value(rule_rig_page(rig), sample);
}

void rule_rig_check(struct rule_rig *rig, const char *sample, double expected)
{
	double value = rule_rig_value(rig, sample);

	if (value == expected)
		return;
	print_error("%s is %g, not %g; the page:\n%s", sample, value, expected, rule_rig_page(rig));
	fail();
}

const struct rule_health *rule_rig_health(const struct rule_rig *rig, size_t rule)
{
	return &rules_rule(aggregator_rules(rig->aggregator), rule)->health;
}

uint64_t rule_rig_errors(const struct rule_rig *rig, size_t rule, enum rule_error error)
{
	return health_get(&rule_rig_health(rig, rule)->errors[error]);
}

uint64_t rule_rig_all_errors(const struct rule_rig *rig, size_t rule)
{
	uint64_t sum = 0;
	int error;

	for (error = 0; error < RULE_ERROR_COUNT; error++)
		sum += rule_rig_errors(rig, rule, (enum rule_error)error);
	return sum;
}
