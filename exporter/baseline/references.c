#include "exporter/baseline/references.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/statistics.h"
#include "metrics/labels_read.h"
#include "metrics/text.h"

#define LABEL_BYTES_MAX	 ((size_t)1 << 20)
#define METRIC_LABEL	 "metric"
#define METRIC_LABEL_OWN "exported_" METRIC_LABEL

/* Its references and samples have the same places. */
struct reference_family {
	size_t first, count;
	size_t known; /* samples that a page can have, which come first, by their labels */
	char *order;  /* the names of its labels on the last page; NULL: no page had it */
	char *labels; /* of all samples */
};

#define NO_FAMILY SIZE_MAX

struct references {
	struct reference *list; /* by family */
	struct reference_sample *samples;
	size_t count;
	struct reference_family *families;
	char **names; /* theirs, in the order of strcmp() */
	size_t family_count;
	/* Of the samples that follow. */
	size_t family; /* or NO_FAMILY */
	size_t at;     /* of the samples, where the next is looked for */
	enum baseline_kind kind;
	struct text text;
};

struct reference *references_list(const struct references *references, size_t *count)
{
	*count = references->count;
	return references->list;
}

struct reference_sample *references_samples(const struct references *references, size_t *count)
{
	*count = references->count;
	return references->samples;
}

const char *const *references_names(const struct references *references, size_t *count)
{
	*count = references->family_count;
	return (const char *const *)references->names;
}

void references_free(struct references *references)
{
	size_t i;

	if (!references)
		return;
	for (i = 0; i < references->count; i++)
		free(references->list[i].labels);
	for (i = 0; i < references->family_count; i++) {
		free(references->families[i].order);
		free(references->families[i].labels);
		free(references->names[i]);
	}
	free(references->list);
	free(references->samples);
	free(references->families);
	free(references->names);
	text_done(&references->text);
	free(references);
}

/* The text's bytes, as the caller's own; NULL: no memory. */
static char *copy_text(const struct text *text)
{
	char *copy = text->failed ? NULL : malloc(text->length + 1);

	if (!copy)
		return NULL;
	if (text->length)
		memcpy(copy, text->bytes, text->length);
	copy[text->length] = '\0';
	return copy;
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
static bool render_labels(struct references *references, const struct baseline_series *series,
			  struct reference *reference)
{
	struct text *text = &references->text;
	size_t i;

	text_clear(text);
	add_label(text, METRIC_LABEL, series->metric);
	for (i = 0; i < series->label_count; i++)
		add_label(text,
			  strcmp(series->labels[i].name, METRIC_LABEL) == 0
				  ? METRIC_LABEL_OWN
				  : series->labels[i].name,
			  series->labels[i].value);
	reference->labels = copy_text(text);
	reference->label_bytes = text->length;
	return reference->labels;
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

static int by_metric(const void *a, const void *b)
{
	const struct baseline_series *const *first = a, *const *second = b;
	int order = strcmp((*first)->metric, (*second)->metric);

	return order ? order : (*first > *second) - (*first < *second);
}

/* The series by their metrics. The caller's; NULL: no memory. */
static const struct baseline_series **sort_series(const struct baseline *baseline)
{
	const struct baseline_series **sorted =
		calloc(baseline->series_count + 1, sizeof(struct baseline_series *));
	size_t i;

	if (!sorted)
		return NULL;
	for (i = 0; i < baseline->series_count; i++)
		sorted[i] = &baseline->series[i];
	if (baseline->series_count)
		qsort(sorted, baseline->series_count, sizeof(struct baseline_series *), by_metric);
	return sorted;
}

/* The family that a series is of, which comes behind the others. */
static bool add_to_family(struct references *references, const char *metric)
{
	size_t at = references->family_count;

	if (!at || strcmp(references->names[at - 1], metric) != 0) {
		references->names[at] = strdup(metric);
		if (!references->names[at])
			return false;
		references->families[at].first = references->count;
		references->family_count++;
	}
	references->families[references->family_count - 1].count++;
	return true;
}

static bool fill(struct references *references, const struct baseline *baseline,
		 const struct baseline_series *const *sorted, double *room)
{
	size_t i;

	for (i = 0; i < baseline->series_count; i++) {
		references->samples[i] = (struct reference_sample){
			.reference = (uint32_t)i, .next = NAN, .kind = sorted[i]->kind};
		find_middle(baseline, sorted[i], &references->list[i], room);
		if (!add_to_family(references, sorted[i]->metric))
			return false;
		references->count++;
		if (!render_labels(references, sorted[i], &references->list[i]))
			return false;
	}
	return true;
}

static bool make(struct references *references, const struct baseline *baseline)
{
	const struct baseline_series **sorted = sort_series(baseline);
	double *room = calloc(2 * interval_count(baseline) + 1, sizeof(*room));
	size_t most = baseline->series_count + 1;
	bool done;

	references->list = calloc(most, sizeof(*references->list));
	references->samples = calloc(most, sizeof(*references->samples));
	references->families = calloc(most, sizeof(*references->families));
	references->names = calloc(most, sizeof(char *));
	done = sorted && room && references->list && references->samples && references->families &&
	       references->names && fill(references, baseline, sorted, room);
	free(room);
	free(sorted);
	return done;
}

struct references *references_new(const struct baseline *baseline)
{
	struct references *references = calloc(1, sizeof(*references));

	if (!references)
		return NULL;
	text_init(&references->text, LABEL_BYTES_MAX);
	references->family = NO_FAMILY;
	if (make(references, baseline))
		return references;
	references_free(references);
	return NULL;
}

/* Appends a label of a reference as a page has it. False: it has none of that name. */
static bool add_page_label(struct text *to, const struct reference *reference, const char *name)
{
	const char *at = reference->labels, *end = at + reference->label_bytes;
	const char *own = strcmp(name, METRIC_LABEL) == 0 ? METRIC_LABEL_OWN : name;
	struct label_text label;

	/* The first is ours. */
	labels_next(&at, end, &label);
	while (labels_next(&at, end, &label)) {
		if (label.name_length != strlen(own) ||
		    memcmp(label.name, own, label.name_length) != 0)
			continue;
		text_string(to, name);
		text_string(to, "=\"");
		text_add(to, label.value, label.value_length);
		text_char(to, '"');
		return true;
	}
	return false;
}

static size_t own_label_count(const struct reference *reference)
{
	const char *at = reference->labels, *end = at + reference->label_bytes;
	struct label_text label;
	size_t count = 0;

	while (labels_next(&at, end, &label))
		count++;
	return count - 1;
}

/* Appends its labels as pages have them. False: they are others than the family's. */
static bool add_page_labels(struct text *to, const struct family_info *family,
			    const struct reference *reference)
{
	size_t start = to->length, i;

	if (own_label_count(reference) != family->label_count)
		return false;
	for (i = 0; i < family->label_count; i++) {
		text_string(to, i ? "," : "");
		if (add_page_label(to, reference, family->labels[i]))
			continue;
		to->length = start;
		return false;
	}
	return true;
}

static int compare_labels(const struct reference_sample *sample, const char *labels, size_t length)
{
	size_t both = sample->label_bytes < length ? sample->label_bytes : length;
	int order = both ? memcmp(sample->labels, labels, both) : 0;

	return order ? order : (sample->label_bytes > length) - (sample->label_bytes < length);
}

/* In the order of pages; those that no page can have come last. */
static int by_labels(const void *a, const void *b)
{
	const struct reference_sample *first = a, *second = b;

	if (!first->labels || !second->labels)
		return !first->labels - !second->labels;
	return compare_labels(first, second->labels, second->label_bytes);
}

/* Renders the labels of a family's samples. -1: no memory. */
static int render_page_labels(struct references *references, const struct family_info *family,
			      const struct reference_family *known, struct text *text)
{
	struct reference_sample *samples = references->samples + known->first;
	size_t start, i;

	for (i = 0; i < known->count; i++) {
		start = text->length;
		samples[i].labels = NULL;
		samples[i].label_bytes = 0;
		if (!add_page_labels(text, family, &references->list[samples[i].reference]))
			continue;
		samples[i].label_bytes = (uint32_t)(text->length - start);
		/* The text may yet move. */
		samples[i].labels = "";
	}
	return text->failed ? -1 : 0;
}

/* Points the samples that have labels to them, which stand one behind the other. */
static void point_to_labels(struct reference_sample *samples, size_t count, const char *labels)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!samples[i].labels)
			continue;
		samples[i].labels = labels;
		labels += samples[i].label_bytes;
	}
}

/* The labels in the order of the samples; NULL: no memory. */
static char *gather_labels(const struct reference_sample *samples, size_t count, size_t bytes)
{
	char *all = malloc(bytes + 1), *at = all;
	size_t i;

	for (i = 0; all && i < count && samples[i].labels; i++) {
		memcpy(at, samples[i].labels, samples[i].label_bytes);
		at += samples[i].label_bytes;
	}
	return all;
}

/* Puts a family's samples into the order of pages. -1: no memory, and it has none that is known. */
static int order_samples(struct references *references, const struct family_info *family,
			 struct reference_family *known)
{
	struct reference_sample *samples = references->samples + known->first;
	struct text text;
	int result;

	text_init(&text, SIZE_MAX);
	result = render_page_labels(references, family, known, &text);
	if (!result) {
		point_to_labels(samples, known->count, text.bytes ? text.bytes : "");
		qsort(samples, known->count, sizeof(*samples), by_labels);
		known->labels = gather_labels(samples, known->count, text.length);
	}
	text_done(&text);
	if (!known->labels)
		return -1;
	point_to_labels(samples, known->count, known->labels);
	while (known->known < known->count && samples[known->known].labels)
		known->known++;
	return 0;
}

static void forget_order(struct reference_family *known)
{
	free(known->order);
	free(known->labels);
	known->order = known->labels = NULL;
	known->known = 0;
}

/* The names of the family's labels as one text. NULL: no memory. */
static char *order_of(struct references *references, const struct family_info *family)
{
	struct text *text = &references->text;
	size_t i;

	text_clear(text);
	for (i = 0; i < family->label_count; i++) {
		text_string(text, family->labels[i]);
		text_char(text, ',');
	}
	return copy_text(text);
}

static int learn_family(struct references *references, const struct family_info *family,
			struct reference_family *known)
{
	char *order = order_of(references, family);

	if (order && known->order && strcmp(known->order, order) == 0) {
		free(order);
		return 0;
	}
	forget_order(known);
	known->order = order;
	if (order && !order_samples(references, family, known))
		return 0;
	forget_order(known);
	return -1;
}

static enum baseline_kind kind_of(enum metric_type type)
{
	switch (type) {
	case METRIC_COUNTER:
		return BASELINE_COUNTER;
	case METRIC_HISTOGRAM:
		return BASELINE_HISTOGRAM;
	case METRIC_GAUGE:
	case METRIC_INFO:
		break;
	}
	return BASELINE_GAUGE;
}

static int compare_names(const void *key, const void *name)
{
	return strcmp(key, *(char *const *)name);
}

int references_family(struct references *references, const struct family_info *family)
{
	char *const *name = bsearch(family->name, references->names, references->family_count,
				    sizeof(char *), compare_names);

	references->family = NO_FAMILY;
	if (!name)
		return 0;
	references->family = (size_t)(name - references->names);
	references->kind = kind_of(family->type);
	references->at = 0;
	if (!learn_family(references, family, &references->families[references->family]))
		return 0;
	references->family = NO_FAMILY;
	return -1;
}

/* The first of the samples from `low` up to `high` that is not before these labels. */
static size_t first_from(const struct reference_sample *samples, size_t low, size_t high,
			 const char *labels, size_t length)
{
	size_t middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_labels(&samples[middle], labels, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The same of all, where what is looked for comes soon behind `at`, or anywhere. */
static size_t first_near(const struct reference_sample *samples, size_t count, size_t at,
			 const char *labels, size_t length)
{
	size_t step = 1;

	if (at && compare_labels(&samples[at - 1], labels, length) >= 0)
		return first_from(samples, 0, at, labels, length);
	while (step <= count - at && compare_labels(&samples[at + step - 1], labels, length) < 0) {
		at += step;
		step *= 2;
	}
	return first_from(samples, at, step <= count - at ? at + step : count, labels, length);
}

struct reference_sample *references_find(struct references *references, const char *labels,
					 size_t length)
{
	const struct reference_family *family;
	struct reference_sample *samples;
	size_t at = references->at;

	if (references->family == NO_FAMILY)
		return NULL;
	family = &references->families[references->family];
	samples = references->samples + family->first;
	if (at == family->known || compare_labels(&samples[at], labels, length) != 0) {
		at = first_near(samples, family->known, at, labels, length);
		references->at = at;
		if (at == family->known || compare_labels(&samples[at], labels, length) != 0)
			return NULL;
	}
	references->at = at + 1;
	return samples[at].kind == references->kind ? &samples[at] : NULL;
}
