/* Bytes stand beside what client_model's metrics.proto says they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/exposition.h"

static const char *const only_a[] = {"a"};

static const struct family_info gauge = {
	.name = "g",
	.help = "\\ \"\n\xff",
	.type = METRIC_GAUGE,
	.labels = only_a,
	.label_count = 1,
};
static const struct family_info counter = {
	.name = "c_total",
	.help = "",
	.type = METRIC_COUNTER,
};
static const double bounds[] = {0.5, 2};
static const struct family_info waits = {
	.name = "w",
	.help = "W",
	.type = METRIC_HISTOGRAM,
	.bounds = bounds,
	.bound_count = 2,
};

static struct exposition begin(struct text *page)
{
	text_init(page, 1 << 20);
	return (struct exposition){.out = page, .format = EXPOSITION_PROTOBUF};
}

#define ASSERT_PAGE(page, expected)                                                   \
	do {                                                                          \
		assert_false((page)->failed);                                         \
		assert_int_equal((page)->length, sizeof(expected) - 1);               \
		assert_memory_equal((page)->bytes, (expected), sizeof(expected) - 1); \
		text_done(page);                                                      \
	} while (0)

static void a_family_is_a_message_with_its_length_before_it(void **state)
{
	const char *values[] = {"x\"\n\\"};
	struct text page;
	struct exposition exposition = begin(&page);

	(void)state;
	exposition_family(&exposition, &gauge);
	exposition_double(&exposition, values, 2.5);
	exposition_family(&exposition, NULL);
	ASSERT_PAGE(&page, "\x26"			 /* 38 bytes */
			   "\x0a\x01g"			 /* name = 1 */
			   "\x12\x07\\ \"\n\xef\xbf\xbd" /* help = 2 */
			   "\x18\x01"			 /* type = 3: GAUGE */
			   "\x22\x16"			 /* metric = 4 */
			   "\x0a\x09\x0a\x01"
			   "a"
			   "\x12\x04x\"\n\\" /* .label = 1 */
			   "\x12\x09\x09\x00\x00\x00\x00\x00\x00\x04\x40" /* .gauge = 2 */);
}

static void families_without_samples_are_absent_and_others_follow_each_other(void **state)
{
	struct text page;
	struct exposition exposition = begin(&page);

	(void)state;
	exposition_family(&exposition, &gauge);
	exposition_family(&exposition, &counter);
	exposition_u64(&exposition, NULL, 1);
	exposition_family(&exposition, &gauge);
	exposition_family(&exposition, &counter);
	exposition_rendered_u64(&exposition, "", 0, 1);
	exposition_family(&exposition, NULL);
	ASSERT_PAGE(&page, "\x18\x0a\x07"
			   "c_total"
			   "\x18\x00"
			   "\x22\x0b\x1a\x09\x09\x00\x00\x00\x00\x00\x00\xf0\x3f"
			   "\x18\x0a\x07"
			   "c_total"
			   "\x18\x00"
			   "\x22\x0b\x1a\x09\x09\x00\x00\x00\x00\x00\x00\xf0\x3f");
}

static void counters_tell_when_they_were_created(void **state)
{
	struct text page;
	struct exposition exposition = begin(&page);

	(void)state;
	exposition_family(&exposition, &counter);
	exposition.created_ns = 300000000005;
	exposition_rendered_u64(&exposition, "", 0, 1);
	exposition_family(&exposition, NULL);
	ASSERT_PAGE(&page, "\x1f\x0a\x07"
			   "c_total"
			   "\x18\x00"
			   "\x22\x12\x1a\x10\x09\x00\x00\x00\x00\x00\x00\xf0\x3f"
			   "\x1a\x05\x08\xac\x02\x10\x05" /* created_timestamp = 3: 300 s, 5 ns */);
}

static void classic_buckets_are_cumulative_and_without_inf(void **state)
{
	static const uint64_t counts[] = {3, 297, 1};
	const struct histogram histogram = {.counts = counts, .count = 301, .sum = 1};
	struct text page;
	struct exposition exposition = begin(&page);

	(void)state;
	exposition_family(&exposition, &waits);
	exposition_rendered_histogram(&exposition, "", 0, &histogram);
	exposition_family(&exposition, NULL);
	ASSERT_PAGE(&page, "\x33\x0a\x01w\x12\x01W\x18\x04"	  /* HISTOGRAM */
			   "\x22\x29\x3a\x27"			  /* metric.histogram = 7 */
			   "\x08\xad\x02"			  /* sample_count = 1 */
			   "\x11\x00\x00\x00\x00\x00\x00\xf0\x3f" /* sample_sum = 2 */
			   "\x1a\x0b\x08\x03\x11\x00\x00\x00\x00\x00\x00\xe0\x3f"
			   "\x1a\x0c\x08\xac\x02\x11\x00\x00\x00\x00\x00\x00\x00\x40");
}

/* The count is of the same moment as what it is beside; buckets may be newer. */
static void buckets_hold_no_more_than_the_count(void **state)
{
	static const uint64_t counts[] = {3, 2, 1};
	const struct histogram histogram = {.counts = counts, .count = 4, .sum = 1};
	struct text page;
	struct exposition exposition = begin(&page);

	(void)state;
	exposition_family(&exposition, &waits);
	exposition_rendered_histogram(&exposition, "", 0, &histogram);
	exposition_family(&exposition, NULL);
	ASSERT_PAGE(&page, "\x31\x0a\x01w\x12\x01W\x18\x04"
			   "\x22\x27\x3a\x25"
			   "\x08\x04"
			   "\x11\x00\x00\x00\x00\x00\x00\xf0\x3f"
			   "\x1a\x0b\x08\x03\x11\x00\x00\x00\x00\x00\x00\xe0\x3f"
			   "\x1a\x0b\x08\x04\x11\x00\x00\x00\x00\x00\x00\x00\x40");
}

static void a_page_past_its_limit_has_failed(void **state)
{
	static const uint64_t counts[] = {1, 1, 1};
	const struct histogram histogram = {.counts = counts, .count = 3, .sum = 1};
	const char *values[] = {"x"};
	size_t limit;

	(void)state;
	for (limit = 0; limit < 80; limit++) {
		struct text page;
		struct exposition exposition = begin(&page);

		text_init(&page, limit);
		exposition_family(&exposition, &gauge);
		exposition_double(&exposition, values, 1);
		exposition_family(&exposition, &waits);
		exposition_rendered_histogram(&exposition, "", 0, &histogram);
		exposition_family(&exposition, NULL);
		assert_true(page.failed);
		assert_true(page.length <= limit);
		text_done(&page);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_is_a_message_with_its_length_before_it),
		cmocka_unit_test(families_without_samples_are_absent_and_others_follow_each_other),
		cmocka_unit_test(counters_tell_when_they_were_created),
		cmocka_unit_test(classic_buckets_are_cumulative_and_without_inf),
		cmocka_unit_test(buckets_hold_no_more_than_the_count),
		cmocka_unit_test(a_page_past_its_limit_has_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
