/*
 * Scrapes. Label texts are immutable and numbers atomic, so a scrape takes no lock that a writer
 * knows, but for a moment where it frees what has expired.
 */
#include <string.h>

#include "metrics/exposition.h"
#include "metrics/registry_private.h"

#define AHEAD ((size_t)4) /* series */
/* How many series are written between two looks at the clock. */
#define LOOK_SERIES ((size_t)256)

static void expose_u64(struct exposition *exposition, const struct family *family,
		       const struct series *series)
{
	(void)family;
	exposition_rendered_u64(exposition, series->labels, series->length, series_value(series));
}

static void expose_scaled_u64(struct exposition *exposition, const struct family *family,
			      const struct series *series)
{
	exposition_rendered_double(
		exposition, series->labels, series->length,
		metric_scale_apply(family->info.scale, (double)series_value(series)));
}

static void expose_sum(struct exposition *exposition, const struct family *family,
		       const struct series *series)
{
	exposition_rendered_double(exposition, series->labels, series->length,
				   metric_scale_apply(family->info.scale, series_sum(series)));
}

static void expose_last(struct exposition *exposition, const struct family *family,
			const struct series *series)
{
	double value;

	if (series_last(series, &value))
		exposition_rendered_double(exposition, series->labels, series->length,
					   metric_scale_apply(family->info.scale, value));
}

static bool shows_exemplars(const struct exposition *exposition)
{
	return exposition->format == EXPOSITION_OPENMETRICS ||
	       exposition->format == EXPOSITION_PROTOBUF;
}

/* Of each bucket, or of the counter. */
static const struct exemplar *read_exemplars(const struct family *family,
					     const struct series *series)
{
	size_t i;

	for (i = 0; i <= family->info.bound_count; i++)
		series_exemplar(series, &family->info, i, &family->exemplars[i]);
	return family->exemplars;
}

/* Who reads native buckets wants the count to be that of them. */
static void add_native(const struct family *family, const struct series *series,
		       struct histogram *histogram)
{
	const struct native_set *set = native_sum_set(family->native);
	size_t i;

	series_native(series, family->info.bound_count + 1, family->native);
	histogram->native = set;
	histogram->count = set->zero;
	for (i = 0; i < set->count; i++)
		histogram->count += set->counts[i];
}

/* Where only the others are shown the count is theirs, too: one of what is in none of them would be
 * in +Inf until the next page. */
static bool shows_native(const struct exposition *exposition)
{
	return exposition->taker || exposition->format == EXPOSITION_PROTOBUF;
}

static void expose_histogram(struct exposition *exposition, const struct family *family,
			     const struct series *series)
{
	bool point = exposition->format == EXPOSITION_OPENMETRICS;
	size_t buckets = family->info.bound_count + 1;
	struct histogram histogram = {
		.counts = family->counts,
		.labels = family->bucket_labels[point],
		.count = series_buckets(series, family->counts, buckets),
		.sum = metric_scale_apply(family->info.scale, series_sum(series)),
	};

	histogram.exemplars = exposition->exemplar;
	if (family->native && shows_native(exposition))
		add_native(family, series, &histogram);
	exposition_rendered_histogram(exposition, series->labels, series->length, &histogram);
}

typedef void expose_function(struct exposition *exposition, const struct family *family,
			     const struct series *series);

static expose_function *function_of(const struct family_info *info)
{
	if (info->type == METRIC_HISTOGRAM)
		return expose_histogram;
	if (info->number == NUMBER_F64)
		return info->type == METRIC_GAUGE ? expose_last : expose_sum;
	return info->scale.factor ? expose_scaled_u64 : expose_u64;
}

/* Series lie in memory as they were born: each would be waited for. */
static inline void fetch_ahead(const struct family *family, size_t at)
{
	const struct series *series;

	if (at + 2 * AHEAD >= family->sorted_count)
		return;
	__builtin_prefetch(family->sorted[at + 2 * AHEAD]);
	series = family->sorted[at + AHEAD];
	__builtin_prefetch(atomic_load_explicit(&series->cells, memory_order_relaxed));
}

static void expose_family(struct registry *registry, struct family *family,
			  struct exposition *exposition)
{
	expose_function *expose = function_of(&family->info);
	const struct series *series;
	size_t i;

	if (!exposition_family(exposition, &family->info))
		return;
	if (family_put_in_order(registry, family) != 0) {
		exposition->out->failed = true;
		return;
	}
	for (i = 0; i < family->sorted_count; i++) {
		if (i % LOOK_SERIES == 0 && exposition_is_late(exposition))
			return;
		fetch_ahead(family, i);
		series = family->sorted[i];
		if (series_has_expired(series))
			continue;
		exposition->created_ns = series->created_ns;
		if (family->exemplars && shows_exemplars(exposition))
			exposition->exemplar = read_exemplars(family, series);
		expose(exposition, family, series);
		/* Out of memory for the one series there may be the overflow series, of its name.
		 */
		if (!family->info.label_count)
			return;
	}
}

/*
 * Whether somebody uses it. Of two of one name, which there are while a metric becomes another,
 * it is the one that came first: no page has a name twice.
 */
static bool is_shown(const struct registry *registry, size_t index)
{
	const struct family *family = registry->families[index], *other;
	size_t i;

	if (!family->users || !family->has_namesake)
		return family->users > 0;
	for (i = 0; i < registry->family_count; i++) {
		other = registry->families[i];
		if (other->users && other->taken < family->taken &&
		    strcmp(other->info.name, family->info.name) == 0)
			return false;
	}
	return true;
}

/* What has expired counts to the limits until it is freed, on a page or not. */
static void free_dead(struct registry *registry, struct family *family)
{
	if (atomic_load_explicit(&family->dead, memory_order_relaxed))
		family_put_in_order(registry, family);
}

static void expose_number(struct exposition *exposition, const char *name, const char *help,
			  enum metric_type type, uint64_t value)
{
	const struct family_info info = {.name = name, .help = help, .type = type};

	exposition_family(exposition, &info);
	exposition_u64(exposition, NULL, value);
}

static const char *const family_label[] = {"family"};

static void expose_overflows(const struct registry *registry, struct exposition *exposition)
{
	static const struct family_info info = {
		.name = "etw_exporter_series_overflow_total",
		.help = "Counted in the series with labels \"other\", for want of room for their "
			"own.",
		.type = METRIC_COUNTER,
		.labels = family_label,
		.label_count = 1,
	};
	size_t i;

	exposition_family(exposition, &info);
	for (i = 0; i < registry->family_count; i++)
		if (is_shown(registry, i))
			exposition_u64(exposition, &registry->families[i]->info.name,
				       family_overflow_count(registry, registry->families[i]));
}

static void expose_expired(const struct registry *registry, struct exposition *exposition)
{
	static const struct family_info info = {
		.name = "etw_exporter_series_expired_total",
		.help = "Series that were taken off the page, since what they are of is gone.",
		.type = METRIC_COUNTER,
		.labels = family_label,
		.label_count = 1,
	};
	size_t i;

	exposition_family(exposition, &info);
	for (i = 0; i < registry->family_count; i++)
		if (is_shown(registry, i))
			exposition_u64(exposition, &registry->families[i]->info.name,
				       family_expired_count(registry->families[i]));
}

void registry_expose(struct registry *registry, struct exposition *exposition)
{
	size_t i;

	pthread_mutex_lock(&registry->expose_lock);
	for (i = 0; i < registry->family_count; i++) {
		if (is_shown(registry, i))
			expose_family(registry, registry->families[i], exposition);
		else
			free_dead(registry, registry->families[i]);
	}
	expose_number(exposition, "etw_exporter_series",
		      "Series that exist, without overflow series and those without labels.",
		      METRIC_GAUGE, registry_series(registry));
	expose_number(exposition, "etw_exporter_series_limit",
		      "Limit of the number of series (limits.series).", METRIC_GAUGE,
		      registry_series_limit(registry));
	expose_overflows(registry, exposition);
	expose_expired(registry, exposition);
	expose_number(exposition, "etw_exporter_label_truncations_total",
		      "Label values that were cut to their longest length (limits.label_bytes).",
		      METRIC_COUNTER, registry_labels_cut(registry));
	exposition_family(exposition, NULL);
	pthread_mutex_unlock(&registry->expose_lock);
}
