#include "exporter/baseline/page_samples.h"

#include <math.h>
#include <stdlib.h>

#include "exporter/baseline/page_labels.h"
#include "exporter/baseline/page_native.h"
#include "metrics/labels_read.h"
#include "metrics/native.h"

struct samples {
	const char *name; /* of the page */
	page_take *take;
	void *context;
	struct error *error;
	bool failed; /* and error says why */
	struct page_labels labels;
	uint64_t counts[PAGE_BOUNDS_MAX + 1];
	struct page_native native;
	struct page_native_buckets native_buckets;
};

static void refuse(struct samples *samples, const struct family_info *family, const char *why)
{
	error_set(samples->error, "%s: %s %s", samples->name, family->name, why);
	samples->failed = true;
}

/* False: refused. */
static bool read_labels(struct samples *samples, const struct family_info *family,
			const char *labels, size_t length)
{
	const char *end = labels + length;
	struct label_text label;

	page_labels_clear(&samples->labels);
	while (labels_next(&labels, end, &label)) {
		if (samples->labels.count == PAGE_LABELS_MAX) {
			refuse(samples, family, "has too many labels");
			return false;
		}
		page_labels_name(&samples->labels, label.name, label.name_length);
		labels_value(&samples->labels.text, &label);
		text_char(&samples->labels.text, '\0');
	}
	if (samples->labels.text.failed) {
		refuse(samples, family, "has labels that take too much memory");
		return false;
	}
	page_labels_sort(&samples->labels);
	return true;
}

static void hand_out(struct samples *samples, const struct family_info *family, const char *labels,
		     size_t length, struct page_series *series)
{
	if (!read_labels(samples, family, labels, length))
		return;
	series->family = family->name;
	series->labels = samples->labels.list;
	series->label_count = samples->labels.count;
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

static void add_native(struct page_native_side *side, int32_t number, uint64_t count)
{
	size_t i = side->count_count;
	int64_t before = i ? side->indexes[i - 1] + 1 : 0;

	side->indexes[i] = number;
	side->spans[i] = (struct page_native_span){number - before, 1};
	side->counts[i] = count;
	side->span_count = ++side->count_count;
}

/* Its buckets become those of the series. False: refused. */
static bool take_native(struct samples *samples, const struct family_info *family,
			const struct native_set *set, struct page_series *series)
{
	struct page_native *native = &samples->native;
	struct page_native_buckets *buckets = &samples->native_buckets;
	const char *why;
	size_t i;

	native->schema = set->schema;
	native->zero_threshold = family->native->zero_threshold;
	native->zero_count = set->zero;
	native->negative.span_count = native->negative.count_count = 0;
	native->positive.span_count = native->positive.count_count = 0;
	for (i = 0; i < set->count; i++)
		add_native(native_key_is_negative(set->keys[i]) ? &native->negative
								: &native->positive,
			   native_key_number(set->keys[i]), set->counts[i]);
	why = page_native_make(native, buckets);
	if (why) {
		error_set(samples->error, "%s: %s: %s", samples->name, family->name, why);
		samples->failed = true;
		return false;
	}
	series->is_native = true;
	series->bounds = buckets->bounds;
	series->counts = buckets->counts;
	series->bound_count = buckets->bound_count;
	series->count = buckets->count;
	return true;
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
	if (!histogram->native)
		take_counts(samples, family, histogram);
	else if (!take_native(samples, family, histogram->native, &series))
		return;
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
	page_labels_init(&samples->labels);
	result = metrics_page_take(page, NULL, &taker);
	if (result)
		error_set(error, "%s: out of memory", name);
	else if (samples->failed)
		result = -1;
	page_labels_done(&samples->labels);
	free(samples);
	return result;
}
