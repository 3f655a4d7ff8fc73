/*
 * What `baseline:` costs while 10,000 and 100,000 series are counted: CPU time of each look at the
 * page and of a scrape that shows the comparison, and memory beside the registry's; and what a page
 * costs that `record --url` has fetched, in either format. Half of the series have changed since
 * the last look, as those of a busy machine have. Not run with the tests.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "exporter/baseline/builder.h"
#include "exporter/baseline/online.h"
#include "tests/support/bench_measure.h"

#define ROUNDS	   9
#define INTERVALS  20
#define PAGE_LIMIT (512u << 20)
#define SECOND_NS  ((int64_t)1000000000)

static const char *const labels[] = {"session", "provider", "event_id", "event"};
static const double bounds[] = {1e-5,  2e-5,  4e-5,   8e-5,   16e-5,
				32e-5, 64e-5, 128e-5, 256e-5, 512e-5};

static const struct family_info counter = {
	.name = "etw_events_total",
	.help = "Events seen.",
	.type = METRIC_COUNTER,
	.labels = labels,
	.label_count = 4,
};
static const struct family_info histogram = {
	.name = "etw_operation_seconds",
	.help = "How long operations take.",
	.type = METRIC_HISTOGRAM,
	.number = NUMBER_F64,
	.labels = labels,
	.label_count = 4,
	.bounds = bounds,
	.bound_count = sizeof(bounds) / sizeof(bounds[0]),
};

static const struct native_buckets native_buckets = {
	.schema = 3, .max = 160, .zero_threshold = NATIVE_ZERO_THRESHOLD};
static const struct family_info native = {
	.name = "etw_native_seconds",
	.help = "How long operations take.",
	.type = METRIC_HISTOGRAM,
	.number = NUMBER_F64,
	.labels = labels,
	.label_count = 4,
	.native = &native_buckets,
};

static void require(bool condition)
{
	if (condition)
		return;
	fputs("something is wrong, or out of memory\n", stderr);
	exit(1);
}

struct counting {
	struct registry *registry;
	struct shard *shard;
	struct family *family;
	const struct family_info *info;
	unsigned int series;
	unsigned int rounds; /* in each of which a series' values are others */
};

/* Every series has something, or every other more of it. */
static void count(struct counting *counting, unsigned int step)
{
	char provider[64], id[16], event[64];
	const char *values[] = {"kernel", provider, id, event};
	unsigned int i;
	bool overflow;

	for (i = 0; i < counting->series; i += step) {
		struct cell *cell;

		snprintf(provider, sizeof(provider), "Microsoft-Windows-Provider-%u", i % 100);
		snprintf(id, sizeof(id), "%u", i / 100);
		snprintf(event, sizeof(event), "Event%uHappened", i / 100);
		cell = shard_series_cell(counting->shard, counting->family, values, &overflow);
		if (counting->info->type == METRIC_HISTOGRAM)
			cell_observe(cell, counting->info,
				     1e-4 * (1 + (i + counting->rounds) % 30));
		else
			cell_add(cell, 1000 + i);
	}
	counting->rounds++;
}

/* Of what the registry has: INTERVALS looks at it, of which no two are the same. */
static struct baseline *make_baseline(struct counting *counting, struct metrics_page *page)
{
	const struct baseline_run run = {.interval_ns = SECOND_NS,
					 .length_ns = INTERVALS * (uint64_t)SECOND_NS};
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline;
	struct error error;
	struct text text;
	unsigned int i, j;

	require(builder);
	text_init(&text, PAGE_LIMIT);
	for (i = 0; i < INTERVALS; i++) {
		for (j = 0; j <= i % 3; j++)
			count(counting, 1);
		text_clear(&text);
		metrics_page_render(page, EXPOSITION_TEXT, &text);
		require(!baseline_builder_page(builder, "page", text.bytes, text.length, 1,
					       &error));
	}
	text_done(&text);
	baseline = baseline_builder_finish(builder, &run, &error);
	baseline_builder_free(builder);
	require(baseline);
	return baseline;
}

static int compare_times(const void *a, const void *b)
{
	double difference = *(const double *)a - *(const double *)b;

	return (difference > 0) - (difference < 0);
}

static double median(double times[ROUNDS])
{
	qsort(times, ROUNDS, sizeof(*times), compare_times);
	return times[ROUNDS / 2];
}

static double measure_scrape(struct metrics_page *page, size_t *bytes)
{
	double times[ROUNDS], start;
	struct text text;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		text_init(&text, PAGE_LIMIT);
		start = bench_thread_ms();
		metrics_page_render(page, EXPOSITION_TEXT, &text);
		times[i] = bench_thread_ms() - start;
		*bytes = text.length;
		text_done(&text);
	}
	return median(times);
}

static void measure_online(struct counting *counting, struct baseline_online *online,
			   struct metrics_page *page)
{
	double times[ROUNDS], start;
	struct error error;
	int64_t now = SECOND_NS;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		count(counting, 2);
		now += SECOND_NS;
		start = bench_thread_ms();
		require(!baseline_online_sample(online, page, now, &error));
		times[i] = bench_thread_ms() - start;
	}
	printf("%7u %-20s %6.1f ms of CPU time (%.0f ns a series)\n", counting->series, "a look",
	       median(times), median(times) * 1e6 / counting->series);
}

/* What a page costs that was fetched, once all its series are known: half of them have changed. */
static void measure_pages(struct counting *counting, struct metrics_page *page,
			  enum exposition_format format)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	double times[ROUNDS], start;
	struct error error;
	struct text text;
	int i;

	require(builder);
	text_init(&text, PAGE_LIMIT);
	for (i = -1; i < ROUNDS; i++) {
		count(counting, 2);
		text_clear(&text);
		metrics_page_render(page, format, &text);
		start = bench_thread_ms();
		require(!(format == EXPOSITION_PROTOBUF ? baseline_builder_protobuf
							: baseline_builder_page)(
			builder, "page", text.bytes, text.length, 1, &error));
		if (i >= 0)
			times[i] = bench_thread_ms() - start;
	}
	printf("%7u %-20s %6.1f ms of CPU time (%.1f MB)\n", counting->series,
	       format == EXPOSITION_PROTOBUF ? "a page in protobuf" : "a page in text",
	       median(times), (double)text.length / 1e6);
	text_done(&text);
	baseline_builder_free(builder);
}

static void measure_formats(const struct family_info *info, unsigned int series)
{
	const struct registry_limits limits = {series, 128};
	struct counting counting = {
		.registry = registry_new(&limits), .info = info, .series = series};
	struct metrics_page *page = metrics_page_new(counting.registry);

	counting.shard = shard_new(counting.registry);
	counting.family = registry_family(counting.registry, info);
	require(counting.shard && counting.family && page);
	count(&counting, 1);
	printf("--- %s\n", info->name);
	measure_pages(&counting, page, EXPOSITION_TEXT);
	measure_pages(&counting, page, EXPOSITION_PROTOBUF);
	metrics_page_free(page);
	registry_free(counting.registry);
}

static void measure(const struct family_info *info, unsigned int series)
{
	const struct registry_limits limits = {series, 128};
	struct counting counting = {
		.registry = registry_new(&limits), .info = info, .series = series};
	struct metrics_page *page = metrics_page_new(counting.registry);
	struct baseline_online *online = baseline_online_new();
	struct baseline *baseline;
	struct error error;
	size_t memory, bytes, more;
	double start, alone;

	counting.shard = shard_new(counting.registry);
	counting.family = registry_family(counting.registry, info);
	require(counting.shard && counting.family && page && online);
	count(&counting, 1);
	alone = measure_scrape(page, &bytes);
	require(!metrics_page_add(page, (struct collector){baseline_online_collect, online}));
	memory = bench_memory_in_use();
	baseline = make_baseline(&counting, page);
	start = bench_thread_ms();
	require(!baseline_online_set(online, baseline, &error));
	baseline_free(baseline);
	printf("--- %s\n%7u %-20s %6.1f ms\n", info->name, series, "the baseline is taken",
	       bench_thread_ms() - start);
	measure_online(&counting, online, page);
	memory = bench_memory_in_use() - memory;
	printf("%7u %-20s %6.1f ms more than %.1f ms", series, "a scrape",
	       measure_scrape(page, &more) - alone, alone);
	printf(" (%zu bytes more than %zu)\n", more - bytes, bytes);
	printf("%7u %-20s %6zu bytes a series\n", series, "memory", memory / series);
	metrics_page_free(page);
	baseline_online_free(online);
	registry_free(counting.registry);
}

int main(void)
{
	measure(&counter, 10000);
	measure(&counter, 100000);
	measure(&histogram, 10000);
	measure_formats(&counter, 100000);
	measure_formats(&histogram, 100000);
	measure_formats(&native, 100000);
	return 0;
}
