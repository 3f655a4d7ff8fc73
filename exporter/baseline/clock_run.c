#include "exporter/baseline/clock_run.h"

#include "exporter/baseline/builder.h"
#include "exporter/baseline/page_parser.h"
#include "exporter/service/ending.h"
#include "exporter/system/clock_ns.h"
#include "exporter/system/stop.h"

#define NS_PER_SECOND 1000000000
/* How soon the end is noticed. */
#define SLICE_NS ((int64_t)100000000)
/* How long an exporter may be away, as one is that begins anew. */
#define AWAY_NS ((int64_t)60 * NS_PER_SECOND)

struct running {
	const struct clock_run *run;
	struct baseline_builder *builder;
	struct stop *stop; /* never set: to wait on */
	struct text page;
	int64_t last_ns; /* when the last page was taken; likewise */
	int64_t looked_ns;
	bool is_asked;	 /* to end */
	int64_t away_ns; /* since when no page can be had; 0: the last one was */
	bool was_away;
	struct error away; /* why */
};

static int take_page(struct running *running, bool is_first, struct error *error)
{
	const struct page_source *source = &running->run->source;
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	enum page_format format = PAGE_TEXT;
	double seconds =
		is_first || running->away_ns ? 0 : (double)(now - running->last_ns) / NS_PER_SECOND;

	running->last_ns = now;
	if (!source->take)
		return baseline_builder_samples(running->builder, source->name, source->own,
						seconds, error);
	text_clear(&running->page);
	if (source->take(source->context, &running->page, &format, error))
		return -1;
	if (running->page.failed)
		return error_set(error, "%s is too large", source->name);
	return (format == PAGE_PROTOBUF ? baseline_builder_protobuf : baseline_builder_page)(
		running->builder, source->name, running->page.bytes, running->page.length, seconds,
		error);
}

static void look_around(struct running *running)
{
	const struct page_source *source = &running->run->source;
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	bool reload;

	running->is_asked = running->is_asked || ending_wait(0, &reload);
	if (!source->look_around || now - running->looked_ns < NS_PER_SECOND)
		return;
	running->looked_ns = now;
	source->look_around(source->context);
}

static void wait_until(struct running *running, int64_t due_ns)
{
	int64_t left;

	for (;;) {
		look_around(running);
		left = due_ns - clock_ns(CLOCK_MONOTONIC);
		if (running->is_asked || left <= 0)
			return;
		stop_wait(running->stop, (uint64_t)(left < SLICE_NS ? left : SLICE_NS));
	}
}

/* A page of a row of them. What it does not have for a while is in no interval, and the run is not
 * complete then. -1: see error. */
static int take_next(struct running *running, struct error *error)
{
	int64_t now;

	if (!take_page(running, false, &running->away)) {
		running->away_ns = 0;
		return 0;
	}
	now = clock_ns(CLOCK_MONOTONIC);
	running->was_away = true;
	if (!running->away_ns)
		running->away_ns = now;
	if (running->run->source.take && now - running->away_ns < AWAY_NS)
		return 0;
	*error = running->away;
	return -1;
}

static int take_pages(struct running *running, struct error *error)
{
	const struct clock_run *run = running->run;
	uint64_t intervals = run->duration_ns / run->interval_ns, i;
	int64_t start;

	if (take_page(running, true, error))
		return -1;
	start = running->last_ns;
	for (i = 1; i <= intervals; i++) {
		wait_until(running, start + (int64_t)(i * run->interval_ns));
		if (running->is_asked)
			break;
		if (take_next(running, error))
			return -1;
	}
	if (baseline_builder_intervals(running->builder))
		return 0;
	return error_set(error, "%s",
			 running->was_away ? running->away.text
					   : "it was asked to end before an interval was over");
}

static struct baseline *run_all(struct running *running, struct error *error)
{
	struct baseline_run run = running->run->run;
	int64_t began = clock_ns(CLOCK_MONOTONIC);

	run.start_ns = clock_ns(CLOCK_REALTIME);
	if (take_pages(running, error))
		return NULL;
	run.interval_ns = running->run->interval_ns;
	run.length_ns = (uint64_t)(running->last_ns - began);
	run.complete = !running->was_away;
	return baseline_builder_finish(running->builder, &run, error);
}

struct baseline *clock_run(const struct clock_run *run, struct error *error)
{
	struct running running = {
		.run = run,
		.builder = baseline_builder_new(false),
		.stop = stop_new(),
	};
	struct baseline *baseline = NULL;

	text_init(&running.page, PAGE_BYTES_MAX);
	if (running.builder && running.stop)
		baseline = run_all(&running, error);
	else
		error_set(error, "out of memory");
	text_done(&running.page);
	stop_free(running.stop);
	baseline_builder_free(running.builder);
	return baseline;
}
