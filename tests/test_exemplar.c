#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/registry_rig.h"

static const char *const only_a[] = {"a"};
static const double bounds[] = {1, 2};
static const struct family_info waits = {
	.name = "w",
	.help = "W",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.bounds = bounds,
	.bound_count = 2,
	.exemplars = true,
};
static const struct family_info events = {
	.name = "e_total",
	.help = "E",
	.type = METRIC_COUNTER,
	.labels = only_a,
	.label_count = 1,
	.exemplars = true,
};

static struct exemplar make(const char *labels, double value, int64_t time_ns)
{
	struct exemplar exemplar = {.time_ns = time_ns, .value = value, .length = strlen(labels)};

	memcpy(exemplar.labels, labels, exemplar.length);
	return exemplar;
}

static void put(struct cell *cell, const struct family_info *info, struct exemplar exemplar)
{
	cell_put_exemplar(cell, info, &exemplar);
}

static void assert_page_has(struct registry_rig *rig, enum exposition_format format,
			    const char *expected)
{
	const char *page = registry_rig_page(rig, format);

	if (!strstr(page, expected))
		fail_msg("%s\nis not in\n%s", expected, page);
}

static void a_bucket_shows_the_last_that_fell_there(void **state)
{
	struct registry_rig rig;
	struct cell *cell;

	(void)state;
	registry_rig_begin(&rig, 10);
	cell = registry_rig_cell(rig.shard, registry_rig_family(&rig, &waits), "v");
	cell_observe(cell, &waits, 1.5);
	put(cell, &waits, make("t=\"first\"", 1.5, 1700000000000000000));
	cell_observe(cell, &waits, 2);
	put(cell, &waits, make("t=\"second\",u=\"x\"", 2, 1700000001500000000));
	cell_observe(cell, &waits, 7);
	put(cell, &waits, make("t=\"third\"", 7, 0));
	assert_page_has(&rig, EXPOSITION_OPENMETRICS,
			"w_bucket{a=\"v\",le=\"1.0\"} 0\n"
			"w_bucket{a=\"v\",le=\"2.0\"} 2 # {t=\"second\",u=\"x\"} 2 1700000001.500\n"
			"w_bucket{a=\"v\",le=\"+Inf\"} 3 # {t=\"third\"} 7\nw_sum{a=\"v\"} 10.5\n");
	assert_page_has(&rig, EXPOSITION_TEXT, "w_bucket{a=\"v\",le=\"2\"} 2\n");
	registry_rig_end(&rig);
}

static void of_several_cells_the_latest_is_shown(void **state)
{
	struct registry_rig rig;
	struct family *family;
	struct shard *other;
	struct cell *a, *b;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &events);
	other = shard_new(rig.registry);
	assert_non_null(other);
	a = registry_rig_cell(rig.shard, family, "v");
	b = registry_rig_cell(other, family, "v");
	assert_page_has(&rig, EXPOSITION_OPENMETRICS, "e_total{a=\"v\"} 0\ne_created");
	put(a, &events, make("t=\"a\"", 1, 5000000000));
	put(b, &events, make("t=\"b\"", 1, 4000000000));
	cell_add(a, 1);
	assert_page_has(&rig, EXPOSITION_OPENMETRICS,
			"e_total{a=\"v\"} 1 # {t=\"a\"} 1 5.000\ne_created");
	put(b, &events, make("t=\"b\"", 3, 6000000000));
	assert_page_has(&rig, EXPOSITION_OPENMETRICS,
			"e_total{a=\"v\"} 1 # {t=\"b\"} 3 6.000\ne_created");
	registry_rig_end(&rig);
}

static bool page_contains(const struct text *page, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i + length <= page->length; i++)
		if (memcmp(page->bytes + i, bytes, length) == 0)
			return true;
	return false;
}

static void protobuf_has_exemplars_and_a_bucket_of_inf_for_its_own(void **state)
{
	static const char of_inf[] = "\x1a\x26\x08\x01"			    /* bucket, count 1 */
				     "\x11\x00\x00\x00\x00\x00\x00\xf0\x7f" /* upper_bound = 2 */
				     "\x1a\x19\x0a\x08\x0a\x01"
				     "t"
				     "\x12\x03"
				     "x\"y" /* exemplar = 3, label = 1 */
				     "\x11\x00\x00\x00\x00\x00\x00\x1c\x40" /* value = 2: 7 */
				     "\x1a\x04\x08\x05\x10\x00";	    /* timestamp = 3: 5 s */
	struct registry_rig rig;
	struct cell *cell;

	(void)state;
	registry_rig_begin(&rig, 10);
	cell = registry_rig_cell(rig.shard, registry_rig_family(&rig, &waits), "v");
	cell_observe(cell, &waits, 7);
	put(cell, &waits, make("t=\"x\\\"y\"", 7, 5000000000));
	registry_rig_page(&rig, EXPOSITION_PROTOBUF);
	assert_true(page_contains(&rig.page, of_inf, sizeof(of_inf) - 1));
	registry_rig_end(&rig);
}

/* The longest that there may be, of labels as short as they may be. */
static void the_largest_exemplars_have_room(void **state)
{
	char labels[EXEMPLAR_BYTES + 1] = "";
	struct registry_rig rig;
	struct family *family;
	struct cell *cell;
	size_t at = 0;

	(void)state;
	for (; at + 6 <= EXEMPLAR_BYTES; at += 6)
		memcpy(labels + at, "a=\"b\",", 7);
	labels[at - 1] = '\0';
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &waits);
	cell = registry_rig_cell(rig.shard, family, "v");
	put(cell, &waits, make(labels, 0.5, INT64_MAX));
	put(cell, &waits, make(labels, 1.5, INT64_MAX));
	put(cell, &waits, make(labels, 2.5, INT64_MAX));
	registry_rig_page(&rig, EXPOSITION_PROTOBUF);
	assert_page_has(&rig, EXPOSITION_OPENMETRICS, labels);
	registry_rig_end(&rig);
}

#define PUTS 200000

struct writer {
	_Atomic uint64_t words[EXEMPLAR_WORDS];
	atomic_bool done;
};

/* All that an exemplar holds says its number. */
static void *write_many(void *context)
{
	struct writer *writer = context;
	char labels[EXEMPLAR_BYTES];
	struct exemplar exemplar;
	int i;

	for (i = 1; i <= PUTS; i++) {
		snprintf(labels, sizeof(labels), "n=\"%0*d\"", 1 + i % 200, i);
		exemplar = make(labels, i, i);
		exemplar_put(writer->words, &exemplar);
	}
	atomic_store(&writer->done, true);
	return NULL;
}

static void a_scrape_never_sees_half_an_exemplar(void **state)
{
	static struct writer writer;
	char expected[EXEMPLAR_BYTES];
	struct exemplar exemplar = {.length = 0};
	pthread_t thread;
	bool done;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, write_many, &writer), 0);
	do {
		done = atomic_load(&writer.done);
		exemplar_take_later(writer.words, &exemplar);
		if (!exemplar.length)
			continue;
		snprintf(expected, sizeof(expected), "n=\"%0*d\"", 1 + (int)exemplar.time_ns % 200,
			 (int)exemplar.time_ns);
		assert_int_equal(exemplar.length, strlen(expected));
		assert_memory_equal(exemplar.labels, expected, exemplar.length);
		assert_true(exemplar.value == (double)exemplar.time_ns);
	} while (!done);
	pthread_join(thread, NULL);
	assert_int_equal(exemplar.time_ns, PUTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_shows_the_last_that_fell_there),
		cmocka_unit_test(of_several_cells_the_latest_is_shown),
		cmocka_unit_test(protobuf_has_exemplars_and_a_bucket_of_inf_for_its_own),
		cmocka_unit_test(the_largest_exemplars_have_room),
		cmocka_unit_test(a_scrape_never_sees_half_an_exemplar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
