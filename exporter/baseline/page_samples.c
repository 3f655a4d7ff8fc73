#include "exporter/baseline/page_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/labels_read.h"

struct samples {
	const char *name; /* of the page */
	page_take *take;
	void *context;
	struct error *error;
	bool failed;	  /* and error says why */
	struct text text; /* names and values of the labels at hand, each with its end */
	size_t offsets[PAGE_LABELS_MAX]; /* of names in it; values stand behind */
	struct baseline_label labels[PAGE_LABELS_MAX];
	size_t label_count;
	uint64_t counts[PAGE_BOUNDS_MAX + 1];
};

static void refuse(struct samples *samples, const struct family_info *family, const char *why)
{
	error_set(samples->error, "%s: %s %s", samples->name, family->name, why);
	samples->failed = true;
}

/* The text grows while they are read: only then are they pointed to, in the order of their names.
 */
static void point_to_labels(struct samples *samples)
{
	size_t i, j;

	for (i = 0; i < samples->label_count; i++) {
		char *name = samples->text.bytes + samples->offsets[i];
		struct baseline_label label = {name, name + strlen(name) + 1};

		for (j = i; j && strcmp(samples->labels[j - 1].name, name) > 0; j--)
			samples->labels[j] = samples->labels[j - 1];
		samples->labels[j] = label;
	}
}

/* False: refused. */
static bool read_labels(struct samples *samples, const struct family_info *family,
			const char *labels, size_t length)
{
	const char *end = labels + length;
	struct label_text label;

	text_clear(&samples->text);
	samples->label_count = 0;
	while (labels_next(&labels, end, &label)) {
		if (samples->label_count == PAGE_LABELS_MAX) {
			refuse(samples, family, "has too many labels");
			return false;
		}
		samples->offsets[samples->label_count++] = samples->text.length;
		text_add(&samples->text, label.name, label.name_length);
		text_char(&samples->text, '\0');
		labels_value(&samples->text, &label);
		text_char(&samples->text, '\0');
	}
	if (samples->text.failed) {
		refuse(samples, family, "has labels that take too much memory");
		return false;
	}
	point_to_labels(samples);
	return true;
}

static void hand_out(struct samples *samples, const struct family_info *family, const char *labels,
		     size_t length, struct page_series *series)
{
	if (!read_labels(samples, family, labels, length))
		return;
	series->family = family->name;
	series->labels = samples->labels;
	series->label_count = samples->label_count;
	samples->failed = !samples->take(samples->context, series, samples->error);
}

static void take_number(void *context, const struct family_info *family, const char *labels,
			size_t length, double value)
{
	struct samples *samples = context;
	struct page_series series = {.kind = family->type == METRIC_COUNTER ? BASELINE_COUNTER
									    : BASELINE_GAUGE,
				     .value = value};

	if (samples->failed)
		return;
	if (series.kind == BASELINE_COUNTER && !(value >= 0 && isfinite(value)))
		refuse(samples, family, "is a counter, and below 0 or not a number");
	else
		hand_out(samples, family, labels, length, &series);
}

/* What is in the buckets may be a few events newer than the count. */
static void take_counts(struct samples *samples, const struct family_info *family,
			const struct histogram *histogram)
{
	uint64_t left = histogram->count;
	size_t i;

	for (i = 0; i < family->bound_count; i++) {
		samples->counts[i] = histogram->counts[i] < left ? histogram->counts[i] : left;
		left -= samples->counts[i];
	}
	samples->counts[i] = left;
}

static void take_histogram(void *context, const struct family_info *family, const char *labels,
			   size_t length, const struct histogram *histogram)
{
	struct samples *samples = context;
	struct page_series series = {
		.kind = BASELINE_HISTOGRAM,
		.bounds = family->bounds,
		.counts = samples->counts,
		.bound_count = family->bound_count,
		.count = histogram->count,
		.sum = histogram->sum,
	};

	if (samples->failed)
		return;
	take_counts(samples, family, histogram);
	hand_out(samples, family, labels, length, &series);
}

int page_samples(const char *name, struct metrics_page *page, page_take *take, void *context,
		 struct error *error)
{
	struct samples *samples = calloc(1, sizeof(*samples));
	const struct sample_taker taker = {take_number, take_histogram, samples};
	int result;

	if (!samples)
		return error_set(error, "%s: out of memory", name);
	samples->name = name;
	samples->take = take;
	samples->context = context;
	samples->error = error;
	text_init(&samples->text, PAGE_LABEL_BYTES_MAX);
	result = metrics_page_take(page, NULL, &taker);
	if (result)
		error_set(error, "%s: out of memory", name);
	else if (samples->failed)
		result = -1;
	text_done(&samples->text);
	free(samples);
	return result;
}
