#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/decoder.h"
#include "exporter/decoder/decoding.h"
#include "exporter/decoder/kernel_classes.h"
#include "tests/support/info_record.h"
#include "tests/support/manifest_text.h"

#define U8  4
#define U16 6
#define U32 8

static const char manifest[] =
	MANIFEST(EVENTS("<event value='1' template='T' symbol='S'/>")
			 TEMPLATE("<data name='Manifest' inType='win:UInt32'/>"));

static struct manifests *load(void)
{
	struct manifests *files = manifests_new("manifest");
	struct error error;

	assert_non_null(files);
	assert_int_equal(manifests_add(files, "m", manifest, sizeof(manifest) - 1, &error), 0);
	return files;
}

/* An event of the shop, with so many bytes of zeros. */
static struct event_record event(uint16_t id, uint32_t bytes)
{
	static const uint8_t zeros[16];
	struct event_record record = shop_event(id, 0, NULL);

	record.payload = zeros;
	record.payload_bytes = bytes;
	return record;
}

static bool learn_info(struct decoding *decoding, uint16_t id, uint16_t in_type)
{
	struct event_record shop = event(id, 0);
	struct payload payload;
	struct event_record record = info_record(&payload, shop.guid, id, "Task", in_type);

	return decoding_learn(decoding, &record);
}

static const char *source(struct decoding *decoding, const struct event_record *record)
{
	const struct schema *schema = decoding_find(decoding, record);

	assert_ptr_equal(decoding_find(decoding, record), schema);
	return schema ? schema->source : "none";
}

static void what_nobody_knows_has_no_schema(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	struct event_record record = event(1, 4);

	(void)state;
	assert_string_equal(source(decoding, &record), "none");
	record.kind = RECORD_MESSAGE;
	assert_string_equal(source(decoding, &record), "none");
	record.kind = RECORD_ERROR;
	assert_string_equal(source(decoding, &record), "none");
	record.kind = RECORD_FULL;
	assert_string_equal(source(decoding, &record), "none");
	assert_null(decoding_provider(decoding, &record));
	decoding_free(decoding);
}

static void what_was_not_known_is_looked_for_when_something_was_learnt(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	struct event_record record = event(1, 4), other = event(2, 4);

	(void)state;
	assert_string_equal(source(decoding, &record), "none");
	assert_string_equal(source(decoding, &other), "none");
	assert_true(learn_info(decoding, 1, U32));
	assert_string_equal(source(decoding, &record), "eventinfo");
	assert_string_equal(source(decoding, &other), "none");
	/* What is known already is no reason to look again. */
	assert_false(learn_info(decoding, 1, U32));
	assert_true(learn_info(decoding, 2, U32));
	assert_string_equal(source(decoding, &other), "eventinfo");
	decoding_free(decoding);
}

static void a_schema_that_was_found_stays(void **state)
{
	struct manifests *files = load();
	struct decoding *decoding = decoding_new(files);
	struct event_record record = event(1, 4);
	const struct schema *schema = decoding_find(decoding, &record);

	(void)state;
	assert_non_null(schema);
	assert_string_equal(schema->source, "manifest");
	assert_true(learn_info(decoding, 1, U32));
	assert_ptr_equal(decoding_find(decoding, &record), schema);
	decoding_free(decoding);
	manifests_free(files);
}

static void the_first_that_fits_goes_first(void **state)
{
	struct manifests *files = load();
	uint32_t bytes;

	(void)state;
	for (bytes = 0; bytes < 8; bytes++) {
		struct decoding *decoding = decoding_new(files);
		struct event_record record = event(1, bytes);

		assert_true(learn_info(decoding, 1, U16));
		/* Where none fits, the first there is. */
		assert_string_equal(source(decoding, &record),
				    bytes == 4 ? "manifest" : "eventinfo");
		decoding_free(decoding);
	}
	manifests_free(files);
}

static void a_record_without_payload_finds_a_schema(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	struct event_record record = event(1, 0);

	(void)state;
	record.payload = NULL;
	assert_true(learn_info(decoding, 1, U32));
	assert_string_equal(source(decoding, &record), "eventinfo");
	decoding_free(decoding);
}

static void tracelogging_metadata_tells_events_apart(void **state)
{
	static const uint8_t first[] = "\x9\0\0A\0f\0\x08", second[] = "\x9\0\0B\0f\0\x08";
	struct decoding *decoding = decoding_new(NULL);
	struct event_record record = event(0, 4);

	(void)state;
	assert_string_equal(source(decoding, &record), "none");
	record.schema = first;
	record.schema_bytes = sizeof(first) - 1;
	assert_string_equal(source(decoding, &record), "tracelogging");
	assert_string_equal(decoding_find(decoding, &record)->event, "A");
	record.schema = second;
	assert_string_equal(decoding_find(decoding, &record)->event, "B");
	record.schema_bytes = 0;
	assert_string_equal(source(decoding, &record), "none");
	decoding_free(decoding);
}

/* Metadata that is damaged does not hide what others know. */
static void damaged_metadata_leaves_it_to_others(void **state)
{
	struct manifests *files = load();
	struct decoding *decoding = decoding_new(files);
	struct event_record record = event(1, 4);

	(void)state;
	record.schema = (const uint8_t *)"\3\0\0";
	record.schema_bytes = 3;
	assert_string_equal(source(decoding, &record), "manifest");
	decoding_free(decoding);
	manifests_free(files);
}

static void kernel_classes_are_known(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	const struct kernel_class *class = kernel_class_of_hook(3, 1);
	struct event_record record = event(0, 0);

	(void)state;
	assert_non_null(class);
	record.guid = class->guid.bytes;
	record.kind = RECORD_SYSTEM;
	record.opcode = 1;
	record.version = 3;
	assert_string_equal(source(decoding, &record), "kernel");
	record.kind = RECORD_EVENT;
	assert_string_equal(source(decoding, &record), "none");
	decoding_free(decoding);
}

/* They have one ID, whatever else the provider writes with it. */
static void only_events_that_are_a_string_are_read_as_one(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	struct event_record record = event(0, 4), text = event(0, 4);

	(void)state;
	text.flags = EVENT_FLAG_STRING_ONLY;
	assert_string_equal(source(decoding, &record), "none");
	assert_string_equal(source(decoding, &text), "string");
	assert_string_equal(source(decoding, &record), "none");
	assert_int_equal(decoding_find(decoding, &text)->fields[0].type, VALUE_UTF16);
	decoding_free(decoding);
}

static void providers_are_named_by_manifests(void **state)
{
	struct manifests *files = load();
	struct decoding *decoding = decoding_new(files);
	struct event_record record = event(77, 0);

	(void)state;
	assert_string_equal(decoding_provider(decoding, &record), "Shop");
	decoding_free(decoding);
	manifests_free(files);
}

static void manifests_in_the_trace_are_learnt(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	struct payload chunk = {0};
	struct event_record record = event(1, 4), learnt;

	(void)state;
	payload_bytes(&chunk, "\1\1\0\x5b\1\0\0\0", 8);
	payload_bytes(&chunk, manifest, sizeof(manifest) - 1);
	learnt = shop_event(0xfffe, 1, &chunk);
	learnt.opcode = 0xfe;
	learnt.task = 0xfffe;
	assert_string_equal(source(decoding, &record), "none");
	assert_true(decoding_is_metadata(&learnt));
	assert_false(decoding_is_metadata(&record));
	assert_true(decoding_learn(decoding, &learnt));
	assert_false(decoding_learn(decoding, &learnt));
	assert_string_equal(source(decoding, &record), "eventsource");
	assert_string_equal(decoding_provider(decoding, &record), "Shop");
	decoding_free(decoding);
}

static void schemas_take_memory_to_a_limit(void **state)
{
	struct decoding *decoding = decoding_new(NULL);
	uint8_t *metadata = calloc(1, 65000);
	struct event_record record = event(0, 0);
	uint32_t i, at;

	(void)state;
	assert_non_null(metadata);
	metadata[0] = 65000 & 0xff;
	metadata[1] = 65000 >> 8;
	memcpy(metadata + 2, "\0E", 3);
	/* A name as long as it may be. */
	at = 5;
	memset(metadata + at, 'n', 64990 - at);
	metadata[64991] = U8;
	record.schema = metadata;
	record.schema_bytes = 64992;
	for (i = 0; i < 3000; i++) {
		memcpy(metadata + at,
		       (const uint8_t[]){(uint8_t)(1 + i % 250), (uint8_t)(1 + i / 250)}, 2);
		if (!decoding_find(decoding, &record))
			break;
	}
	assert_in_range(i, 1000, 2999);
	/* Those before stay known. */
	memcpy(metadata + at, "\1\1", 2);
	assert_non_null(decoding_find(decoding, &record));
	free(metadata);
	decoding_free(decoding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_knows_has_no_schema),
		cmocka_unit_test(what_was_not_known_is_looked_for_when_something_was_learnt),
		cmocka_unit_test(a_schema_that_was_found_stays),
		cmocka_unit_test(the_first_that_fits_goes_first),
		cmocka_unit_test(a_record_without_payload_finds_a_schema),
		cmocka_unit_test(tracelogging_metadata_tells_events_apart),
		cmocka_unit_test(damaged_metadata_leaves_it_to_others),
		cmocka_unit_test(kernel_classes_are_known),
		cmocka_unit_test(only_events_that_are_a_string_are_read_as_one),
		cmocka_unit_test(providers_are_named_by_manifests),
		cmocka_unit_test(manifests_in_the_trace_are_learnt),
		cmocka_unit_test(schemas_take_memory_to_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
