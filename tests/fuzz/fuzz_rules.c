/*
 * Any bytes as a recording, counted by rules of every kind, with a learning pass before it and
 * without: no crash, and the numbers of the rules agree with each other.
 *
 * Small recordings are put into the corpus to begin with.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/config.h"
#include "exporter/aggregator/aggregator.h"
#include "exporter/source/etl_reader.h"
#include "metrics/exposition.h"
#include "tests/support/event_info.h"
#include "tests/support/fuzz_corpus.h"
#include "tests/support/small_recording.h"
#include "tests/support/tl_writer.h"

#define SHARED_MAX_BYTES 60000
#define QUEUE_BYTES	 ((size_t)1 << 30)
#define PAGE_BYTES	 ((size_t)16 << 20)
/* So that all of them are reached. */
#define SERIES_LIMIT 60
#define TYPES_LIMIT  40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Every kind of metric, of field, of condition, of pair; and all that the state is asked for. */
static const char rules_text[] =
	"sessions: [{name: fuzz, path: fuzz.etl}]\n"
	"metrics:\n"
	"- {name: a_total, help: h, type: counter, match: {provider: '*'}, labels: {provider: "
	"$provider, event: $event, id: $id, cpu: $cpu, process: $process, level: $level}}\n"
	"- {name: b_total, help: h, type: counter, match: {provider: 'Test-*', level: [1, 2, 3, 4, "
	"5], keyword: [1, x]}, value: {field: Size, scale: 0.5}, labels: {item: {field: Item, as: "
	"[lower, {truncate: 9}]}, first: 'List[0]', count: List.length}, limit: 5}\n"
	"- {name: c, help: h, type: gauge, match: [{provider: Process}, {provider: Test-1}], "
	"value: "
	"{field: ProcessId}, labels: {name: {field: ImageFileName, as: basename, default: none}, "
	"sid: "
	"{field: UserSID, as: sid}}}\n"
	"- {name: d_seconds, help: h, type: histogram, match: {provider: '*', id: [2, 7]}, pair: "
	"{start: {id: [1, 6]}, key: [$pid, {start: Key, end: Key}], timeout: 1s, limit: 20}, "
	"buckets: "
	"{exponential: {start: 0.001, factor: 10, count: 5}}, labels: {s: {field: Item, from: "
	"start}, "
	"e: {field: Item, from: end}, process: {field: $pid, as: process}}}\n"
	"- {name: e_seconds_total, help: h, type: counter, match: {provider: '*'}, pair: {start: "
	"{provider: '*'}, key: $tid, timeout: 10s, limit: 7}, labels: {a: {field: $activity_id, "
	"from: "
	"start}, image: {field: InitialStackPtr, as: image}, file: {field: FileObject, as: "
	"file}}}\n"
	"- {name: f_total, help: h, type: counter, match: {provider: '*'}, where: {any: [{field: "
	"Size, "
	"ge: 5}, {not: {field: Item, regex: 'a.*b'}}, {field: $keyword, mask: 7}, {field: Id, eq: "
	"'{00000001-0000-0000-0000-000000000000}'}]}, labels: {thread: {field: $tid, as: "
	"thread_process}, t: {field: Price, default: '-'}}, expire: 5s}\n";

static struct config *config;

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_rule(const struct rule *rule, uint64_t events)
{
	const struct rule_health *health = &rule->health;
	uint64_t pairs = health_get(&health->pairs.matched);

	require(health_get(&health->matched) <= events);
	require(pairs <= health_get(&health->matched));
	if (!rule->pairs)
		require(!pairs);
	require(!health_get(&health->pairs.open));
}

static void check_page(struct registry *registry)
{
	struct text text;
	struct exposition exposition = {.out = &text, .format = EXPOSITION_TEXT};

	text_init(&text, PAGE_BYTES);
	registry_expose(registry, &exposition);
	require(!text.failed);
	text_done(&text);
}

static void count(struct trace_queue *queue, struct session_health *health)
{
	const struct registry_limits limits = {.series = SERIES_LIMIT, .label_bytes = 20};
	struct registry *registry = registry_new(&limits);
	struct event_families families;
	struct aggregator_config aggregator_config = {.session = "fuzz",
						      .event_types_limit = TYPES_LIMIT,
						      .registry = registry,
						      .families = &families,
						      .health = health};
	struct aggregator *aggregator;
	struct rule_set *set;
	size_t i;

	require(registry && !event_families_add(&families, registry));
	set = rule_set_new(config, registry);
	require(set != NULL);
	aggregator_config.rules = set;
	aggregator = aggregator_new(&aggregator_config);
	require(aggregator != NULL);
	aggregator_run(aggregator, queue);
	for (i = 0; i < rules_rule_count(aggregator_rules(aggregator)); i++)
		check_rule(rules_rule(aggregator_rules(aggregator), i),
			   health_get(&health->events));
	check_page(registry);
	aggregator_free(aggregator);
	registry_free(registry);
	rule_set_free(set);
}

static void read_all(struct source_context *context, struct input *input, bool learning,
		     bool learnt)
{
	struct etl_reader reader;
	struct error error;

	input->at = 0;
	require(!etl_reader_init(&reader, context, &error));
	reader.recording->is_learning = learning;
	reader.recording->is_learnt = learnt;
	etl_reader_read(&reader, input, true, &error);
	etl_reader_done(&reader);
}

static void run(const uint8_t *data, size_t size, bool learn)
{
	struct session_config session = {.queue_bytes = QUEUE_BYTES};
	struct session_health health, unheard;
	struct source_context context = {.config = &session, .health = &unheard};
	struct input input = {.path = "fuzz", .fd = -1, .memory = data, .bytes = size};

	session_health_init(&health);
	session_health_init(&unheard);
	context.stop = stop_new();
	context.queue = trace_queue_new(QUEUE_BYTES);
	require(context.stop && context.queue);
	if (learn)
		read_all(&context, &input, true, false);
	context.health = &health;
	read_all(&context, &input, false, learn);
	trace_queue_stop(context.queue);
	count(context.queue, &health);
	trace_queue_free(context.queue);
	stop_free(context.stop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(data, size, false);
	run(data, size, true);
	return 0;
}

static void write_sale(struct etl_writer *writer, uint16_t id, uint64_t time)
{
	struct tl_event event;

	tl_begin(&event, 1, id % 2 ? "Begin" : "End");
	tl_utf16(&event, "Item", "Tea");
	tl_u32(&event, "Size", id);
	tl_u64(&event, "Key", id / 2);
	tl_f64(&event, "Price", 1.5);
	tl_guid(&event, "Id", event.event.guid);
	tl_pointer(&event, "FileObject", 0x1000, 8);
	event.event.id = id;
	event.event.time = time;
	event.event.pid = event.event.tid = 4;
	event.event.keyword = id;
	tl_write(writer, &event);
}

static void save_sales(const char *corpus)
{
	const struct etl_writer_options options = {.buffer_bytes = 2048};
	const struct event_info info = {.guid = (const uint8_t[16]){1},
					.provider = "Test-1",
					.id = 7,
					.fields = {{"Key", EVENT_INFO_U32}}};
	struct etl_writer *writer = etl_writer_new(&options);
	const uint8_t *bytes;
	size_t length;
	uint16_t id;

	etl_write_event_info(writer, 1000000000, 0, &info);
	for (id = 1; id < 9; id++)
		write_sale(writer, id, 1000000000 + id * 10000u);
	bytes = etl_writer_finish(writer, &length);
	fuzz_corpus_save(corpus, "sales", bytes, length);
	etl_writer_free(writer);
}

static void save_small(const char *corpus)
{
	const struct etl_writer_options options = {.buffer_bytes = 1024};
	struct small_recording recording = small_make(&options, 4);

	fuzz_corpus_save(corpus, "small", recording.bytes, recording.length);
	small_done(&recording);
}

static void load_rules(void)
{
	struct problems problems;
	size_t i;

	problems_init(&problems);
	config = config_parse_text("fuzz.yml", rules_text, sizeof(rules_text) - 1, &problems);
	if (config)
		rule_set_check(config, &problems);
	for (i = 0; i < problems.count; i++)
		fprintf(stderr, "%zu:%zu: %s\n", problems.list[i].line, problems.list[i].column,
			problems.list[i].text);
	require(config && !problems.errors);
	problems_done(&problems);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *corpus = fuzz_corpus_of(*argc, *argv);

	load_rules();
	if (!corpus)
		return 0;
	save_sales(corpus);
	save_small(corpus);
	fuzz_corpus_save_shared(corpus, SHARED_MAX_BYTES);
	return 0;
}
