#include "exporter/baseline/online.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/page_parser.h"
#include "exporter/baseline/statistics.h"

#define NS_PER_SECOND	1000000000
#define LABEL_BYTES_MAX ((size_t)1 << 20)
#define METRIC_LABEL	"metric"

/* A series of the baseline. */
struct reference {
	char *labels; /* as they stand between the braces, with the metric's name as one */
	size_t label_bytes;
	double median, deviation; /* NAN: it has no values */
	double now;		  /* what collectors show; NAN: not known */
	/* Of the thread that samples. */
	double next;		/* what `now` becomes */
	double last;		/* of a counter or a histogram's count: on the last page */
	bool has_last, is_seen; /* on it, and on the page at hand */
};

struct baseline_online {
	pthread_mutex_t lock; /* of all that a collector reads: who samples alone changes it */
	struct baseline *baseline;
	struct reference *list; /* as the baseline's series */
	const char **names;	/* of their families, in the order of strcmp(), each once */
	size_t name_count;
	/* Of the thread that samples. */
	struct text page;
	int64_t interval_ns, last_ns; /* last_ns 0: there was no page yet */
	double seconds;		      /* since then */
};

static void free_list(struct reference *list, size_t count)
{
	size_t i;

	for (i = 0; list && i < count; i++)
		free(list[i].labels);
	free(list);
}

static void drop(struct baseline_online *online)
{
	free_list(online->list, online->baseline ? online->baseline->series_count : 0);
	free(online->names);
	baseline_free(online->baseline);
	online->list = NULL;
	online->names = NULL;
	online->baseline = NULL;
	online->name_count = 0;
}

struct baseline_online *baseline_online_new(void)
{
	struct baseline_online *online = calloc(1, sizeof(*online));

	if (!online)
		return NULL;
	pthread_mutex_init(&online->lock, NULL);
	text_init(&online->page, PAGE_BYTES_MAX);
	return online;
}

void baseline_online_free(struct baseline_online *online)
{
	if (!online)
		return;
	drop(online);
	text_done(&online->page);
	pthread_mutex_destroy(&online->lock);
	free(online);
}

static void add_label(struct text *to, const char *name, const char *value)
{
	text_string(to, to->length ? "," : "");
	text_string(to, name);
	text_string(to, "=\"");
	text_label_value(to, value, SIZE_MAX);
	text_char(to, '"');
}

/* A label of its own that is called as ours is gets the name that Prometheus gives such. */
static bool render_labels(const struct baseline_series *series, struct reference *reference)
{
	struct text text;
	size_t i;

	text_init(&text, LABEL_BYTES_MAX);
	add_label(&text, METRIC_LABEL, series->metric);
	for (i = 0; i < series->label_count; i++)
		add_label(&text,
			  strcmp(series->labels[i].name, METRIC_LABEL) == 0
				  ? "exported_" METRIC_LABEL
				  : series->labels[i].name,
			  series->labels[i].value);
	reference->labels = text.bytes;
	reference->label_bytes = text.length;
	return !text.failed;
}

/* Over all intervals of all runs. */
static void find_middle(const struct baseline *baseline, const struct baseline_series *series,
			struct reference *reference, double *room)
{
	size_t i, j, count = 0;

	for (i = 0; i < baseline->run_count; i++)
		for (j = 0; series->values[i].rates && j < baseline->runs[i].interval_count; j++)
			if (!isnan(series->values[i].rates[j]))
				room[count++] = series->values[i].rates[j];
	sort_values(room, count);
	reference->median = sample_median(room, count);
	reference->deviation = sample_mad(room, count, room + count);
	reference->now = NAN;
}

static size_t interval_count(const struct baseline *baseline)
{
	size_t i, count = 0;

	for (i = 0; i < baseline->run_count; i++)
		count += baseline->runs[i].interval_count;
	return count;
}

/* NULL: no memory. */
static struct reference *make_list(const struct baseline *baseline)
{
	struct reference *list = calloc(baseline->series_count + 1, sizeof(*list));
	double *room = calloc(2 * interval_count(baseline) + 1, sizeof(*room));
	bool done = list && room;
	size_t i;

	for (i = 0; done && i < baseline->series_count; i++) {
		find_middle(baseline, &baseline->series[i], &list[i], room);
		done = render_labels(&baseline->series[i], &list[i]);
	}
	free(room);
	if (done)
		return list;
	free_list(list, baseline->series_count);
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	const char *const *first = a, *const *second = b;

	return strcmp(*first, *second);
}

/* NULL: no memory. */
static const char **make_names(const struct baseline *baseline, size_t *count)
{
	const char **names = calloc(baseline->series_count + 1, sizeof(char *));
	size_t i;

	*count = 0;
	if (!names)
		return NULL;
	for (i = 0; i < baseline->series_count; i++)
		names[i] = baseline->series[i].metric;
	if (baseline->series_count)
		qsort(names, baseline->series_count, sizeof(*names), by_text);
	for (i = 0; i < baseline->series_count; i++)
		if (!*count || strcmp(names[*count - 1], names[i]) != 0)
			names[(*count)++] = names[i];
	return names;
}

static void take_over(struct baseline_online *online, struct baseline *baseline,
		      struct reference *list, const char **names, size_t name_count)
{
	uint64_t interval = baseline ? baseline->runs[0].interval_ns : NS_PER_SECOND;

	pthread_mutex_lock(&online->lock);
	drop(online);
	online->baseline = baseline;
	online->list = list;
	online->names = names;
	online->name_count = name_count;
	pthread_mutex_unlock(&online->lock);
	online->last_ns = 0;
	online->interval_ns = interval > NS_PER_SECOND ? (int64_t)interval : NS_PER_SECOND;
}

int baseline_online_set(struct baseline_online *online, struct baseline *baseline,
			struct error *error)
{
	struct reference *list;
	const char **names;
	size_t name_count;

	if (!baseline) {
		take_over(online, NULL, NULL, NULL, 0);
		return 0;
	}
	list = make_list(baseline);
	names = make_names(baseline, &name_count);
	if (list && names) {
		take_over(online, baseline, list, names, name_count);
		return 0;
	}
	free_list(list, baseline->series_count);
	free(names);
	baseline_free(baseline);
	return error_set(error, "out of memory for the baseline");
}

/* A counter that goes back has begun anew. */
static double rate_of(const struct baseline_online *online, const struct reference *reference,
		      double value)
{
	double more = value < reference->last ? value : value - reference->last;

	return reference->has_last ? more / online->seconds : NAN;
}

static bool take(void *context, const struct page_series *series, struct error *error)
{
	struct baseline_online *online = context;
	double value = series->kind == BASELINE_HISTOGRAM ? (double)series->count : series->value;
	const struct baseline_series *found;
	struct reference *reference;
	struct text key;

	(void)error;
	text_init(&key, LABEL_BYTES_MAX);
	baseline_key(&key, series->family, series->labels, series->label_count);
	text_char(&key, '\0');
	found = key.failed ? NULL : baseline_find(online->baseline, key.bytes);
	text_done(&key);
	if (!found || found->kind != series->kind)
		return true;
	reference = &online->list[found - online->baseline->series];
	reference->next =
		series->kind == BASELINE_GAUGE ? value : rate_of(online, reference, value);
	reference->last = value;
	reference->is_seen = true;
	return true;
}

/* Of what is not on the page nothing happened. */
static void end_page(struct baseline_online *online)
{
	size_t i;

	for (i = 0; i < online->baseline->series_count; i++) {
		struct reference *reference = &online->list[i];
		bool is_gauge = online->baseline->series[i].kind == BASELINE_GAUGE;

		if (!reference->is_seen) {
			reference->next = is_gauge || !reference->has_last ? NAN : 0;
			reference->last = 0;
		}
		reference->has_last = true;
	}
}

/* No scrape waits for more than this. */
static void show_page(struct baseline_online *online)
{
	size_t i;

	pthread_mutex_lock(&online->lock);
	for (i = 0; i < online->baseline->series_count; i++)
		online->list[i].now = online->list[i].next;
	pthread_mutex_unlock(&online->lock);
}

static int read_page(struct baseline_online *online, struct error *error)
{
	size_t i;

	for (i = 0; i < online->baseline->series_count; i++)
		online->list[i].is_seen = false;
	if (page_parse("the metrics page", online->page.bytes ? online->page.bytes : "",
		       online->page.length, take, online, error))
		return -1;
	end_page(online);
	show_page(online);
	return 0;
}

int baseline_online_sample(struct baseline_online *online, struct metrics_page *page,
			   int64_t now_ns, struct error *error)
{
	const struct name_filter filter = {online->names, online->name_count};
	const struct page_request request = {.format = EXPOSITION_TEXT, .filter = &filter};

	if (!online->baseline ||
	    (online->last_ns && now_ns - online->last_ns < online->interval_ns))
		return 0;
	text_clear(&online->page);
	metrics_page_answer(page, &request, &online->page);
	if (online->page.failed)
		return error_set(error, "the metrics page is too large to be compared with the "
					"baseline");
	online->seconds = (double)(now_ns - online->last_ns) / NS_PER_SECOND;
	online->last_ns = now_ns;
	return read_page(online, error);
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
	size_t i, j;

	pthread_mutex_lock(&online->lock);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		exposition_family(exposition, &families[i].info);
		for (j = 0; online->baseline && j < online->baseline->series_count; j++) {
			const struct reference *reference = &online->list[j];
			double number = families[i].number(reference);

			if (!isnan(number))
				exposition_rendered_double(exposition, reference->labels,
							   reference->label_bytes, number);
		}
	}
	pthread_mutex_unlock(&online->lock);
}
