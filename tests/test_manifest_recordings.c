/*
 * The events of real recordings whose schemas stand in real manifests, of files and of EventSource
 * providers, against what is known of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/paths.h"
#include "exporter/decoder/eventsource.h"
#include "exporter/decoder/manifests.h"
#include "exporter/schema/payload.h"
#include "tests/support/expected_events.h"
#include "tests/support/fields_text.h"

#define FILES_MAX  1000
#define RECORDINGS "../shared/etl"
#define MANIFESTS  "../shared/manifests"

/* What was expected with manifests that the reference does not hold. */
static const struct absent {
	const char *recording;
	unsigned long events; /* that no other manifest describes */
	const char *event;    /* samples of them */
	bool renamed;	      /* another manifest describes them all, by other names */
} absences[] = {
	/* Win10-17134.Microsoft-Windows-DotNETRuntime.xml */
	{"gcevents.etl", 13, "GCMark", false},
	/* SystemEvents.man */
	{"KernelNetwork.etl", 0, NULL, true},
	/* Win10-10240.Microsoft-Windows-Immersive-Shell.xml */
	{"net.4.5.2.x64.etl", 4, NULL, false},
};

struct walk {
	const struct absent *absent;
	struct manifests *manifests;
	struct eventsource *eventsource;
	struct expected_events expected;
	unsigned long events, exact, samples;
};

static void add_file(struct manifests *manifests, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = malloc(1 << 20);
	struct error error;
	size_t length;

	assert_non_null(file);
	assert_non_null(text);
	length = fread(text, 1, 1 << 20, file);
	fclose(file);
	if (manifests_add(manifests, path, text, length, &error))
		fail_msg("%s", error.text);
	free(text);
}

/* The hand-written ones last, so that they count for more. NULL: there are none. */
static struct manifests *read_manifests(void)
{
	struct manifests *manifests;
	struct path_list files = {0};

	paths_expand(&files, MANIFESTS "/*.xml", FILES_MAX);
	if (!files.count)
		return NULL;
	manifests = manifests_new("manifest");
	assert_non_null(manifests);
	assert_int_equal(paths_expand(&files, MANIFESTS "/*.man", FILES_MAX), 0);
	for (size_t i = 0; i < files.count; i++)
		add_file(manifests, files.paths[i]);
	paths_done(&files);
	return manifests;
}

static const struct absent *find_absent(const char *recording)
{
	const char *name = strrchr(recording, '/') + 1;

	for (size_t i = 0; i < sizeof(absences) / sizeof(absences[0]); i++)
		if (strcmp(absences[i].recording, name) == 0)
			return &absences[i];
	return NULL;
}

static void check_sample(struct walk *walk, const struct expected_sample *sample,
			 const struct schema *schema, const struct event_record *record)
{
	enum payload_result result;
	char *text, *fields;

	walk->samples++;
	if (!schema) {
		assert_true(walk->absent && walk->absent->event);
		assert_string_equal(sample->event, walk->absent->event);
		return;
	}
	text = fields_text(schema, record->payload, record->payload_bytes, record->pointer_bytes,
			   &result);
	fields = json_normal(text);
	assert_string_equal(fields, sample->fields);
	if (!walk->absent || !walk->absent->renamed)
		assert_string_equal(schema->event, sample->event);
	free(fields);
	free(text);
}

static void check_record(void *context, const struct event_record *record, unsigned long buffer,
			 unsigned long offset)
{
	struct walk *walk = context;
	const struct schema *schema = manifests_find(walk->manifests, record);
	size_t consumed;

	walk->events += schema != NULL;
	walk->exact +=
		schema && payload_visit(schema, record->payload, record->payload_bytes,
					record->pointer_bytes, NULL, &consumed) == PAYLOAD_OK;
	for (size_t i = 0; i < walk->expected.count; i++) {
		const struct expected_sample *sample = &walk->expected.samples[i];

		if (sample->buffer == buffer && sample->offset == offset)
			check_sample(walk, sample, schema, record);
	}
}

static void learn(void *context, const struct event_record *record, unsigned long buffer,
		  unsigned long offset)
{
	struct walk *walk = context;

	(void)buffer;
	(void)offset;
	eventsource_learn(walk->eventsource, record, walk->manifests);
}

static void check_recording(struct walk *walk, const char *path, const char *source)
{
	unsigned long needed;

	walk->absent = find_absent(path);
	walk->events = walk->exact = walk->samples = 0;
	expected_events_read(&walk->expected, path, source);
	recording_walk(path, check_record, walk);
	needed = walk->expected.exact - (walk->absent ? walk->absent->events : 0);
	print_message("%s: %lu of %lu events by %ss, %lu expected, %zu samples\n", path,
		      walk->exact, walk->events, source, walk->expected.exact,
		      walk->expected.count);
	assert_true(walk->expected.exact == 0 || walk->exact >= needed);
	assert_int_equal(walk->samples, walk->expected.count);
	expected_events_done(&walk->expected);
}

static void find_recordings(struct path_list *recordings)
{
	paths_expand(recordings, RECORDINGS "/*.etl", FILES_MAX);
	if (recordings->count)
		return;
	print_message("skipped because %s is absent\n", RECORDINGS);
	skip();
}

static void events_with_manifests_of_files_are_decoded_exactly(void **state)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct path_list recordings = {0};

	(void)state;
	find_recordings(&recordings);
	assert_non_null(walk);
	walk->manifests = read_manifests();
	assert_non_null(walk->manifests);
	for (size_t i = 0; i < recordings.count; i++)
		check_recording(walk, recordings.paths[i], "manifest");
	paths_done(&recordings);
	manifests_free(walk->manifests);
	free(walk);
}

static void events_with_manifests_in_the_trace_are_decoded_exactly(void **state)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct path_list recordings = {0};

	(void)state;
	find_recordings(&recordings);
	assert_non_null(walk);
	for (size_t i = 0; i < recordings.count; i++) {
		walk->manifests = manifests_new("eventsource");
		walk->eventsource = eventsource_new();
		assert_non_null(walk->manifests);
		assert_non_null(walk->eventsource);
		recording_walk(recordings.paths[i], learn, walk);
		check_recording(walk, recordings.paths[i], "eventsource");
		assert_int_equal(eventsource_refused(walk->eventsource), 0);
		eventsource_free(walk->eventsource);
		manifests_free(walk->manifests);
	}
	paths_done(&recordings);
	free(walk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_with_manifests_of_files_are_decoded_exactly),
		cmocka_unit_test(events_with_manifests_in_the_trace_are_decoded_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
