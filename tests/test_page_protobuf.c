#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/page_format.h"
#include "exporter/baseline/page_native.h"
#include "exporter/baseline/page_protobuf.h"
#include "metrics/native.h"
#include "tests/support/metric_messages.h"
#include "tests/support/page_series_text.h"

static struct messages page;

static int setup(void **state)
{
	(void)state;
	messages_clear(&page);
	return 0;
}

/* Of memory that ends where the page does. */
static int read_page(const void *bytes, size_t length, struct text *text, struct error *error)
{
	void *copy = malloc(length ? length : 1);
	int result;

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	text_init(text, 1 << 22);
	result = page_protobuf("page", copy, length, page_series_text, text, error);
	text_char(text, '\0');
	assert_false(text->failed);
	free(copy);
	return result;
}

static void assert_read(const char *expected)
{
	struct error error = {""};
	struct text text;

	if (read_page(page.bytes, messages_length(&page), &text, &error))
		fail_msg("%s", error.text);
	assert_string_equal(text.bytes, expected);
	text_done(&text);
}

static void assert_refused(const char *why)
{
	struct error error = {""};
	struct text text;

	assert_int_equal(read_page(page.bytes, messages_length(&page), &text, &error), -1);
	if (!strstr(error.text, why))
		fail_msg("\"%s\" does not say \"%s\"", error.text, why);
	assert_memory_equal(error.text, "page: byte ", 11);
	text_done(&text);
	messages_clear(&page);
}

static void text_and_protobuf_give_the_same(void **state)
{
	static const char same[] =
		"# TYPE a_total counter\na_total 3\n"
		"# TYPE b_total counter\nb_total{a=\"x\\\"\\\\\\n\",z=\"1\"} 4.5\n"
		"# TYPE g gauge\ng NaN\n"
		"# TYPE i gauge\ni{l=\"\"} -Inf\n"
		"# TYPE h histogram\n"
		"h_bucket{p=\"a\",le=\"0.5\"} 1\nh_bucket{p=\"a\",le=\"1\"} 4\n"
		"h_bucket{p=\"a\",le=\"+Inf\"} 6\nh_sum{p=\"a\"} 7.25\nh_count{p=\"a\"} 6\n"
		"h_bucket{p=\"b\",le=\"+Inf\"} 0\nh_sum{p=\"b\"} 0\nh_count{p=\"b\"} 0\n";
	char *family, *metric, *part;
	struct error error = {""};
	struct text text;

	(void)state;
	put_number(&page, "a_total", TYPE_COUNTER, 3);
	family = family_begin(&page, "b_total", TYPE_COUNTER);
	metric = message_begin(&page);
	put_label(&page, "z", "1");
	put_label(&page, "a", "x\"\\\n");
	part = message_begin(&page);
	put_double(&page, 1, 4.5);
	put_created(&page, 3, 1700000000, 5);
	message_end(&page, FIELD_COUNTER, part);
	put_u64(&page, 6, 1700000000000);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	put_number(&page, "g", TYPE_GAUGE, (double)NAN);
	family = family_begin(&page, "i", TYPE_GAUGE);
	metric = message_begin(&page);
	put_label(&page, "l", "");
	part = message_begin(&page);
	put_double(&page, 1, -(double)INFINITY);
	message_end(&page, FIELD_GAUGE, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	family = family_begin(&page, "h", TYPE_HISTOGRAM);
	metric = message_begin(&page);
	put_label(&page, "p", "a");
	part = message_begin(&page);
	put_u64(&page, 1, 6);
	put_double(&page, 2, 7.25);
	put_bucket(&page, 0.5, 1);
	put_bucket(&page, 1, 4);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	metric = message_begin(&page);
	put_label(&page, "p", "b");
	part = message_begin(&page);
	put_bucket(&page, (double)INFINITY, 0);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	text_init(&text, 1 << 20);
	if (page_parse("page", same, sizeof(same) - 1, page_series_text, &text, &error))
		fail_msg("%s", error.text);
	text_char(&text, '\0');
	assert_read(text.bytes);
	assert_non_null(strstr(text.bytes, "histogram h{p=\"a\"} 0.5=1 1=3 =2 count 6 sum 7.25\n"));
	text_done(&text);
}

static void other_types_are_passed_over(void **state)
{
	static const uint64_t types[] = {TYPE_SUMMARY, TYPE_UNTYPED, TYPE_GAUGE_HISTOGRAM};
	char *family, *metric, *part;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		family = family_begin(&page, "s", types[i]);
		metric = message_begin(&page);
		put_label(&page, "a", "b");
		part = message_begin(&page);
		put_u64(&page, 1, 2);
		message_end(&page, i == 0 ? 4 : i == 1 ? 5 : 7, part);
		message_end(&page, FIELD_METRIC, metric);
		family_end(&page, family);
	}
	assert_read("");
	messages_clear(&page);
	assert_read("");
}

/* In any order, with fields that nobody knows, and without the type of counters, which is 0. */
static void fields_are_read_as_protobuf_has_them(void **state)
{
	char *family = message_begin(&page), *metric = message_begin(&page), *part;

	(void)state;
	part = message_begin(&page);
	put_double(&page, 1, 1);
	put_double(&page, 1, 2);
	put_string(&page, 2, "no exemplar");
	message_end(&page, FIELD_COUNTER, part);
	put_double(&page, 15, 1);
	put_label(&page, "sch\xc3\xb6n", "\xc3\xb6");
	message_end(&page, FIELD_METRIC, metric);
	put_u64(&page, 9, 1);
	put_string(&page, 1, "a.b");
	family_end(&page, family);
	assert_read("counter {\"a.b\",\"sch\xc3\xb6n\"=\"\xc3\xb6\"} 2\n");
}

static void float_histograms_are_read_where_they_count_things(void **state)
{
	char *family = family_begin(&page, "h", TYPE_HISTOGRAM), *metric = message_begin(&page);
	char *part = message_begin(&page), *more;

	(void)state;
	put_double(&page, 4, 3);
	more = message_begin(&page);
	put_double(&page, 2, 1);
	put_double(&page, 4, 2);
	message_end(&page, 3, more);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	/* The same natively: packed on one side, and not on the other. */
	metric = message_begin(&page);
	put_label(&page, "a", "b");
	part = message_begin(&page);
	put_double(&page, 4, 6);
	put_double(&page, 8, 1);
	put_double(&page, 6, 0.25);
	put_span(&page, 9, 1, 1);
	put_double(&page, 11, 2);
	put_span(&page, 12, 0, 2);
	more = message_begin(&page);
	page.at = memcpy(page.at, "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40", 16);
	page.at += 16;
	message_end(&page, 14, more);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	assert_read("histogram h 1=2 =1 count 3 sum 0\n"
		    "histogram h{a=\"b\"} -2=0 -1=2 -0.25=0 0.25=1 0.5=0 1=1 2=2 =0 count 6 sum 0 "
		    "native\n");
}

static void native_buckets_have_the_bounds_of_their_schema(void **state)
{
	/* Above 1 to 2 and above 8 to 16, with nothing between them. */
	const struct native_told told = {.positive_first = 1,
					 .positive_count = 4,
					 .positive = {3, 0, 0, 5},
					 .zero = 2,
					 .zero_threshold = 0x1p-128,
					 .sum = 70};

	(void)state;
	put_native(&page, "h", &told);
	assert_read("histogram h -2.938735877055719e-39=0 2.938735877055719e-39=2 1=0 2=3 8=0 16=5 "
		    "=0 count 10 sum 70 native\n");
}

static void schemas_divide_powers_of_two_and_join_them(void **state)
{
	const struct native_told fine = {.schema = 1,
					 .positive_first = -1,
					 .positive_count = 3,
					 .positive = {1, 2, 4},
					 .zero_threshold = 0x1p-128};
	const struct native_told coarse = {.schema = -2,
					   .positive_first = 0,
					   .positive_count = 2,
					   .positive = {1, 2},
					   .zero_threshold = 0x1p-128};

	(void)state;
	put_native(&page, "f", &fine);
	put_native(&page, "c", &coarse);
	assert_read(
		"histogram f 0.5=0 0.7071067811865476=1 1=2 1.4142135623730951=4 =0 count 7 sum "
		"0 native\n"
		"histogram c 0.0625=0 1=1 16=2 =0 count 3 sum 0 native\n");
}

static void a_bound_is_the_same_in_all_schemas(void **state)
{
	static struct page_native native;
	static struct page_native_buckets buckets;
	int schema;

	(void)state;
	for (schema = -4; schema <= 8; schema++) {
		native = (struct page_native){.schema = schema};
		native.positive.span_count = native.positive.count_count = 1;
		/* Up to 2^16, and of schemas below -4 there are none. */
		native.positive.spans[0] = (struct page_native_span){
			schema < 0 ? 16 >> -schema : (int64_t)16 << schema, 1};
		native.positive.counts[0] = 1;
		assert_null(page_native_make(&native, &buckets));
		assert_int_equal(buckets.bound_count, 2);
		assert_true(buckets.bounds[1] == 65536);
		assert_true(native_bucket(65536, schema) == native.positive.indexes[0]);
		assert_true(native_bucket(buckets.bounds[0], schema) ==
			    native.positive.indexes[0] - 1);
	}
}

static void negative_and_zero_buckets_lie_in_order(void **state)
{
	const struct native_told told = {.zero_threshold = 0.5,
					 .zero = 1,
					 .negative_first = 0,
					 .negative_count = 2,
					 .negative = {2, 3},
					 .positive_first = 1,
					 .positive_count = 1,
					 .positive = {4}};
	struct native_told at_zero = {.zero = 7, .zero_threshold = 0};

	(void)state;
	put_native(&page, "h", &told);
	put_native(&page, "z", &at_zero);
	assert_read("histogram h -2=0 -1=3 -0.5=2 0.5=1 1=0 2=4 =0 count 10 sum 0 native\n"
		    "histogram z -5e-324=0 0=7 =0 count 7 sum 0 native\n");
}

/* Which may be where it was raised: what is in it is part of it. */
static void the_zero_bucket_takes_what_it_covers(void **state)
{
	const struct native_told told = {.zero_threshold = 1.5,
					 .negative_first = -1,
					 .negative_count = 3,
					 .negative = {1, 2, 4},
					 .positive_first = -1,
					 .positive_count = 4,
					 .positive = {8, 16, 32, 64}};

	(void)state;
	put_native(&page, "h", &told);
	assert_read("histogram h -2=0 -1.5=4 1.5=27 2=32 4=64 =0 count 127 sum 0 native\n");
}

static void what_is_infinite_is_in_the_last_bucket_or_the_first(void **state)
{
	const struct native_told told = {.zero_threshold = 0x1p-128,
					 .negative_first = 1024,
					 .negative_count = 2,
					 .negative = {1, 2},
					 .positive_first = 1024,
					 .positive_count = 2,
					 .positive = {4, 8},
					 .sum = (double)NAN};

	(void)state;
	put_native(&page, "h", &told);
	assert_read("histogram h -8.98846567431158e+307=3 8.98846567431158e+307=0 =12 count 15 sum "
		    "NaN native\n");
}

static void what_is_no_number_is_in_the_count_and_the_last_bucket(void **state)
{
	char *family = family_begin(&page, "h", TYPE_HISTOGRAM), *metric = message_begin(&page);
	char *part = message_begin(&page);

	(void)state;
	put_u64(&page, 1, 3);
	put_double(&page, 2, (double)NAN);
	put_u64(&page, 7, 1);
	put_double(&page, 6, 1);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	assert_read("histogram h -1=0 1=1 =2 count 3 sum NaN native\n");
}

static void of_classic_and_native_buckets_the_finer_ones_are_taken(void **state)
{
	const struct native_told told = {.positive_first = 1,
					 .positive_count = 1,
					 .positive = {2},
					 .zero_threshold = 0x1p-128};
	char *family = family_begin(&page, "h", TYPE_HISTOGRAM), *metric = message_begin(&page);
	char *part = message_begin(&page);

	(void)state;
	put_bucket(&page, 10, 2);
	put_native_fields(&page, &told);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	/* One that has seen nothing yet is one, too, and tells so by a span of no length. */
	metric = message_begin(&page);
	put_label(&page, "a", "b");
	part = message_begin(&page);
	put_bucket(&page, 10, 0);
	put_span(&page, 12, 0, 0);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	assert_read("histogram h 1=0 2=2 =0 count 2 sum 0 native, or 10=2 =0\n"
		    "histogram h{a=\"b\"} =0 count 0 sum 0 native, or 10=0 =0\n");
	messages_clear(&page);
	family = family_begin(&page, "h", TYPE_HISTOGRAM);
	metric = message_begin(&page);
	part = message_begin(&page);
	put_bucket(&page, -5, 0);
	put_bucket(&page, 1, 0);
	put_bucket(&page, 1.5, 1);
	put_bucket(&page, 2, 2);
	put_native_fields(&page, &told);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	assert_read("histogram h -5=0 1=0 1.5=1 2=1 =0 count 2 sum 0, or 1=0 2=2 =0\n");
}

static void classic_buckets_beside_native_ones_are_checked_too(void **state)
{
	const struct native_told told = {.zero = 2, .zero_threshold = 1};
	char *family = family_begin(&page, "h", TYPE_HISTOGRAM), *metric = message_begin(&page);
	char *part = message_begin(&page);

	(void)state;
	put_bucket(&page, 10, 3);
	put_native_fields(&page, &told);
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	assert_refused("less than the one before it");
}

/* More buckets than a baseline has bounds: as if the schema were lower by two. */
static void too_many_native_buckets_are_joined(void **state)
{
	static struct page_native native;
	static struct page_native_buckets buckets;
	uint64_t sum = 0;
	size_t i;

	(void)state;
	native.schema = 8;
	native.positive.span_count = 1;
	native.positive.spans[0] = (struct page_native_span){1, 3000};
	native.positive.count_count = 3000;
	for (i = 0; i < 3000; i++)
		native.positive.counts[i] = i;
	assert_null(page_native_make(&native, &buckets));
	assert_int_equal(buckets.bound_count, 751);
	for (i = 0; i <= buckets.bound_count; i++)
		sum += buckets.counts[i];
	assert_int_equal(sum, 3000 * 2999 / 2);
	assert_int_equal(buckets.count, sum);
	assert_int_equal(buckets.counts[1], 0 + 1 + 2 + 3);
	for (i = 0; i <= 750; i++)
		assert_true(buckets.bounds[i] ==
			    native_bounds[4 * i % 256] * 2 * exp2(4 * i / 256));
}

struct wrong_native {
	struct native_told told;
	const char *why;
};

static void native_histograms_that_cannot_be_are_refused(void **state)
{
	const double most = 0x1p53;
	const struct wrong_native cases[] = {
		{{.schema = 9, .zero = 1}, "schema is not from -4 to 8"},
		{{.schema = -5, .zero = 1}, "schema is not from -4 to 8"},
		{{.zero_threshold = -1, .zero = 1}, "zero threshold is below 0"},
		{{.zero_threshold = (double)NAN, .zero = 1}, "zero threshold is below 0"},
		{{.zero_threshold = (double)INFINITY, .zero = 1}, "zero threshold is below 0"},
		{{.zero = (uint64_t)most + 2}, "is not a whole number from 0 to 2^53"},
		{{.positive_first = 1026, .positive_count = 1}, "where no numbers are"},
		{{.positive_first = -1075, .positive_count = 1}, "where no numbers are"},
		{{.negative_first = INT32_MAX, .negative_count = 1}, "where no numbers are"},
		{{.negative_first = INT32_MIN, .negative_count = 1}, "where no numbers are"},
		{{.negative_first = (int64_t)INT32_MAX + 1, .negative_count = 1}, "32 bits"},
		{{.positive_count = 2, .positive = {UINT64_MAX, 1}}, "is not a whole number"},
		{{.positive_count = 1, .positive = {(uint64_t)most + 2}}, "is not a whole number"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_native(&page, "h", &cases[i].told);
		assert_refused(cases[i].why);
	}
}

/* Fields of a histogram as `make` puts them. */
static void put_histogram(void (*make)(void))
{
	char *family = family_begin(&page, "h", TYPE_HISTOGRAM), *metric = message_begin(&page);
	char *part = message_begin(&page);

	make();
	message_end(&page, FIELD_HISTOGRAM, part);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
}

static void spans_of_more(void)
{
	put_span(&page, 12, 0, UINT64_MAX);
}

static void spans_of_fewer(void)
{
	put_span(&page, 12, 0, 1);
	put_deltas(&page, 13, (const int64_t[]){1, 1}, 2);
}

static void spans_that_overlap(void)
{
	put_span(&page, 12, 0, 1);
	put_span(&page, 12, -1, 1);
	put_deltas(&page, 13, (const int64_t[]){1, 1}, 2);
}

static void many_spans(void)
{
	size_t i;

	for (i = 0; i <= PAGE_NATIVE_BUCKETS_MAX; i++)
		put_span(&page, 9, INT32_MAX, 0);
}

static void many_deltas(void)
{
	size_t i;

	for (i = 0; i <= PAGE_NATIVE_BUCKETS_MAX; i++)
		put_s64(&page, 13, 0);
}

static void delta_below_zero(void)
{
	put_span(&page, 12, 0, 2);
	put_deltas(&page, 13, (const int64_t[]){1, -2}, 2);
}

static void deltas_that_overflow(void)
{
	put_span(&page, 12, 0, 2);
	put_deltas(&page, 13, (const int64_t[]){(int64_t)1 << 53, INT64_MAX}, 2);
}

static void sums_that_are_too_great(void)
{
	put_span(&page, 12, 0, 2);
	put_deltas(&page, 13, (const int64_t[]){(int64_t)1 << 53, 0}, 2);
}

static void packed_that_is_cut(void)
{
	put_string(&page, 13, "\xff");
}

static void doubles_that_are_cut(void)
{
	put_string(&page, 14, "\x01\x01");
}

static void another_count(void)
{
	put_u64(&page, 1, 2);
	put_u64(&page, 7, 1);
}

static void a_fraction(void)
{
	put_span(&page, 12, 0, 1);
	put_double(&page, 14, 0.5);
}

static void buckets_that_fall(void)
{
	put_bucket(&page, 2, 1);
	put_bucket(&page, 1, 1);
}

static void buckets_that_lose(void)
{
	put_bucket(&page, 1, 2);
	put_bucket(&page, 2, 1);
}

static void bucket_of_no_number(void)
{
	put_bucket(&page, (double)NAN, 1);
}

static void many_buckets(void)
{
	size_t i;

	for (i = 0; i <= PAGE_BOUNDS_MAX; i++)
		put_bucket(&page, (double)i, 0);
}

static void classic_count(void)
{
	put_bucket(&page, (double)INFINITY, 1);
	put_u64(&page, 1, 2);
}

static void great_count(void)
{
	put_u64(&page, 1, UINT64_MAX);
}

static void bucket_of_another_kind(void)
{
	put_u64(&page, 3, 1);
}

static void sum_of_another_kind(void)
{
	put_u64(&page, 2, 1);
}

static void two_start_times(void)
{
	put_created(&page, 15, 1, 1);
	put_created(&page, 15, 1, 1);
}

static void histograms_that_are_wrong_are_refused(void **state)
{
	static const struct {
		void (*make)(void);
		const char *why;
	} cases[] = {
		{spans_of_more,
		 "h: a native histogram's spans have more buckets than it has counts"},
		{spans_of_fewer, "spans have fewer buckets than it has counts"},
		{spans_that_overlap, "spans overlap"},
		{many_spans, "too many spans"},
		{many_deltas, "too many buckets"},
		{delta_below_zero, "bucket is not a whole number from 0 to 2^53"},
		{deltas_that_overflow, "bucket is not a whole number from 0 to 2^53"},
		{sums_that_are_too_great, "more than 2^53 together"},
		{packed_that_is_cut, "a number is cut"},
		{doubles_that_are_cut, "a number of fixed size is cut"},
		{another_count, "another count than its buckets"},
		{a_fraction, "bucket is not a whole number"},
		{buckets_that_fall, "do not rise"},
		{buckets_that_lose, "less than the one before it"},
		{bucket_of_no_number, "has no bound"},
		{many_buckets, "too many buckets"},
		{classic_count, "another count than its bucket +Inf"},
		{great_count, "count is not a whole number from 0 to 2^53"},
		{bucket_of_another_kind, "of another kind"},
		{sum_of_another_kind, "of another kind"},
		{two_start_times, "is there twice"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_histogram(cases[i].make);
		assert_refused(cases[i].why);
	}
}

/* A counter with the labels that `make` puts. */
static void put_labels(void (*make)(void), uint64_t type)
{
	char *family = family_begin(&page, "a", type), *metric = message_begin(&page);
	char *part = message_begin(&page);

	message_end(&page, type == TYPE_COUNTER ? FIELD_COUNTER : FIELD_HISTOGRAM, part);
	make();
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
}

static void same_label(void)
{
	put_label(&page, "a", "1");
	put_label(&page, "b", "1");
	put_label(&page, "a", "2");
}

static void nameless_label(void)
{
	put_label(&page, "", "1");
}

static void label_of_no_text(void)
{
	put_label(&page, "\xff", "1");
}

static void label_with_zero(void)
{
	char *start = message_begin(&page);

	put_string(&page, 1, "a");
	page.at = protobuf_put_bytes(page.at, 2, "\0", 1);
	message_end(&page, FIELD_LABEL, start);
}

static void many_labels(void)
{
	char name[] = "aa";
	size_t i;

	for (i = 0; i <= PAGE_LABELS_MAX; i++) {
		name[0] = (char)('a' + i / 16);
		name[1] = (char)('a' + i % 16);
		put_label(&page, name, "");
	}
}

static void long_label(void)
{
	static char value[PAGE_LABEL_BYTES_MAX + 1];

	memset(value, 'x', sizeof(value) - 1);
	put_label(&page, "a", value);
}

static void label_of_bounds(void)
{
	put_label(&page, "le", "1");
}

static void families_and_labels_that_are_wrong_are_refused(void **state)
{
	static const struct {
		void (*make)(void);
		uint64_t type;
		const char *why;
	} cases[] = {
		{same_label, TYPE_COUNTER, "a: a label is there twice"},
		{nameless_label, TYPE_COUNTER, "a label's name is missing"},
		{label_of_no_text, TYPE_COUNTER, "a label's name is missing, or no text"},
		{label_with_zero, TYPE_COUNTER, "holds a zero"},
		{many_labels, TYPE_SUMMARY, "too many labels"},
		{long_label, TYPE_COUNTER, "take too much memory"},
		{label_of_bounds, TYPE_HISTOGRAM, "has a label le"},
		{same_label, TYPE_UNTYPED, "a label is there twice"},
	};
	char name[514];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_labels(cases[i].make, cases[i].type);
		assert_refused(cases[i].why);
	}
	put_number(&page, "", TYPE_COUNTER, 1);
	assert_refused("byte 1: a metric's name is missing");
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put_number(&page, name, TYPE_COUNTER, 1);
	assert_refused("a metric's name is too long");
	put_number(&page, "a", 6, 1);
	assert_refused("a family's type is not known");
	put_number(&page, "a", TYPE_COUNTER, -1);
	assert_refused("a counter is below 0");
	put_number(&page, "a", TYPE_COUNTER, (double)NAN);
	assert_refused("a counter is below 0, or not a number");
	put_labels(same_label, TYPE_GAUGE);
	assert_refused("a label is there twice");
	family_end(&page, family_begin(&page, "a", TYPE_GAUGE));
	assert_read("");
	messages_clear(&page);
	put_string(&page, 1, "# TYPE a gauge\na 1\n");
	assert_refused("byte 1: ");
}

static void a_metric_of_another_type_is_refused(void **state)
{
	char *family = family_begin(&page, "a", TYPE_GAUGE), *metric = message_begin(&page);

	(void)state;
	message_end(&page, FIELD_COUNTER, message_begin(&page));
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
	assert_refused("another type than its family");
}

/* Cut anywhere but between families it is refused, and nothing is read behind it. */
static void a_page_that_is_cut_is_refused(void **state)
{
	const struct native_told told = {.schema = 3,
					 .zero = 1,
					 .zero_threshold = 0x1p-128,
					 .negative_first = -4,
					 .negative_count = 2,
					 .negative = {300, 4},
					 .positive_first = 100,
					 .positive_count = 3,
					 .positive = {5, 6, 7000},
					 .sum = 9,
					 .created = 1700000000};
	size_t ends[4] = {0}, length, passed = 0;
	struct error error;
	struct text text;

	(void)state;
	put_number(&page, "a", TYPE_COUNTER, 1);
	ends[1] = messages_length(&page);
	put_native(&page, "h", &told);
	ends[2] = messages_length(&page);
	put_histogram(classic_count);
	ends[3] = messages_length(&page) + 1;
	for (length = 0; length < ends[3] - 1; length++) {
		bool is_end = length == ends[passed];
		int result = read_page(page.bytes, length, &text, &error);

		if (result != (is_end ? 0 : -1))
			fail_msg("cut at %zu: %d", length, result);
		passed += is_end;
		text_done(&text);
	}
	assert_int_equal(passed, 3);
}

/* Any byte may be any other: it is read or refused. */
static void a_page_with_a_wrong_byte_is_read_or_refused(void **state)
{
	const struct native_told told = {.schema = 3,
					 .zero = 1,
					 .zero_threshold = 0.5,
					 .negative_first = -4,
					 .negative_count = 2,
					 .negative = {3, 4},
					 .positive_first = 10,
					 .positive_count = 3,
					 .positive = {5, 6, 7},
					 .created = 5};
	struct error error;
	struct text text;
	size_t at, length;
	int value, result;

	(void)state;
	put_native(&page, "h", &told);
	length = messages_length(&page);
	for (at = 0; at < length; at++) {
		char before = page.bytes[at];

		for (value = 0; value < 256; value++) {
			page.bytes[at] = (char)value;
			error.text[0] = '\0';
			result = read_page(page.bytes, length, &text, &error);
			assert_int_equal(result, error.text[0] ? -1 : 0);
			text_done(&text);
		}
		page.bytes[at] = before;
	}
}

static void formats_are_told_by_the_content_type(void **state)
{
	(void)state;
	assert_int_equal(page_format_of(NULL), PAGE_TEXT);
	assert_int_equal(page_format_of(""), PAGE_TEXT);
	assert_int_equal(page_format_of("text/plain; version=0.0.4"), PAGE_TEXT);
	assert_int_equal(page_format_of("application/vnd.google.protobufs"), PAGE_TEXT);
	assert_int_equal(page_format_of("application/vnd.google.protobuf"), PAGE_PROTOBUF);
	assert_int_equal(page_format_of("Application/vnd.google.protobuf; proto=x"), PAGE_PROTOBUF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(text_and_protobuf_give_the_same, setup),
		cmocka_unit_test_setup(other_types_are_passed_over, setup),
		cmocka_unit_test_setup(fields_are_read_as_protobuf_has_them, setup),
		cmocka_unit_test_setup(float_histograms_are_read_where_they_count_things, setup),
		cmocka_unit_test_setup(native_buckets_have_the_bounds_of_their_schema, setup),
		cmocka_unit_test_setup(schemas_divide_powers_of_two_and_join_them, setup),
		cmocka_unit_test_setup(a_bound_is_the_same_in_all_schemas, setup),
		cmocka_unit_test_setup(negative_and_zero_buckets_lie_in_order, setup),
		cmocka_unit_test_setup(the_zero_bucket_takes_what_it_covers, setup),
		cmocka_unit_test_setup(what_is_infinite_is_in_the_last_bucket_or_the_first, setup),
		cmocka_unit_test_setup(what_is_no_number_is_in_the_count_and_the_last_bucket,
				       setup),
		cmocka_unit_test_setup(of_classic_and_native_buckets_the_finer_ones_are_taken,
				       setup),
		cmocka_unit_test_setup(classic_buckets_beside_native_ones_are_checked_too, setup),
		cmocka_unit_test_setup(too_many_native_buckets_are_joined, setup),
		cmocka_unit_test_setup(native_histograms_that_cannot_be_are_refused, setup),
		cmocka_unit_test_setup(histograms_that_are_wrong_are_refused, setup),
		cmocka_unit_test_setup(families_and_labels_that_are_wrong_are_refused, setup),
		cmocka_unit_test_setup(a_metric_of_another_type_is_refused, setup),
		cmocka_unit_test_setup(a_page_that_is_cut_is_refused, setup),
		cmocka_unit_test_setup(a_page_with_a_wrong_byte_is_read_or_refused, setup),
		cmocka_unit_test(formats_are_told_by_the_content_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
