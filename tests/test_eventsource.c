#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/eventsource.h"
#include "tests/support/little_endian.h"
#include "tests/support/manifest_text.h"

#define CHUNK_ID 0xfffe

static const char manifest_a[] = MANIFEST(EVENTS("<event value='1' symbol='A' task='Ping'/>"));
static const char manifest_b[] = MANIFEST(EVENTS("<event value='2' symbol='B' task='Pong'/>"));

struct learner {
	struct eventsource *eventsource;
	struct manifests *manifests;
	uint32_t pid;
};

static void learner_init(struct learner *learner)
{
	learner->eventsource = eventsource_new();
	learner->manifests = manifests_new("eventsource");
	learner->pid = 1;
	assert_non_null(learner->eventsource);
	assert_non_null(learner->manifests);
}

static void learner_done(struct learner *learner)
{
	eventsource_free(learner->eventsource);
	manifests_free(learner->manifests);
}

/* A payload that ends where its memory does; the caller frees it. */
static struct event_record make_chunk(uint16_t total, uint16_t number, const void *bytes,
				      size_t length)
{
	struct event_record record = shop_event(CHUNK_ID, 1, NULL);
	uint8_t *payload = malloc(8 + length);

	assert_non_null(payload);
	memcpy(payload, "\1\1\0\x5b", 4);
	put_le16(payload + 4, total);
	put_le16(payload + 6, number);
	memcpy(payload + 8, bytes, length);
	record.payload = payload;
	record.payload_bytes = (uint32_t)(8 + length);
	return record;
}

static void free_chunk(const struct event_record *record)
{
	union {
		const uint8_t *borrowed;
		void *owned;
	} payload = {record->payload};

	free(payload.owned);
}

static bool learn_bytes(struct learner *learner, uint16_t total, uint16_t number, const void *bytes,
			size_t length)
{
	struct event_record record = make_chunk(total, number, bytes, length);
	bool learnt;

	record.pid = learner->pid;
	learnt = eventsource_learn(learner->eventsource, &record, learner->manifests);
	free_chunk(&record);
	return learnt;
}

/* Chunk `number` of a manifest cut into `total` of about the same size. */
static bool learn(struct learner *learner, const char *manifest, uint16_t total, uint16_t number)
{
	size_t length = strlen(manifest), from = length * number / total;

	return learn_bytes(learner, total, number, manifest + from,
			   length * (number + 1u) / total - from);
}

static bool knows(const struct learner *learner, uint16_t id)
{
	const struct event_record record = shop_event(id, 0, NULL);

	return manifests_find(learner->manifests, &record) != NULL;
}

static void a_manifest_in_one_chunk_is_learnt(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_true(learn(&learner, manifest_a, 1, 0));
	assert_true(knows(&learner, 1));
	learner_done(&learner);
}

static void chunks_are_joined_in_any_order(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 3, 2));
	assert_false(learn(&learner, manifest_a, 3, 0));
	assert_false(knows(&learner, 1));
	assert_true(learn(&learner, manifest_a, 3, 1));
	assert_true(knows(&learner, 1));
	assert_int_equal(eventsource_refused(learner.eventsource), 0);
	learner_done(&learner);
}

static void chunks_may_come_twice(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 2, 1));
	assert_false(learn(&learner, manifest_a, 2, 1));
	assert_true(learn(&learner, manifest_a, 2, 0));
	assert_int_equal(eventsource_refused(learner.eventsource), 0);
	learner_done(&learner);
}

static void a_copy_is_nothing_new(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_true(learn(&learner, manifest_a, 1, 0));
	assert_false(learn(&learner, manifest_a, 1, 0));
	learner.pid = 2;
	assert_false(learn(&learner, manifest_a, 2, 0));
	assert_false(learn(&learner, manifest_a, 2, 1));
	assert_int_equal(manifests_count(learner.manifests), 1);
	assert_int_equal(eventsource_refused(learner.eventsource), 0);
	learner_done(&learner);
}

static void another_manifest_of_the_provider_is_new(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_true(learn(&learner, manifest_a, 1, 0));
	assert_true(learn(&learner, manifest_b, 1, 0));
	assert_true(knows(&learner, 1));
	assert_true(knows(&learner, 2));
	learner_done(&learner);
}

static void processes_are_told_apart(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 2, 0));
	learner.pid = 2;
	assert_false(learn(&learner, manifest_b, 2, 1));
	assert_true(learn(&learner, manifest_b, 2, 0));
	assert_false(knows(&learner, 1));
	learner.pid = 1;
	assert_true(learn(&learner, manifest_a, 2, 1));
	learner_done(&learner);
}

static void providers_are_told_apart(void **state)
{
	const uint8_t other[16] = {0};
	struct learner learner;
	struct event_record record;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 2, 0));
	record = make_chunk(2, 1, manifest_a, 1);
	record.guid = other;
	assert_false(eventsource_learn(learner.eventsource, &record, learner.manifests));
	free_chunk(&record);
	assert_true(learn(&learner, manifest_a, 2, 1));
	learner_done(&learner);
}

static void a_chunk_of_another_total_begins_anew(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 2, 0));
	assert_false(learn(&learner, manifest_b, 3, 2));
	assert_int_equal(eventsource_refused(learner.eventsource), 1);
	assert_false(learn(&learner, manifest_b, 3, 1));
	assert_true(learn(&learner, manifest_b, 3, 0));
	assert_false(knows(&learner, 1));
	assert_true(knows(&learner, 2));
	learner_done(&learner);
}

static void a_chunk_with_other_content_begins_anew(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 3, 0));
	assert_false(learn(&learner, manifest_a, 3, 1));
	assert_false(learn_bytes(&learner, 3, 1, "x", 1));
	assert_int_equal(eventsource_refused(learner.eventsource), 1);
	assert_false(learn(&learner, manifest_b, 3, 1));
	assert_int_equal(eventsource_refused(learner.eventsource), 2);
	assert_false(learn(&learner, manifest_b, 3, 0));
	assert_true(learn(&learner, manifest_b, 3, 2));
	assert_false(knows(&learner, 1));
	assert_true(knows(&learner, 2));
	learner_done(&learner);
}

static void zeros_at_the_end_do_not_matter(void **state)
{
	char padded[sizeof(manifest_a) + 7] = {0};
	struct learner learner;

	(void)state;
	learner_init(&learner);
	memcpy(padded, manifest_a, sizeof(manifest_a) - 1);
	assert_true(learn_bytes(&learner, 1, 0, padded, sizeof(padded)));
	learner_done(&learner);
}

static void a_manifest_that_is_wrong_is_refused_once(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn_bytes(&learner, 1, 0, "<x>", 3));
	assert_false(learn_bytes(&learner, 1, 0, "<x>", 3));
	assert_false(learn_bytes(&learner, 1, 0, "", 0));
	assert_int_equal(eventsource_refused(learner.eventsource), 2);
	learner_done(&learner);
}

static void what_is_right_in_a_manifest_is_learnt(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_true(
		learn(&learner, MANIFEST(EVENTS("<event value='x'/><event value='3'/>")), 1, 0));
	assert_int_equal(eventsource_refused(learner.eventsource), 1);
	assert_true(knows(&learner, 3));
	learner_done(&learner);
}

static void only_chunks_are_chunks(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} damages[] = {{0, 2}, {3, 0}, {4, 0}, {6, 1}};
	struct event_record record = make_chunk(1, 0, "", 0), other;
	uint8_t payload[8];

	(void)state;
	assert_true(eventsource_is(&record));
	other = record;
	other.id = 1;
	assert_false(eventsource_is(&other));
	other = record;
	other.kind = RECORD_FULL;
	assert_false(eventsource_is(&other));
	other = record;
	other.payload_bytes = 7;
	assert_false(eventsource_is(&other));
	other = record;
	other.payload = payload;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		memcpy(payload, record.payload, sizeof(payload));
		payload[damages[i].at] = damages[i].value;
		assert_false(eventsource_is(&other));
	}
	free_chunk(&record);
}

static void the_oldest_of_too_many_is_given_up(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	for (learner.pid = 0; learner.pid <= EVENTSOURCE_OPEN_MAX; learner.pid++)
		assert_false(learn(&learner, manifest_a, 2, 0));
	assert_int_equal(eventsource_refused(learner.eventsource), 1);
	learner.pid = 0;
	assert_false(learn(&learner, manifest_a, 2, 1));
	assert_int_equal(eventsource_refused(learner.eventsource), 2);
	learner.pid = 2;
	assert_true(learn(&learner, manifest_a, 2, 1));
	learner_done(&learner);
}

static void chunks_of_open_manifests_are_bounded(void **state)
{
	static const uint8_t bytes[60000] = {0};
	const uint16_t fit = (uint16_t)(EVENTSOURCE_OPEN_BYTES_MAX / (sizeof(bytes) + 32));
	struct learner learner;
	uint16_t i;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 2, 0));
	learner.pid = 2;
	for (i = 0; i < fit; i++)
		assert_false(learn_bytes(&learner, 2000, i, bytes, sizeof(bytes)));
	assert_int_equal(eventsource_refused(learner.eventsource), 0);
	for (; i < fit + 10; i++)
		assert_false(learn_bytes(&learner, 2000, i, bytes, sizeof(bytes)));
	/* First the older one, then the large one itself. */
	assert_int_equal(eventsource_refused(learner.eventsource), 2);
	learner_done(&learner);
}

static void a_manifest_whose_chunks_do_not_come_is_given_up(void **state)
{
	struct learner learner;

	(void)state;
	learner_init(&learner);
	assert_false(learn(&learner, manifest_a, 2, 0));
	learner.pid = 2;
	for (unsigned int i = 0; i < EVENTSOURCE_OPEN_CHUNKS_MAX; i++)
		assert_int_equal(learn(&learner, manifest_b, 1, 0), i == 0);
	assert_int_equal(eventsource_refused(learner.eventsource), 0);
	assert_false(learn(&learner, manifest_b, 1, 0));
	assert_int_equal(eventsource_refused(learner.eventsource), 1);
	learner.pid = 1;
	assert_false(learn(&learner, manifest_a, 2, 1));
	learner_done(&learner);
}

static void different_manifests_are_bounded(void **state)
{
	struct learner learner;
	char text[16];

	(void)state;
	learner_init(&learner);
	for (unsigned int i = 0; i < EVENTSOURCE_KNOWN_MAX; i++) {
		snprintf(text, sizeof(text), "<x a='%u'/>", i);
		learn(&learner, text, 1, 0);
	}
	assert_int_equal(eventsource_refused(learner.eventsource), 0);
	assert_false(learn(&learner, manifest_a, 1, 0));
	assert_int_equal(eventsource_refused(learner.eventsource), 1);
	learner_done(&learner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_in_one_chunk_is_learnt),
		cmocka_unit_test(chunks_are_joined_in_any_order),
		cmocka_unit_test(chunks_may_come_twice),
		cmocka_unit_test(a_copy_is_nothing_new),
		cmocka_unit_test(another_manifest_of_the_provider_is_new),
		cmocka_unit_test(processes_are_told_apart),
		cmocka_unit_test(providers_are_told_apart),
		cmocka_unit_test(a_chunk_of_another_total_begins_anew),
		cmocka_unit_test(a_chunk_with_other_content_begins_anew),
		cmocka_unit_test(zeros_at_the_end_do_not_matter),
		cmocka_unit_test(a_manifest_that_is_wrong_is_refused_once),
		cmocka_unit_test(what_is_right_in_a_manifest_is_learnt),
		cmocka_unit_test(only_chunks_are_chunks),
		cmocka_unit_test(the_oldest_of_too_many_is_given_up),
		cmocka_unit_test(chunks_of_open_manifests_are_bounded),
		cmocka_unit_test(a_manifest_whose_chunks_do_not_come_is_given_up),
		cmocka_unit_test(different_manifests_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
