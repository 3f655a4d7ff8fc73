#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "metrics/exposition.h"

struct metrics_page {
	struct registry *registry;
	struct collector *collectors;
	size_t collector_count;

	pthread_mutex_t lock; /* of what follows, and held while rendering */
	bool rendered;
	double last_seconds;
	size_t last_bytes;
};

struct metrics_page *metrics_page_new(struct registry *registry)
{
	struct metrics_page *page = calloc(1, sizeof(*page));

	if (!page)
		return NULL;
	page->registry = registry;
	pthread_mutex_init(&page->lock, NULL);
	return page;
}

void metrics_page_free(struct metrics_page *page)
{
	if (!page)
		return;
	pthread_mutex_destroy(&page->lock);
	free(page->collectors);
	free(page);
}

int metrics_page_add(struct metrics_page *page, struct collector collector)
{
	struct collector *collectors =
		realloc(page->collectors, (page->collector_count + 1) * sizeof(*collectors));

	if (!collectors)
		return -1;
	collectors[page->collector_count++] = collector;
	page->collectors = collectors;
	return 0;
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void expose_last_render(const struct metrics_page *page, struct exposition *exposition)
{
	static const struct family_info duration = {
		.name = "etw_exporter_scrape_duration_seconds",
		.help = "How long the page took to render at the scrape before this one.",
		.type = METRIC_GAUGE,
	};
	static const struct family_info size = {
		.name = "etw_exporter_scrape_size_bytes",
		.help = "Size of the page, not compressed, at the scrape before this one.",
		.type = METRIC_GAUGE,
	};

	if (!page->rendered)
		return;
	exposition_family(exposition, &duration);
	exposition_double(exposition, NULL, page->last_seconds);
	exposition_family(exposition, &size);
	exposition_u64(exposition, NULL, page->last_bytes);
}

static void render(const struct metrics_page *page, struct exposition *exposition)
{
	size_t i;

	registry_expose(page->registry, exposition);
	for (i = 0; i < page->collector_count; i++)
		page->collectors[i].collect(exposition, page->collectors[i].context);
	expose_last_render(page, exposition);
	if (exposition->format == EXPOSITION_OPENMETRICS)
		text_string(exposition->out, "# EOF\n");
}

void metrics_page_render(struct metrics_page *page, enum exposition_format format, struct text *out)
{
	struct exposition exposition = {.out = out, .format = format};
	size_t length = out->length;
	double start;

	pthread_mutex_lock(&page->lock);
	start = now_seconds();
	render(page, &exposition);
	page->last_seconds = now_seconds() - start;
	page->last_bytes = out->length - length;
	page->rendered = true;
	pthread_mutex_unlock(&page->lock);
}
