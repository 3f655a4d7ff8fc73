#include "exporter/baseline/baseline.h"

#include <stdlib.h>
#include <string.h>

#define KEY_BYTES_MAX ((size_t)1 << 20)

static const char *const kind_names[BASELINE_KINDS] = {"counter", "gauge", "histogram"};
static const char *const origin_names[BASELINE_ORIGINS] = {"recording", "live", "url"};

const char *baseline_kind_name(enum baseline_kind kind)
{
	return kind_names[kind];
}

const char *baseline_origin_name(enum baseline_origin origin)
{
	return origin_names[origin];
}

static bool find_name(const char *const *names, size_t count, const char *name, size_t *found)
{
	for (*found = 0; *found < count; ++*found)
		if (strcmp(names[*found], name) == 0)
			return true;
	return false;
}

bool baseline_kind_parse(const char *name, enum baseline_kind *kind)
{
	size_t found;

	if (!find_name(kind_names, BASELINE_KINDS, name, &found))
		return false;
	*kind = (enum baseline_kind)found;
	return true;
}

bool baseline_origin_parse(const char *name, enum baseline_origin *origin)
{
	size_t found;

	if (!find_name(origin_names, BASELINE_ORIGINS, name, &found))
		return false;
	*origin = (enum baseline_origin)found;
	return true;
}

struct baseline *baseline_new(void)
{
	return calloc(1, sizeof(struct baseline));
}

static void free_labels(struct baseline_label *labels, size_t count)
{
	size_t i;

	for (i = 0; labels && i < count; i++) {
		free(labels[i].name);
		free(labels[i].value);
	}
	free(labels);
}

static void run_done(struct baseline_run *run)
{
	free(run->configuration);
	free(run->host.name);
	free(run->host.system);
	free(run->host.release);
	free_labels(run->labels, run->label_count);
}

void baseline_series_done(struct baseline_series *series, size_t runs)
{
	size_t i;

	free(series->key);
	free(series->metric);
	free_labels(series->labels, series->label_count);
	free(series->bounds);
	for (i = 0; series->values && i < runs; i++) {
		free(series->values[i].rates);
		free(series->values[i].buckets);
	}
	free(series->values);
}

void baseline_free(struct baseline *baseline)
{
	size_t i;

	if (!baseline)
		return;
	for (i = 0; i < baseline->series_count; i++)
		baseline_series_done(&baseline->series[i], baseline->run_count);
	for (i = 0; i < baseline->run_count; i++)
		run_done(&baseline->runs[i]);
	free(baseline->series);
	free(baseline->runs);
	free(baseline);
}

static int by_name(const void *a, const void *b)
{
	const struct baseline_label *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* Sorted. NULL: no memory. Of none it is memory, too. */
static struct baseline_label *copy_labels(const struct baseline_label *from, size_t count)
{
	struct baseline_label *labels = calloc(count + 1, sizeof(*labels));
	bool failed = !labels;
	size_t i;

	for (i = 0; !failed && i < count; i++) {
		labels[i].name = strdup(from[i].name);
		labels[i].value = strdup(from[i].value);
		failed = !labels[i].name || !labels[i].value;
	}
	if (failed) {
		free_labels(labels, count);
		return NULL;
	}
	if (count)
		qsort(labels, count, sizeof(*labels), by_name);
	return labels;
}

/* False: no memory. */
static bool copy_string(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return !from || *to;
}

static bool copy_run(struct baseline_run *to, const struct baseline_run *from)
{
	bool done;

	*to = *from;
	to->labels = copy_labels(from->labels, from->label_count);
	done = to->labels;
	done = copy_string(&to->configuration, from->configuration) && done;
	done = copy_string(&to->host.name, from->host.name) && done;
	done = copy_string(&to->host.system, from->host.system) && done;
	return copy_string(&to->host.release, from->host.release) && done;
}

/* Room for one more of `size` bytes, by doubling. False: no memory. */
static bool grow(void **list, size_t count, size_t size)
{
	void *grown;

	/* It is full at each power of two. */
	if (count & (count - 1))
		return true;
	grown = realloc(*list, (count ? 2 * count : 1) * size);
	if (!grown)
		return false;
	*list = grown;
	return true;
}

int baseline_add_run(struct baseline *baseline, const struct baseline_run *run, struct error *error)
{
	struct baseline_run copy;
	void *runs = baseline->runs;

	if (baseline->run_count == BASELINE_RUNS_MAX)
		return error_set(error, "a baseline holds at most %d runs", BASELINE_RUNS_MAX);
	if (run->interval_count > BASELINE_INTERVALS_MAX)
		return error_set(error, "a run has at most %d intervals, not %zu; make them longer",
				 BASELINE_INTERVALS_MAX, run->interval_count);
	if (run->label_count > BASELINE_LABELS_MAX)
		return error_set(error, "a run has at most %d labels, not %zu", BASELINE_LABELS_MAX,
				 run->label_count);
	if (!grow(&runs, baseline->run_count, sizeof(copy)))
		return error_set(error, "out of memory");
	baseline->runs = runs;
	if (!copy_run(&copy, run)) {
		run_done(&copy);
		return error_set(error, "out of memory");
	}
	baseline->runs[baseline->run_count++] = copy;
	return 0;
}

/* `:` stands behind 9. */
static bool is_plain(const char *name)
{
	const char *at;

	for (at = name; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') || *at == '_' || (*at >= 'A' && *at <= 'Z') ||
		      (*at >= '0' && *at <= ':')))
			return false;
	return *name;
}

static void add_quoted(struct text *to, const char *value)
{
	text_char(to, '"');
	text_label_value(to, value, SIZE_MAX);
	text_char(to, '"');
}

/* Names that are more than letters, digits, `_` and `:` stand between quotes, those of metrics
 * then first between the braces. */
void baseline_key(struct text *to, const char *metric, const struct baseline_label *labels,
		  size_t count)
{
	bool is_open = !is_plain(metric);
	size_t i;

	if (is_open) {
		text_char(to, '{');
		add_quoted(to, metric);
	} else {
		text_string(to, metric);
	}
	for (i = 0; i < count; i++) {
		text_char(to, is_open ? ',' : '{');
		is_open = true;
		if (is_plain(labels[i].name))
			text_string(to, labels[i].name);
		else
			add_quoted(to, labels[i].name);
		text_string(to, "=\"");
		text_label_value(to, labels[i].value, SIZE_MAX);
		text_char(to, '"');
	}
	if (is_open)
		text_char(to, '}');
}

/* NULL: no memory, or too long. */
static char *make_key(const struct baseline_series *series)
{
	struct text text;

	text_init(&text, KEY_BYTES_MAX);
	baseline_key(&text, series->metric, series->labels, series->label_count);
	text_char(&text, '\0');
	if (!text.failed)
		return text.bytes;
	text_done(&text);
	return NULL;
}

bool baseline_same_bounds(const struct baseline_series *series, const double *bounds, size_t count)
{
	return series->bound_count == count &&
	       (!count || memcmp(series->bounds, bounds, count * sizeof(*bounds)) == 0);
}

int baseline_series_init(struct baseline_series *series, const struct baseline_name *name,
			 size_t runs)
{
	*series = (struct baseline_series){
		.metric = strdup(name->metric),
		.labels = copy_labels(name->labels, name->label_count),
		.label_count = name->label_count,
		.kind = name->kind,
		.bounds = malloc((name->bound_count + 1) * sizeof(*series->bounds)),
		.bound_count = name->bound_count,
		.values = calloc(runs + 1, sizeof(*series->values)),
	};
	if (series->bounds && name->bound_count)
		memcpy(series->bounds, name->bounds, name->bound_count * sizeof(*series->bounds));
	if (series->metric && series->labels && series->bounds && series->values)
		series->key = make_key(series);
	if (series->key)
		return 0;
	baseline_series_done(series, runs);
	return -1;
}

/* Where a key is, or would be. */
static size_t place_of(const struct baseline *baseline, const char *key, bool *is_there)
{
	size_t low = 0, high = baseline->series_count;

	/* Most come in their order. */
	if (high && strcmp(baseline->series[high - 1].key, key) < 0)
		low = high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(baseline->series[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*is_there = low < baseline->series_count && strcmp(baseline->series[low].key, key) == 0;
	return low;
}

static int check_name(const struct baseline *baseline, const struct baseline_name *name,
		      struct error *error)
{
	if (baseline->series_count == BASELINE_SERIES_MAX)
		return error_set(error, "a baseline holds at most %d series", BASELINE_SERIES_MAX);
	if (name->label_count > BASELINE_LABELS_MAX)
		return error_set(error, "%s: a series has at most %d labels, not %zu", name->metric,
				 BASELINE_LABELS_MAX, name->label_count);
	if (name->bound_count > BASELINE_BOUNDS_MAX)
		return error_set(error, "%s: a histogram has at most %d buckets, not %zu",
				 name->metric, BASELINE_BOUNDS_MAX, name->bound_count);
	return 0;
}

struct baseline_series *baseline_add_series(struct baseline *baseline,
					    const struct baseline_name *name, struct error *error)
{
	struct baseline_series series, *at;
	void *list = baseline->series;
	bool is_there = false;
	size_t place;

	if (check_name(baseline, name, error))
		return NULL;
	if (!grow(&list, baseline->series_count, sizeof(series))) {
		error_set(error, "%s: out of memory", name->metric);
		return NULL;
	}
	baseline->series = list;
	if (baseline_series_init(&series, name, baseline->run_count)) {
		error_set(error, "%s: out of memory", name->metric);
		return NULL;
	}
	place = place_of(baseline, series.key, &is_there);
	if (is_there) {
		error_set(error, "the series %s is there twice", series.key);
		baseline_series_done(&series, baseline->run_count);
		return NULL;
	}
	at = &baseline->series[place];
	memmove(at + 1, at, (baseline->series_count++ - place) * sizeof(*at));
	*at = series;
	return at;
}

struct baseline_series *baseline_find(const struct baseline *baseline, const char *key)
{
	bool is_there;
	size_t place = place_of(baseline, key, &is_there);

	return is_there ? &baseline->series[place] : NULL;
}

struct baseline_values *baseline_add_values(struct baseline *baseline,
					    struct baseline_series *series, size_t run,
					    struct error *error)
{
	struct baseline_values *values = &series->values[run];
	size_t rates = baseline->runs[run].interval_count;
	size_t buckets = series->kind == BASELINE_HISTOGRAM ? series->bound_count + 1 : 0;

	if (values->rates) {
		error_set(error, "the series %s has values of a run twice", series->key);
		return NULL;
	}
	if (rates + buckets > BASELINE_NUMBERS_MAX - baseline->numbers) {
		error_set(error, "a baseline holds at most %zu numbers; take longer intervals",
			  BASELINE_NUMBERS_MAX);
		return NULL;
	}
	values->rates = calloc(rates + 1, sizeof(*values->rates));
	values->buckets = buckets ? calloc(buckets, sizeof(*values->buckets)) : NULL;
	if (!values->rates || (buckets && !values->buckets)) {
		free(values->rates);
		free(values->buckets);
		*values = (struct baseline_values){0};
		error_set(error, "out of memory");
		return NULL;
	}
	baseline->numbers += rates + buckets;
	return values;
}
