/* Histograms, classic and native. */
#include <math.h>
#include <string.h>

#include "exporter/baseline/page_protobuf_private.h"

/* Buckets of a factor of 1.09, or less. */
#define SCHEMA_FINE 3

/* What messages hold. */
struct histogram_message {
	uint64_t count, zero_count;
	double count_float, zero_count_float; /* of more than 0: instead of these */
	double sum, zero_threshold;
	int64_t schema;
	struct protobuf_reader created;
};
struct bucket_message {
	uint64_t count;
	double count_float, bound; /* likewise */
};
struct span_message {
	int64_t offset;
	uint64_t length;
};

static const struct protobuf_row bucket_rows[] = {
	[1] = {FIELD_U64, offsetof(struct bucket_message, count), NULL},
	[2] = {FIELD_DOUBLE, offsetof(struct bucket_message, bound), NULL},
	[4] = {FIELD_DOUBLE, offsetof(struct bucket_message, count_float), NULL},
};
static const struct protobuf_fields bucket_fields = PROTOBUF_FIELDS(bucket_rows);

/* Of a whole number and one with a fraction the one that counts; too great ones stay so. */
static double number_of(uint64_t whole, double fraction)
{
	return fraction > 0 ? fraction : (double)whole;
}

static int take_bucket(struct protobuf_page *page, const struct protobuf_field *field)
{
	struct bucket_message bucket = {0};
	const char *why;

	if (protobuf_page_read_each(page, field, &bucket_fields, &bucket))
		return -1;
	why = page_classic_add(&page->classic, bucket.bound,
			       number_of(bucket.count, bucket.count_float));
	return why ? protobuf_page_refuse(page, why) : 0;
}

static const struct protobuf_row span_rows[] = {
	[1] = {FIELD_I32, offsetof(struct span_message, offset), NULL},
	[2] = {FIELD_U64, offsetof(struct span_message, length), NULL},
};
static const struct protobuf_fields span_fields = PROTOBUF_FIELDS(span_rows);

static int take_span(struct protobuf_page *page, const struct protobuf_field *field,
		     struct page_native_side *side)
{
	struct span_message span = {0};

	if (protobuf_page_read_each(page, field, &span_fields, &span))
		return -1;
	if (side->span_count == PAGE_NATIVE_BUCKETS_MAX)
		return protobuf_page_refuse(page, "a native histogram has too many spans");
	side->spans[side->span_count++] = (struct page_native_span){span.offset, span.length};
	return 0;
}

static int take_negative_span(struct protobuf_page *page, const struct protobuf_field *field)
{
	return take_span(page, field, &page->native.negative);
}

static int take_positive_span(struct protobuf_page *page, const struct protobuf_field *field)
{
	return take_span(page, field, &page->native.positive);
}

static int add_count(struct protobuf_page *page, struct page_native_side *side, double count)
{
	if (!page_is_count(count))
		return protobuf_page_refuse(page, "a native histogram's bucket " PAGE_NO_COUNT);
	if (side->count_count == PAGE_NATIVE_BUCKETS_MAX)
		return protobuf_page_refuse(page, "a native histogram has too many buckets");
	side->counts[side->count_count++] = (uint64_t)count;
	return 0;
}

static int add_fraction(struct protobuf_page *page, struct page_native_side *side, uint64_t bits)
{
	return add_count(page, side, protobuf_double(bits));
}

/* A count less the one before. Sums of two that a double holds are right about being too great. */
static int add_delta(struct protobuf_page *page, struct page_native_side *side, uint64_t zigzag)
{
	uint64_t before = side->count_count ? side->counts[side->count_count - 1] : 0;

	return add_count(page, side, (double)before + (double)protobuf_signed(zigzag));
}

/* How numbers are written, and taken. */
struct numbers {
	enum protobuf_wire wire;
	bool (*next)(struct protobuf_reader *packed, uint64_t *bits);
	int (*add)(struct protobuf_page *page, struct page_native_side *side, uint64_t bits);
};

static const struct numbers deltas = {PROTOBUF_VARINT, protobuf_varint, add_delta};
static const struct numbers fractions = {PROTOBUF_FIXED64, protobuf_fixed64, add_fraction};

/* A number alone, or some that are packed as bytes. */
static int take_numbers(struct protobuf_page *page, const struct protobuf_field *field,
			const struct numbers *numbers, struct page_native_side *side)
{
	struct protobuf_reader packed;
	uint64_t bits;

	if (field->wire == numbers->wire)
		return numbers->add(page, side, field->bits);
	if (field->wire != PROTOBUF_LENGTH)
		return protobuf_page_refuse_kind(page);
	packed = protobuf_reader_of(field->bytes, field->length);
	while (packed.at < packed.end) {
		if (!numbers->next(&packed, &bits))
			return protobuf_page_refuse_message(page, &packed);
		if (numbers->add(page, side, bits))
			return -1;
	}
	return 0;
}

static int take_negative_deltas(struct protobuf_page *page, const struct protobuf_field *field)
{
	return take_numbers(page, field, &deltas, &page->native.negative);
}

static int take_positive_deltas(struct protobuf_page *page, const struct protobuf_field *field)
{
	return take_numbers(page, field, &deltas, &page->native.positive);
}

static int take_negative_counts(struct protobuf_page *page, const struct protobuf_field *field)
{
	return take_numbers(page, field, &fractions, &page->native.negative);
}

static int take_positive_counts(struct protobuf_page *page, const struct protobuf_field *field)
{
	return take_numbers(page, field, &fractions, &page->native.positive);
}

static const struct protobuf_row histogram_rows[] = {
	[1] = {FIELD_U64, offsetof(struct histogram_message, count), NULL},
	[2] = {FIELD_DOUBLE, offsetof(struct histogram_message, sum), NULL},
	[3] = {FIELD_EACH, 0, take_bucket},
	[4] = {FIELD_DOUBLE, offsetof(struct histogram_message, count_float), NULL},
	[5] = {FIELD_I32, offsetof(struct histogram_message, schema), NULL},
	[6] = {FIELD_DOUBLE, offsetof(struct histogram_message, zero_threshold), NULL},
	[7] = {FIELD_U64, offsetof(struct histogram_message, zero_count), NULL},
	[8] = {FIELD_DOUBLE, offsetof(struct histogram_message, zero_count_float), NULL},
	[9] = {FIELD_EACH, 0, take_negative_span},
	[10] = {FIELD_EACH, 0, take_negative_deltas},
	[11] = {FIELD_EACH, 0, take_negative_counts},
	[12] = {FIELD_EACH, 0, take_positive_span},
	[13] = {FIELD_EACH, 0, take_positive_deltas},
	[14] = {FIELD_EACH, 0, take_positive_counts},
	[15] = {FIELD_BYTES, offsetof(struct histogram_message, created), NULL},
};
static const struct protobuf_fields histogram_fields = PROTOBUF_FIELDS(histogram_rows);

static void clear_side(struct page_native_side *side)
{
	side->span_count = side->count_count = 0;
}

/* As Prometheus tells them from those that have classic buckets alone. */
static bool is_native(const struct protobuf_page *page, const struct histogram_message *histogram)
{
	return page->native.positive.span_count || page->native.negative.span_count ||
	       histogram->zero_threshold > 0 || histogram->zero_count ||
	       histogram->zero_count_float > 0;
}

/* Its buckets become those of the series. -1: refused. */
static int make_native(struct protobuf_page *page, const struct histogram_message *histogram,
		       struct page_series *series)
{
	struct page_native_buckets *buckets = &page->buckets;
	double zero_count = number_of(histogram->zero_count, histogram->zero_count_float);
	const char *why;

	if (!page_is_count(zero_count))
		return protobuf_page_refuse(page,
					    "a native histogram's zero bucket " PAGE_NO_COUNT);
	page->native.schema = histogram->schema;
	page->native.zero_threshold = histogram->zero_threshold;
	page->native.zero_count = (uint64_t)zero_count;
	why = page_native_make(&page->native, buckets);
	if (why)
		return protobuf_page_refuse(page, why);
	/* What is no number is in no bucket, and the sum is none then. */
	if (series->count < buckets->count ||
	    (series->count > buckets->count && !isnan(series->sum)))
		return protobuf_page_refuse(
			page, "a native histogram has another count than its buckets");
	buckets->counts[buckets->bound_count] += series->count - buckets->count;
	series->is_native = true;
	series->bounds = buckets->bounds;
	series->counts = buckets->counts;
	series->bound_count = buckets->bound_count;
	return 0;
}

/* The same of classic ones. */
static int make_classic(struct protobuf_page *page, struct page_series *series)
{
	struct page_classic *classic = &page->classic;
	const char *why = classic->has_inf ? NULL
					   : page_classic_add(classic, (double)INFINITY,
							      (double)series->count);

	if (why)
		return protobuf_page_refuse(page, why);
	if (classic->below != series->count)
		return protobuf_page_refuse(page,
					    "a histogram has another count than its bucket +Inf");
	series->bounds = classic->bounds;
	series->counts = classic->counts;
	series->bound_count = classic->bound_count;
	return 0;
}

/* Whether classic bounds are closer to each other than those of a schema that are not close. */
static bool is_finer(const struct page_classic *classic, int64_t schema)
{
	size_t first = 0, last = classic->bound_count - 1;

	while (first < last && !(classic->bounds[first] > 0))
		first++;
	return schema < SCHEMA_FINE && first < last &&
	       log2(classic->bounds[last] / classic->bounds[first]) / (double)(last - first) <
		       exp2(-(double)schema);
}

static int hand_out_both(struct protobuf_page *page, struct page_series *classic,
			 struct page_series *native)
{
	if (make_classic(page, classic))
		return -1;
	classic->other = native;
	native->other = classic;
	return protobuf_page_hand_out(page, is_finer(&page->classic, page->native.schema) ? classic
											  : native);
}

static int hand_out_native(struct protobuf_page *page, const struct histogram_message *histogram,
			   struct page_series *series)
{
	struct page_series classic = *series;

	if (make_native(page, histogram, series))
		return -1;
	return page->classic.bound_count ? hand_out_both(page, &classic, series)
					 : protobuf_page_hand_out(page, series);
}

static int hand_out_classic(struct protobuf_page *page, struct page_series *series)
{
	return make_classic(page, series) ? -1 : protobuf_page_hand_out(page, series);
}

static bool has_label(const struct page_labels *labels, const char *name)
{
	size_t i;

	for (i = 0; i < labels->count; i++)
		if (strcmp(labels->list[i].name, name) == 0)
			return true;
	return false;
}

int protobuf_page_histogram(struct protobuf_page *page, const struct protobuf_reader *message)
{
	struct page_series series = {.kind = BASELINE_HISTOGRAM};
	struct histogram_message histogram = {0};
	double count;

	if (has_label(&page->labels, "le"))
		return protobuf_page_refuse(page, "a histogram has a label le");
	page_classic_clear(&page->classic);
	clear_side(&page->native.negative);
	clear_side(&page->native.positive);
	if (protobuf_page_read(page, *message, &histogram_fields, &histogram) ||
	    protobuf_page_time(page, &histogram.created, &series.created_ns))
		return -1;
	count = number_of(histogram.count, histogram.count_float);
	if (!page_is_count(count))
		return protobuf_page_refuse(page, "a histogram's count " PAGE_NO_COUNT);
	series.count = (uint64_t)count;
	series.sum = histogram.sum;
	return is_native(page, &histogram) ? hand_out_native(page, &histogram, &series)
					   : hand_out_classic(page, &series);
}
