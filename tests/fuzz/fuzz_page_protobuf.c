/*
 * Any bytes as pages of metrics in protobuf: read to their ends or refused with the byte; what is
 * made of three such pages, of which the last is the first again, has all observations in its
 * buckets, and is a baseline that can be written and read again.
 *
 * The first two bytes say where the second page begins. Some pages are put into the corpus to begin
 * with.
 */
#include <math.h>
#include <stdint.h>

#include "exporter/baseline/builder.h"
#include "tests/support/baseline_again.h"
#include "tests/support/fuzz_corpus.h"
#include "tests/support/metric_messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct messages messages;

static void save(const char *corpus, const char *name)
{
	fuzz_corpus_save(corpus, name, (const uint8_t *)messages.bytes, messages_length(&messages));
}

/* Two pages of the same histogram. */
static void put_natives(const struct native_told *first, const struct native_told *second)
{
	size_t length;

	messages_clear(&messages);
	messages.at += 2;
	put_native(&messages, "h", first);
	length = messages_length(&messages) - 2;
	messages.bytes[0] = (char)length;
	messages.bytes[1] = (char)(length >> 8);
	put_native(&messages, "h", second);
}

static void save_classic(const char *corpus)
{
	char *family, *metric, *histogram;

	messages_clear(&messages);
	messages.at = memcpy(messages.at, "\xff\xff", 2);
	messages.at += 2;
	put_number(&messages, "a_total", TYPE_COUNTER, 3);
	put_number(&messages, "b", TYPE_GAUGE, 4);
	family = family_begin(&messages, "h", TYPE_HISTOGRAM);
	metric = message_begin(&messages);
	put_label(&messages, "l", "x");
	put_label(&messages, "a.b", "y");
	histogram = message_begin(&messages);
	put_u64(&messages, 1, 5);
	put_bucket(&messages, 0.5, 1);
	put_bucket(&messages, 4, 3);
	put_double(&messages, 14, 2);
	put_created(&messages, 15, 1700000000, 1);
	message_end(&messages, FIELD_HISTOGRAM, histogram);
	message_end(&messages, FIELD_METRIC, metric);
	family_end(&messages, family);
	save(corpus, "classic");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct native_told fine = {.schema = 3,
					 .zero_threshold = 0x1p-128,
					 .zero = 2,
					 .negative_first = -9,
					 .negative_count = 3,
					 .negative = {1, 0, 300},
					 .positive_first = -30,
					 .positive_count = 5,
					 .positive = {7, 0, 0, 5, 1},
					 .sum = 11,
					 .created = 1700000000};
	const struct native_told coarse = {.schema = -1,
					   .zero_threshold = 0.25,
					   .zero = 400,
					   .negative_first = 0,
					   .negative_count = 1,
					   .negative = {9},
					   .positive_first = -1,
					   .positive_count = 4,
					   .positive = {8, 0, 0, 3},
					   .sum = 12};
	const char *corpus = fuzz_corpus_of(*argc, *argv);

	if (!corpus)
		return 0;
	put_natives(&fine, &coarse);
	save(corpus, "coarser");
	put_natives(&coarse, &fine);
	save(corpus, "finer");
	save_classic(corpus);
	return 0;
}

static void check_sums(const struct baseline *baseline)
{
	size_t i, j;

	for (i = 0; i < baseline->series_count; i++) {
		const struct baseline_series *series = &baseline->series[i];
		double sum = 0;

		if (series->kind != BASELINE_HISTOGRAM)
			continue;
		for (j = 0; j <= series->bound_count; j++) {
			sum += (double)series->values[0].buckets[j];
			baseline_require(j < 1 || j == series->bound_count ||
					 series->bounds[j] > series->bounds[j - 1]);
		}
		baseline_require(fabs(sum - series->values[0].total) <= sum * 1e-9);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct baseline_run run = {.interval_ns = 1, .complete = true};
	struct baseline_builder *builder = baseline_builder_new(size & 1);
	const char *bytes = (const char *)data + 2;
	struct baseline *baseline = NULL;
	struct error error = {""};
	size_t length = size < 2 ? 0 : size - 2, first;

	baseline_require(builder);
	first = length ? (data[0] | (size_t)data[1] << 8) : 0;
	if (first > length)
		first = length;
	if (length && !baseline_builder_protobuf(builder, "page", bytes, first, 1, &error) &&
	    !baseline_builder_protobuf(builder, "page", bytes + first, length - first, 2, &error) &&
	    !baseline_builder_protobuf(builder, "page", bytes, first, 1, &error))
		baseline = baseline_builder_finish(builder, &run, &error);
	baseline_require(baseline || error.text[0] || !length);
	if (baseline) {
		check_sums(baseline);
		baseline_again(baseline);
	}
	baseline_free(baseline);
	baseline_builder_free(builder);
	return 0;
}
