#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/command/survey.h"
#include "tests/support/etl_writer.h"
#include "tests/support/manifest_text.h"
#include "tests/support/scratch.h"

static const char manifest[] = MANIFEST(EVENTS("<event value='1' template='T'/>")
						TEMPLATE("<data name='Few' inType='win:UInt32'/>"
							 "<data name='Fifty' inType='win:UInt32'/>"
							 "<data name='Many' inType='win:UInt32'/>"
							 "<data name='Below' inType='win:Int32'/>"
							 "<data name='Two' inType='win:UInt8' "
							 "count='2'/>"));

/* What a recording is made of; event 1 has fields. */
struct rig {
	struct scratch scratch;
	struct etl_writer *writer;
	struct manifests *manifests;
	struct survey *survey;
	uint64_t time;
};

static void rig_open(struct rig *rig)
{
	struct error error;

	*rig = (struct rig){.time = 1000000000};
	scratch_make(&rig->scratch);
	rig->writer = etl_writer_new(&(struct etl_writer_options){0});
	rig->manifests = manifests_new("manifest");
	assert_int_equal(manifests_add(rig->manifests, "m", manifest, strlen(manifest), &error), 0);
}

static void write_event(struct rig *rig, uint16_t id, const void *payload, size_t bytes)
{
	const struct event_record shop = shop_event(id, 0, NULL);
	struct etl_event event = {
		.time = ++rig->time, .id = id, .payload = payload, .payload_bytes = bytes};

	memcpy(event.guid, shop.guid, sizeof(event.guid));
	etl_write_event(rig->writer, &event, 8);
}

static void run(struct rig *rig)
{
	struct error error = {""};
	size_t length;
	const uint8_t *bytes = etl_writer_finish(rig->writer, &length);
	char path[4096];
	char *files[] = {path};

	strcpy(path, scratch_path(&rig->scratch, "a.etl"));
	etl_save(path, bytes, length);
	rig->survey = survey_new(rig->manifests);
	assert_non_null(rig->survey);
	if (survey_run(rig->survey, files, 1, &error))
		fail_msg("%s", error.text);
}

static void rig_close(struct rig *rig)
{
	survey_free(rig->survey);
	manifests_free(rig->manifests);
	etl_writer_free(rig->writer);
	scratch_remove(&rig->scratch);
}

/* Fields of event 1 that are `few`, 50 and many different numbers, and one below zero at times. */
static void write_fields(struct rig *rig, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct {
			uint32_t few, fifty, many;
			int32_t below;
			uint8_t two[2];
		} payload = {i % 3, i % 50, i, i % 7 == 6 ? -1 : 1, {1, 2}};

		write_event(rig, 1, &payload, 18);
	}
}

static void different_values_are_counted_up_to_a_limit(void **state)
{
	const struct survey_event *event;
	struct rig rig;

	(void)state;
	rig_open(&rig);
	write_fields(&rig, 400);
	run(&rig);
	assert_int_equal(survey_count(rig.survey), 1);
	event = survey_event(rig.survey, 0);
	assert_string_equal(event->provider, "Shop");
	assert_int_equal(event->count, 400);
	assert_int_equal(event->field_count, 4);
	assert_string_equal(event->fields[0].field->name, "Few");
	assert_int_equal(event->fields[0].values, 3);
	assert_int_equal(event->fields[1].values, 50);
	assert_int_equal(event->fields[2].values, SURVEY_VALUES_MAX + 1);
	assert_int_equal(event->fields[0].seen, 400);
	rig_close(&rig);
}

static void numbers_below_zero_are_noticed(void **state)
{
	const struct survey_event *event;
	struct rig rig;

	(void)state;
	rig_open(&rig);
	write_fields(&rig, 10);
	run(&rig);
	event = survey_event(rig.survey, 0);
	assert_false(event->fields[0].negative);
	assert_true(event->fields[3].negative);
	rig_close(&rig);
}

static void a_payload_that_is_cut_has_not_all_fields(void **state)
{
	const struct survey_event *event;
	struct rig rig;

	(void)state;
	rig_open(&rig);
	write_fields(&rig, 10);
	write_event(&rig, 1, "\1\0\0\0\2\0", 6);
	run(&rig);
	event = survey_event(rig.survey, 0);
	assert_int_equal(event->count, 11);
	assert_int_equal(event->fields[0].seen, 11);
	assert_int_equal(event->fields[1].seen, 10);
	rig_close(&rig);
}

static void the_most_frequent_events_come_first_and_few_are_kept(void **state)
{
	struct rig rig;
	uint16_t id, i;

	(void)state;
	rig_open(&rig);
	for (id = 1; id <= 40; id++)
		for (i = 0; i < id; i++)
			write_event(&rig, id, NULL, 0);
	run(&rig);
	assert_int_equal(survey_count(rig.survey), SURVEY_EVENTS);
	for (i = 0; i < SURVEY_EVENTS; i++) {
		assert_int_equal(survey_event(rig.survey, i)->id, 40 - i);
		assert_int_equal(survey_event(rig.survey, i)->count, 40 - i);
	}
	/* The header of the recording is an event, too. */
	assert_int_equal(survey_total(rig.survey), 40 * 41 / 2 + 1);
	rig_close(&rig);
}

static void a_recording_without_events_has_none(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig);
	run(&rig);
	assert_int_equal(survey_count(rig.survey), 0);
	rig_close(&rig);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	char path[] = "/nonexistent/a.etl";
	char *files[] = {path};
	struct survey *survey = survey_new(NULL);
	struct error error = {""};

	(void)state;
	assert_int_equal(survey_run(survey, files, 1, &error), -1);
	assert_non_null(strstr(error.text, path));
	survey_free(survey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(different_values_are_counted_up_to_a_limit),
		cmocka_unit_test(numbers_below_zero_are_noticed),
		cmocka_unit_test(a_payload_that_is_cut_has_not_all_fields),
		cmocka_unit_test(the_most_frequent_events_come_first_and_few_are_kept),
		cmocka_unit_test(a_recording_without_events_has_none),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
