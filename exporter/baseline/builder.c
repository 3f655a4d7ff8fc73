#include "exporter/baseline/builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/base/seeded_hash.h"
#include "exporter/baseline/common_buckets.h"
#include "exporter/baseline/page_parser.h"
#include "exporter/baseline/page_protobuf.h"
#include "exporter/baseline/page_samples.h"
#include "exporter/baseline/run_health.h"
#include "exporter/baseline/tracked.h"
#include "metrics/table.h"
#include "metrics/text.h"

#define KEY_BYTES_MAX ((size_t)1 << 20)

struct baseline_builder {
	bool has_base; /* counting has begun */
	bool trims;    /* bounds that say nothing are left out */
	struct tracked **list;
	size_t count;
	struct table table; /* of them */
	struct hash_seed seed;
	size_t buckets; /* of all of them together */
	size_t intervals;
	struct run_health health;
	struct text key;
	const char *page; /* its name in messages */
};

static const char *const foreign[] = {
	"etw_session_",	      "etw_exporter_", "etw_rule_",
	"etw_system_session", "etw_baseline_", "etw_decode_errors_total",
	"process_",	      "go_",	       "scrape_",
	"promhttp_",
};

bool baseline_wants_family(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (strncmp(name, foreign[i], strlen(foreign[i])) == 0)
			return false;
	return strcmp(name, "up") != 0;
}

struct baseline_builder *baseline_builder_new(bool from_zero)
{
	struct baseline_builder *builder = calloc(1, sizeof(*builder));

	if (!builder)
		return NULL;
	builder->has_base = from_zero;
	hash_seed_draw(&builder->seed);
	text_init(&builder->key, KEY_BYTES_MAX);
	return builder;
}

void baseline_builder_free(struct baseline_builder *builder)
{
	size_t i;

	if (!builder)
		return;
	for (i = 0; i < builder->count; i++)
		tracked_free(builder->list[i]);
	free(builder->list);
	table_done(&builder->table);
	text_done(&builder->key);
	free(builder);
}

size_t baseline_builder_intervals(const struct baseline_builder *builder)
{
	return builder->intervals;
}

/* Room for another in the list, which is full at each power of two. */
static bool reserve_tracked(struct baseline_builder *builder)
{
	size_t count = builder->count;
	struct tracked **grown;

	if (count & (count - 1))
		return true;
	grown = realloc(builder->list, (count ? 2 * count : 1) * sizeof(struct tracked *));
	if (!grown)
		return false;
	builder->list = grown;
	return true;
}

static struct tracked *add_tracked(struct baseline_builder *builder,
				   const struct page_series *series, uint32_t hash,
				   struct error *error)
{
	struct tracked *tracked = NULL;

	if (builder->count == BASELINE_SERIES_MAX) {
		error_set(error, "%s has more series than a baseline holds: %d", builder->page,
			  BASELINE_SERIES_MAX);
		return NULL;
	}
	if (reserve_tracked(builder) && !table_reserve(&builder->table))
		tracked = tracked_new(series, hash, builder->intervals);
	if (!tracked) {
		error_set(error, "%s: out of memory", builder->page);
		return NULL;
	}
	table_add(&builder->table, tracked, hash);
	builder->list[builder->count++] = tracked;
	builder->buckets += tracked->series.bound_count + 1;
	return tracked;
}

static struct tracked *find_tracked(struct baseline_builder *builder,
				    const struct page_series *series, struct error *error)
{
	struct text *key = &builder->key;
	struct tracked *tracked;
	uint32_t hash;
	size_t at;

	text_clear(key);
	baseline_key(key, series->family, series->labels, series->label_count);
	if (key->failed) {
		error_set(error, "%s: labels of %s take too much memory", builder->page,
			  series->family);
		return NULL;
	}
	hash = (uint32_t)seeded_hash(&builder->seed, (const uint8_t *)key->bytes, key->length);
	for (tracked = table_first(&builder->table, hash, &at); tracked;
	     tracked = table_next(&builder->table, hash, &at))
		if (strlen(tracked->series.key) == key->length &&
		    memcmp(tracked->series.key, key->bytes, key->length) == 0)
			return tracked;
	return add_tracked(builder, series, hash, error);
}

/* Of those whose bounds say something a baseline may have room for more. */
static bool has_room(const struct baseline_builder *builder, struct error *error)
{
	if (builder->trims || builder->buckets <= BASELINE_NUMBERS_MAX)
		return true;
	error_set(error, "%s has more buckets than a baseline holds", builder->page);
	return false;
}

static bool take(void *context, const struct page_series *series, struct error *error)
{
	struct baseline_builder *builder = context;
	struct tracked *tracked;

	run_health_take(&builder->health, series);
	if (!baseline_wants_family(series->family))
		return true;
	tracked = find_tracked(builder, series, error);
	if (!tracked)
		return false;
	series = tracked_choose(tracked, series);
	if (tracked->is_seen || !tracked_is_same(tracked, series)) {
		error_set(error, "%s: the series %s %s", builder->page, tracked->series.key,
			  tracked->is_seen ? "is there twice"
					   : "has another type, or other buckets, than before");
		return false;
	}
	builder->buckets -= tracked->series.bound_count;
	if (tracked_count(tracked, series, builder->has_base)) {
		error_set(error, "%s: out of memory", builder->page);
		return false;
	}
	builder->buckets += tracked->series.bound_count;
	return has_room(builder, error);
}

static int check_room(const struct baseline_builder *builder, size_t more, struct error *error)
{
	size_t intervals = builder->intervals + more;

	if (more > BASELINE_INTERVALS_MAX || intervals > BASELINE_INTERVALS_MAX)
		return error_set(error,
				 "there are more than %d intervals; make them longer with "
				 "--interval",
				 BASELINE_INTERVALS_MAX);
	if (builder->count && intervals > BASELINE_NUMBERS_MAX / builder->count)
		return error_set(error,
				 "%zu intervals of %zu series are more than a baseline holds; make "
				 "them longer with --interval",
				 intervals, builder->count);
	return 0;
}

/* Ends an interval, or with `quiet` so many in which nothing happened. */
static int end_intervals(struct baseline_builder *builder, double seconds, size_t count, bool quiet,
			 struct error *error)
{
	size_t i, j, end = builder->intervals + count;

	if (check_room(builder, count, error))
		return -1;
	for (i = 0; i < builder->count; i++) {
		struct tracked *tracked = builder->list[i];
		bool is_gauge = tracked->series.kind == BASELINE_GAUGE;
		double more = quiet && !is_gauge ? 0 : tracked->more;

		if (!tracked_reserve(tracked, end))
			return error_set(error, "out of memory");
		for (j = builder->intervals; j < end; j++)
			tracked->so_far.rates[j] = is_gauge ? more : more / seconds;
	}
	builder->intervals = end;
	return 0;
}

int baseline_builder_quiet(struct baseline_builder *builder, size_t intervals, struct error *error)
{
	return end_intervals(builder, 1, intervals, true, error);
}

static void begin_page(struct baseline_builder *builder, const char *name)
{
	size_t i;

	builder->page = name;
	for (i = 0; i < builder->count; i++)
		builder->list[i]->is_seen = false;
	run_health_begin_page(&builder->health);
}

static int end_page(struct baseline_builder *builder, double seconds, struct error *error)
{
	bool is_base = !builder->has_base;
	size_t i;

	run_health_end_page(&builder->health, is_base);
	for (i = 0; i < builder->count; i++)
		if (!builder->list[i]->is_seen)
			tracked_miss(builder->list[i]);
	builder->has_base = true;
	return seconds > 0 && !is_base ? end_intervals(builder, seconds, 1, false, error) : 0;
}

int baseline_builder_page(struct baseline_builder *builder, const char *name, const char *text,
			  size_t length, double seconds, struct error *error)
{
	begin_page(builder, name);
	return page_parse(name, text, length, take, builder, error)
		       ? -1
		       : end_page(builder, seconds, error);
}

int baseline_builder_protobuf(struct baseline_builder *builder, const char *name, const char *bytes,
			      size_t length, double seconds, struct error *error)
{
	begin_page(builder, name);
	return page_protobuf(name, bytes, length, take, builder, error)
		       ? -1
		       : end_page(builder, seconds, error);
}

int baseline_builder_samples(struct baseline_builder *builder, const char *name,
			     struct metrics_page *page, double seconds, struct error *error)
{
	begin_page(builder, name);
	builder->trims = true;
	return page_samples(name, page, take, builder, error) ? -1
							      : end_page(builder, seconds, error);
}

static int by_key(const void *a, const void *b)
{
	const struct tracked *const *first = a, *const *second = b;

	return strcmp((*first)->series.key, (*second)->series.key);
}

static double finite_or_nan(double value)
{
	return isfinite(value) ? value : NAN;
}

/* Before that, its numbers are as many as those of the series from page to page. */
static void trim(struct baseline *baseline, struct baseline_series *series)
{
	size_t before = series->bound_count;

	common_buckets_trim(series, baseline->run_count);
	baseline->numbers -= before - series->bound_count;
}

/*
 * The bucket of zero, of values below 0, too, begins at 0 where there are none below it, as PromQL
 * has it: a histogram's first bucket does.
 */
static void begin_at_zero(struct baseline *baseline, struct baseline_series *series)
{
	uint64_t *buckets = series->values[0].buckets;

	if (series->bound_count < 2 || series->bounds[0] >= 0 || buckets[0] ||
	    (series->bounds[1] != -series->bounds[0] && series->bounds[1] != 0))
		return;
	series->bound_count--;
	memmove(series->bounds, series->bounds + 1, series->bound_count * sizeof(*series->bounds));
	memmove(buckets, buckets + 1, (series->bound_count + 1) * sizeof(*buckets));
	baseline->numbers--;
}

static int add_series(struct baseline *baseline, const struct tracked *tracked, bool trims,
		      struct error *error)
{
	const struct baseline_series *from = &tracked->series;
	const struct baseline_name name = {from->metric, from->labels, from->label_count,
					   from->kind,	 from->bounds, from->bound_count};
	struct baseline_series *series = baseline_add_series(baseline, &name, error);
	struct baseline_values *values =
		series ? baseline_add_values(baseline, series, 0, error) : NULL;
	size_t i;

	if (!values)
		return -1;
	values->total = finite_or_nan(tracked->so_far.total);
	values->sum = finite_or_nan(tracked->so_far.sum);
	for (i = 0; i < baseline->runs[0].interval_count; i++)
		values->rates[i] = finite_or_nan(tracked->so_far.rates[i]);
	if (values->buckets)
		memcpy(values->buckets, tracked->so_far.buckets,
		       (from->bound_count + 1) * sizeof(*values->buckets));
	if (trims || tracked->is_native)
		trim(baseline, series);
	if (tracked->is_native)
		begin_at_zero(baseline, series);
	return 0;
}

static bool is_complete(const struct run_health *health)
{
	return !health->began_anew && !health->changed && !health->sums[RUN_DAMAGE] &&
	       !health->sums[RUN_EVENTS_LOST] && !health->sums[RUN_BUFFERS_LOST];
}

/* As many as a double counts one by one. */
static uint64_t whole(double sum)
{
	return sum >= 0 && sum < (double)BASELINE_COUNT_MAX ? (uint64_t)sum : BASELINE_COUNT_MAX;
}

static int fill(struct baseline *baseline, struct baseline_builder *builder,
		const struct baseline_run *from, struct error *error)
{
	const struct run_health *health = &builder->health;
	struct baseline_run run = *from;
	char configuration[RUN_HASH_SIZE];
	size_t i;

	strcpy(configuration, health->configuration);
	if (!run.configuration && configuration[0])
		run.configuration = configuration;
	run.interval_count = builder->intervals;
	run.events = whole(health->sums[RUN_EVENTS]);
	run.events_lost = whole(health->sums[RUN_EVENTS_LOST]);
	run.buffers_lost = whole(health->sums[RUN_BUFFERS_LOST]);
	run.complete = from->complete && is_complete(health);
	if (baseline_add_run(baseline, &run, error))
		return -1;
	if (builder->count)
		qsort(builder->list, builder->count, sizeof(*builder->list), by_key);
	for (i = 0; i < builder->count; i++)
		if (add_series(baseline, builder->list[i], builder->trims, error))
			return -1;
	return 0;
}

struct baseline *baseline_builder_finish(struct baseline_builder *builder,
					 const struct baseline_run *run, struct error *error)
{
	struct baseline *baseline = baseline_new();

	if (!baseline) {
		error_set(error, "out of memory");
		return NULL;
	}
	if (!fill(baseline, builder, run, error))
		return baseline;
	baseline_free(baseline);
	return NULL;
}
