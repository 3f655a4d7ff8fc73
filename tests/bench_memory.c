/*
 * What a series of a rule takes in memory: the registry's part, with its label text, and that of
 * the rule's cache, which finds a cell by the bytes of an event's fields.
 *
 * usage: bench_memory
 *
 * Each row is a recording in which every event has a key of its own, counted by the exporter's own
 * aggregator, with one page made of it. The registry's part is measured alone, with the same
 * labels. What both take whatever the number of series is taken off. Not run with the tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "exporter/aggregator/aggregator.h"
#include "exporter/rule/rule_set.h"
#include "metrics/exposition.h"
#include "tests/support/bench_measure.h"
#include "tests/support/tl_writer.h"

#define BEYOND_TEXT_AT_MOST 250.0
#define LABELS_MAX	    4
#define VALUE_BYTES	    64
#define PAGE_LIMIT	    (512u << 20)

struct kind {
	const char *name;
	const char *labels; /* of the rule */
	const char *names[LABELS_MAX];
	size_t label_count;
	/* The values of the number-th series, as text and as an event's fields. */
	void (*write)(uint32_t number, char values[LABELS_MAX][VALUE_BYTES],
		      struct tl_event *event);
};

static void write_numbers(uint32_t number, char values[LABELS_MAX][VALUE_BYTES],
			  struct tl_event *event)
{
	uint32_t disk = number % 64, queue = 10000 + number / 64;

	snprintf(values[0], VALUE_BYTES, "%u", disk);
	snprintf(values[1], VALUE_BYTES, "%u", queue);
	tl_u32(event, "Disk", disk);
	tl_u32(event, "Queue", queue);
}

static void write_texts(uint32_t number, char values[LABELS_MAX][VALUE_BYTES],
			struct tl_event *event)
{
	snprintf(values[0], VALUE_BYTES, "host-%06u.example.com", number);
	snprintf(values[1], VALUE_BYTES, "%u", number % 8);
	tl_utf16(event, "Name", values[0]);
	tl_u32(event, "Disk", number % 8);
}

static const struct kind kinds[] = {
	{"two integers", "{disk: Disk, queue: Queue}", {"disk", "queue"}, 2, write_numbers},
	{"a text, an integer", "{name: Name, disk: Disk}", {"name", "disk"}, 2, write_texts},
};

/* The cache grows in steps, and beyond 65,536 it forgets what it has. */
static const uint32_t counts[] = {10000, 20000, 30000, 40000, 50000, 65536, 100000};

static void fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static void *require(void *pointer)
{
	if (!pointer)
		fail("out of memory");
	return pointer;
}

static void make_page(struct registry *registry)
{
	struct metrics_page *page = require(metrics_page_new(registry));
	struct text text;

	text_init(&text, PAGE_LIMIT);
	metrics_page_render(page, EXPOSITION_TEXT, &text);
	if (text.failed)
		fail("a page cannot be made");
	text_done(&text);
	metrics_page_free(page);
}

/* The registry alone. */
static size_t measure_registry(const struct kind *kind, uint32_t count)
{
	const struct registry_limits limits = {.series = 200000, .label_bytes = 128};
	const struct family_info info = {.name = "series_total",
					 .help = "h",
					 .type = METRIC_COUNTER,
					 .labels = kind->names,
					 .label_count = kind->label_count};
	size_t before = bench_memory_in_use(), after;
	struct registry *registry = require(registry_new(&limits));
	struct shard *shard = require(shard_new(registry));
	struct family *family = require(registry_family(registry, &info));
	char values[LABELS_MAX][VALUE_BYTES];
	const char *pointers[LABELS_MAX] = {values[0], values[1], values[2], values[3]};
	bool overflow;

	for (uint32_t i = 0; i < count; i++) {
		struct tl_event unused = {0};

		kind->write(i, values, &unused);
		cell_add(shard_series_cell(shard, family, pointers, &overflow), 1);
	}
	make_page(registry);
	after = bench_memory_in_use();
	registry_free(registry);
	return after - before;
}

static struct etl_writer *write_recording(const struct kind *kind, uint32_t count)
{
	struct etl_writer *writer = require(etl_writer_new(&(struct etl_writer_options){0}));
	char values[LABELS_MAX][VALUE_BYTES];

	for (uint32_t i = 0; i < count; i++) {
		struct tl_event event;

		tl_begin(&event, 1, "Done");
		kind->write(i, values, &event);
		event.event.time = 1000001000 + i;
		tl_write(writer, &event);
	}
	return writer;
}

static void feed(struct aggregator *aggregator, const uint8_t *bytes, size_t length)
{
	static uint8_t block[BENCH_BLOCK_BYTES];
	struct trace_buffer buffer = {.bytes = block, .recording = require(recording_new())};

	for (size_t at = 0; at < length; at += buffer.length) {
		buffer.length = length - at < sizeof(block) ? length - at : sizeof(block);
		memcpy(block, bytes + at, buffer.length);
		aggregator_feed(aggregator, &buffer);
	}
	buffer.length = 0;
	buffer.flags = TRACE_BUFFER_RECORDING_END;
	aggregator_feed(aggregator, &buffer);
}

static struct config *make_config(const struct kind *kind)
{
	struct problems problems;
	struct config *config;
	char text[512];
	int length = snprintf(text, sizeof(text),
			      "sessions: [{name: bench, path: a.etl}]\nlimits: {series: 200000}\n"
			      "metrics: [{name: series_total, help: h, type: counter, "
			      "match: {provider: Test-1}, labels: %s}]\n",
			      kind->labels);

	problems_init(&problems);
	config = require(config_parse_text("bench", text, (size_t)length, &problems));
	problems_done(&problems);
	return config;
}

/* Registry, aggregator and rule with as many series. */
static size_t measure_rule(const struct kind *kind, const struct config *config, uint32_t count)
{
	const struct registry_limits limits = {.series = 200000, .label_bytes = 128};
	struct etl_writer *writer = write_recording(kind, count);
	size_t length, before, after;
	const uint8_t *bytes = etl_writer_finish(writer, &length);
	struct event_families families;
	struct session_health health;
	struct aggregator_config aggregator_config = {
		.session = "bench",
		.event_types_limit = 1000,
		.families = &families,
		.health = &health,
	};
	struct aggregator *aggregator;
	struct rule_set *rules;

	before = bench_memory_in_use();
	session_health_init(&health);
	aggregator_config.registry = require(registry_new(&limits));
	if (event_families_add(&families, aggregator_config.registry))
		fail("out of memory");
	rules = require(rule_set_new(config, aggregator_config.registry));
	aggregator_config.rules = rules;
	aggregator = require(aggregator_new(&aggregator_config));
	feed(aggregator, bytes, length);
	make_page(aggregator_config.registry);
	if (family_series(rules->rules[0].family) != count)
		fail("the rule has not made the series it should have");
	after = bench_memory_in_use();
	aggregator_free(aggregator);
	registry_free(aggregator_config.registry);
	rule_set_free(rules);
	etl_writer_free(writer);
	return after - before;
}

/* As they stand between the braces. */
static double label_bytes(const struct kind *kind, uint32_t count)
{
	char values[LABELS_MAX][VALUE_BYTES];
	size_t bytes = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct tl_event unused = {0};

		kind->write(i, values, &unused);
		for (size_t label = 0; label < kind->label_count; label++)
			bytes += strlen(kind->names[label]) + strlen("=\"\"") +
				 strlen(values[label]) + (label > 0);
	}
	return (double)bytes / count;
}

static void measure(const struct kind *kind)
{
	struct config *config = make_config(kind);

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		uint32_t count = counts[i];
		double text = label_bytes(kind, count);
		double alone = (double)(measure_registry(kind, count) - measure_registry(kind, 1)) /
			       (count - 1);
		double rule = (double)(measure_rule(kind, config, count) -
				       measure_rule(kind, config, 1)) /
			      (count - 1);

		printf("%-20s %8u %10.0f %10.0f %10.0f %14.0f  %s\n", kind->name, count, text,
		       alone, rule, rule - text,
		       rule - text < BEYOND_TEXT_AT_MOST ? "holds" : "MISSED");
	}
	config_free(config);
}

int main(void)
{
	printf("bytes a series: its label text, with it in the registry, and in a rule's cache, "
	       "too; beyond the text, wanted under %.0f\n",
	       BEYOND_TEXT_AT_MOST);
	printf("%-20s %8s %10s %10s %10s %14s\n", "labels of a rule", "series", "text", "registry",
	       "with cache", "beyond text");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		measure(&kinds[i]);
	return 0;
}
