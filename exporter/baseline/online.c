#include "exporter/baseline/online.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "exporter/baseline/references.h"

#define NS_PER_SECOND 1000000000

struct baseline_online {
	/* Of all that a collector reads: who samples alone changes it. */
	pthread_mutex_t lock;
	struct references *references; /* NULL: there is no baseline */
	/* Of the thread that samples. */
	int64_t interval_ns, last_ns;	  /* last_ns 0: there was no page yet */
	double seconds;			  /* since then */
	const struct family_info *family; /* of the samples at hand */
	bool failed;			  /* no memory for one */
};

struct baseline_online *baseline_online_new(void)
{
	struct baseline_online *online = calloc(1, sizeof(*online));

	if (!online)
		return NULL;
	pthread_mutex_init(&online->lock, NULL);
	return online;
}

void baseline_online_free(struct baseline_online *online)
{
	if (!online)
		return;
	references_free(online->references);
	pthread_mutex_destroy(&online->lock);
	free(online);
}

int baseline_online_set(struct baseline_online *online, const struct baseline *baseline,
			struct error *error)
{
	struct references *references = baseline ? references_new(baseline) : NULL;
	uint64_t interval = baseline ? baseline->runs[0].interval_ns : NS_PER_SECOND;
	struct references *old;

	if (baseline && !references)
		return error_set(error, "out of memory for the baseline");
	pthread_mutex_lock(&online->lock);
	old = online->references;
	online->references = references;
	pthread_mutex_unlock(&online->lock);
	references_free(old);
	online->last_ns = 0;
	online->interval_ns = interval > NS_PER_SECOND ? (int64_t)interval : NS_PER_SECOND;
	return 0;
}

/* A counter that goes back has begun anew. */
static double rate_of(const struct baseline_online *online, const struct reference_sample *sample,
		      double value)
{
	double more = value < sample->last ? value : value - sample->last;

	return sample->has_last ? more / online->seconds : NAN;
}

static void take(struct baseline_online *online, const struct family_info *family,
		 const char *labels, size_t length, double value)
{
	struct reference_sample *sample;

	if (family != online->family) {
		online->family = family;
		if (references_family(online->references, family))
			online->failed = true;
	}
	sample = references_find(online->references, labels, length);
	if (!sample)
		return;
	sample->next = sample->kind == BASELINE_GAUGE ? value : rate_of(online, sample, value);
	sample->last = value;
	sample->is_seen = true;
}

static void take_number(void *context, const struct family_info *family, const char *labels,
			size_t length, double value)
{
	take(context, family, labels, length, value);
}

static void take_histogram(void *context, const struct family_info *family, const char *labels,
			   size_t length, const struct histogram *histogram)
{
	take(context, family, labels, length, (double)histogram->count);
}

/* Of what is not on the page nothing happened. */
static void end_sample(struct reference_sample *sample)
{
	if (!sample->is_seen) {
		sample->next = sample->kind == BASELINE_GAUGE || !sample->has_last ? NAN : 0;
		sample->last = 0;
	}
	sample->has_last = true;
	sample->is_seen = false;
}

static void end_page(struct baseline_online *online)
{
	size_t count, i;
	struct reference *list = references_list(online->references, &count);
	struct reference_sample *samples = references_samples(online->references, &count);

	for (i = 0; i < count; i++)
		end_sample(&samples[i]);
	/* No scrape waits for more than this. */
	pthread_mutex_lock(&online->lock);
	for (i = 0; i < count; i++)
		list[samples[i].reference].now = samples[i].next;
	pthread_mutex_unlock(&online->lock);
}

static int read_page(struct baseline_online *online, struct metrics_page *page, struct error *error)
{
	const struct sample_taker taker = {take_number, take_histogram, online};
	struct name_filter filter = {0};

	filter.names = references_names(online->references, &filter.count);
	online->family = NULL;
	online->failed = false;
	if (metrics_page_take(page, &filter, &taker) || online->failed)
		return error_set(error, "out of memory");
	end_page(online);
	return 0;
}

int baseline_online_sample(struct baseline_online *online, struct metrics_page *page,
			   int64_t now_ns, struct error *error)
{
	if (!online->references ||
	    (online->last_ns && now_ns - online->last_ns < online->interval_ns))
		return 0;
	online->seconds = (double)(now_ns - online->last_ns) / NS_PER_SECOND;
	online->last_ns = now_ns;
	return read_page(online, page, error);
}

static double value_of(const struct reference *reference)
{
	return reference->median;
}

static double ratio_of(const struct reference *reference)
{
	return reference->median > 0 ? reference->now / reference->median : NAN;
}

/* Where all intervals were the same nobody knows how far is far. */
static double deviation_of(const struct reference *reference)
{
	return reference->deviation > 0
		       ? (reference->now - reference->median) / reference->deviation
		       : NAN;
}

/* What the labels are is in each sample's own text. */
static const struct {
	struct family_info info;
	double (*number)(const struct reference *reference);
} families[] = {
	{{.name = "etw_baseline_value",
	  .help = "Median of the baseline's intervals: of counters and histograms a second, of "
		  "gauges as they are.",
	  .type = METRIC_GAUGE},
	 value_of},
	{{.name = "etw_baseline_ratio",
	  .help = "The last interval as a share of the baseline's median.",
	  .type = METRIC_GAUGE},
	 ratio_of},
	{{.name = "etw_baseline_deviation",
	  .help = "How far the last interval is from the baseline's median, in 1.4826 times its "
		  "median absolute deviation.",
	  .type = METRIC_GAUGE},
	 deviation_of},
};

void baseline_online_collect(struct exposition *exposition, void *context)
{
	struct baseline_online *online = context;
	const struct reference *list = NULL;
	size_t count = 0, i, j;

	pthread_mutex_lock(&online->lock);
	if (online->references)
		list = references_list(online->references, &count);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (!exposition_family(exposition, &families[i].info))
			continue;
		for (j = 0; j < count; j++) {
			double number = families[i].number(&list[j]);

			if (!isnan(number))
				exposition_rendered_double(exposition, list[j].labels,
							   list[j].label_bytes, number);
		}
	}
	pthread_mutex_unlock(&online->lock);
}
