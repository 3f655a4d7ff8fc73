#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "metrics/exposition.h"

#define NS_PER_SECOND 1000000000

struct metrics_page {
	struct registry *registry;
	struct collector *collectors;
	size_t collector_count;

	pthread_mutex_t lock; /* of what follows, and held while rendering */
	bool rendered;
	double last_seconds;
	size_t last_bytes;
	size_t whole_bytes[EXPOSITION_FORMATS]; /* of the last page without a filter */
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

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
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
	for (i = 0; i < page->collector_count && !exposition->late; i++)
		page->collectors[i].collect(exposition, page->collectors[i].context);
	expose_last_render(page, exposition);
	exposition_family(exposition, NULL);
	if (exposition->format == EXPOSITION_OPENMETRICS)
		text_string(exposition->out, "# EOF\n");
	exposition_is_late(exposition);
}

/* Locks the page; false: not by the deadline. That is of a clock which locks do not know. */
static bool lock_by(struct metrics_page *page, int64_t deadline_ns)
{
	struct timespec until;
	int64_t until_ns;

	if (!deadline_ns)
		return pthread_mutex_lock(&page->lock) == 0;
	clock_gettime(CLOCK_REALTIME, &until);
	until_ns = (int64_t)until.tv_sec * NS_PER_SECOND + until.tv_nsec + deadline_ns - now_ns();
	until = (struct timespec){.tv_sec = (time_t)(until_ns / NS_PER_SECOND),
				  .tv_nsec = (long)(until_ns % NS_PER_SECOND)};
	return pthread_mutex_timedlock(&page->lock, &until) == 0;
}

/* Pages grow by some digits and series from one to the next. */
static void expect(const struct metrics_page *page, const struct page_request *request,
		   struct text *out)
{
	size_t last = page->whole_bytes[request->format];

	if (!request->filter && last)
		text_expect(out, last + last / 16);
}

bool metrics_page_answer(struct metrics_page *page, const struct page_request *request,
			 struct text *out)
{
	struct exposition exposition = {
		.out = out,
		.format = request->format,
		.filter = request->filter,
		.deadline_ns = request->deadline_ns,
	};
	size_t length = out->length;
	int64_t start;

	if (!lock_by(page, request->deadline_ns)) {
		out->failed = true;
		return false;
	}
	start = now_ns();
	expect(page, request, out);
	render(page, &exposition);
	page->last_seconds = (double)(now_ns() - start) / NS_PER_SECOND;
	page->last_bytes = out->length - length;
	if (!request->filter && !out->failed)
		page->whole_bytes[request->format] = page->last_bytes;
	page->rendered = true;
	pthread_mutex_unlock(&page->lock);
	return !exposition.late;
}

int metrics_page_take(struct metrics_page *page, const struct name_filter *filter,
		      const struct sample_taker *taker)
{
	struct text nothing;
	struct exposition exposition = {
		.out = &nothing,
		.taker = taker,
		.format = EXPOSITION_TEXT,
		.filter = filter,
	};
	bool failed;

	/* What labels are rendered by that are not yet. */
	text_init(&nothing, SIZE_MAX);
	pthread_mutex_lock(&page->lock);
	render(page, &exposition);
	pthread_mutex_unlock(&page->lock);
	failed = nothing.failed;
	text_done(&nothing);
	return failed ? -1 : 0;
}

void metrics_page_render(struct metrics_page *page, enum exposition_format format, struct text *out)
{
	const struct page_request request = {.format = format};

	metrics_page_answer(page, &request, out);
}
