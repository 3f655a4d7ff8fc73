/*
 * What scrapes of 10,000 and of 100,000 series cost: rendering in each format, the first time and
 * again, and compressing it; and how much memory a series takes in the registry. Not run with the
 * tests.
 */
#include <stdio.h>
#include <stdlib.h>

#include "exporter/http/http_gzip.h"
#include "exporter/http/http_zstd.h"
#include "metrics/exposition.h"
#include "tests/support/random.h"
#include "tests/support/bench_measure.h"

#define FAMILIES   2
#define PROVIDERS  100
#define ROUNDS	   9
#define PAGE_LIMIT (512u << 20)

static const char *const labels[] = {"session", "provider", "event_id", "event"};

static const struct family_info infos[FAMILIES] = {
	{
		.name = "etw_events_total",
		.help = "Events seen.",
		.type = METRIC_COUNTER,
		.labels = labels,
		.label_count = 4,
	},
	{
		.name = "etw_event_bytes_total",
		.help = "Payload bytes of the events seen.",
		.type = METRIC_COUNTER,
		.labels = labels,
		.label_count = 4,
	},
};

static void *require(void *pointer)
{
	if (!pointer) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return pointer;
}

struct page_size {
	unsigned int series;
	double at_most_ms; /* of a scrape, wanted */
};

static const struct page_size sizes[] = {{10000, 10}, {100000, 60}};

/* Events in an order that is not that of the page, with counts of one to eleven digits. */
static void fill(struct registry *registry, unsigned int events)
{
	struct random random = {1};
	struct shard *shard = require(shard_new(registry));
	struct family *families[FAMILIES];
	char provider[64], id[16], event[64];
	const char *values[] = {"kernel", provider, id, event};
	unsigned int i, number, f;
	bool overflow;

	for (f = 0; f < FAMILIES; f++)
		families[f] = require(registry_family(registry, &infos[f]));
	for (i = 0; i < events; i++) {
		number = i * 7919 % events;
		snprintf(provider, sizeof(provider), "Microsoft-Windows-Provider-%u",
			 number % PROVIDERS);
		snprintf(id, sizeof(id), "%u", number / PROVIDERS);
		snprintf(event, sizeof(event), "Event%uHappened", number / PROVIDERS);
		for (f = 0; f < FAMILIES; f++)
			cell_add(shard_cell(shard, families[f], values, &overflow),
				 random_next(&random) >> (28 + random_below(&random, 36)));
	}
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

typedef void compress_function(const struct text *page, struct text *out);

struct compressed {
	double ms;
	size_t bytes;
};

static struct compressed measure_compression(const struct text *page, compress_function *compress)
{
	double times[ROUNDS], start;
	struct compressed result = {0};
	struct text compressed;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		text_init(&compressed, PAGE_LIMIT);
		start = bench_thread_ms();
		compress(page, &compressed);
		times[i] = bench_thread_ms() - start;
		result.bytes = compressed.length;
		text_done(&compressed);
	}
	result.ms = median(times);
	return result;
}

static const char *verdict(double ms, double at_most)
{
	return ms < at_most ? "" : " MISSED";
}

/* Median of several rounds, each into fresh memory, as a request does it. */
static void measure_page(struct metrics_page *page, enum exposition_format format, const char *name,
			 const struct page_size *size)
{
	double times[ROUNDS], start, ms, at_most = size->at_most_ms;
	struct compressed zstd, gzip;
	struct text text;
	int i;

	text_init(&text, PAGE_LIMIT);
	for (i = 0; i < ROUNDS; i++) {
		text_done(&text);
		start = bench_thread_ms();
		metrics_page_render(page, format, &text);
		times[i] = bench_thread_ms() - start;
	}
	ms = median(times);
	zstd = measure_compression(&text, http_zstd);
	gzip = measure_compression(&text, http_gzip);
	printf("%7u %-20s %6.1f ms%s (%zu bytes), with zstd %.1f ms%s (%zu), with gzip %.1f ms%s "
	       "(%zu)\n",
	       size->series, name, ms, verdict(ms, at_most), text.length, ms + zstd.ms,
	       verdict(ms + zstd.ms, at_most), zstd.bytes, ms + gzip.ms,
	       verdict(ms + gzip.ms, at_most), gzip.bytes);
	text_done(&text);
}

static void measure_first(struct metrics_page *page, const struct page_size *size)
{
	struct text text;
	double start = bench_thread_ms();

	text_init(&text, PAGE_LIMIT);
	metrics_page_render(page, EXPOSITION_TEXT, &text);
	printf("%7u %-20s %6.1f ms\n", size->series, "the first, sorts", bench_thread_ms() - start);
	text_done(&text);
}

static void measure(const struct page_size *size)
{
	const struct registry_limits limits = {size->series, 128};
	struct registry *registry = require(registry_new(&limits));
	struct metrics_page *page = require(metrics_page_new(registry));
	size_t memory = bench_memory_in_use();
	double start = bench_thread_ms();

	fill(registry, size->series / FAMILIES);
	printf("%7u %-20s %6.1f ms\n", size->series, "births", bench_thread_ms() - start);
	measure_first(page, size);
	memory = bench_memory_in_use() - memory;
	measure_page(page, EXPOSITION_TEXT, "text 0.0.4", size);
	measure_page(page, EXPOSITION_TEXT_1, "text 1.0.0", size);
	measure_page(page, EXPOSITION_OPENMETRICS, "OpenMetrics 1.0.0", size);
	measure_page(page, EXPOSITION_PROTOBUF, "protobuf", size);
	printf("%7u %-20s %6zu bytes in the registry, with its label text\n", size->series,
	       "memory of a series", memory / size->series);
	metrics_page_free(page);
	registry_free(registry);
}

int main(void)
{
	printf("series; a scrape of 10,000 is wanted under 10 ms, of 100,000 under 60 ms\n");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		measure(&sizes[i]);
	return 0;
}
