#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/extraction_check.h"
#include "tests/support/random_schema.h"

enum {
	SCHEMAS = 6000,
	CHOICES = 2,  /* of wanted fields, of a schema */
	PAYLOADS = 5, /* of a choice: one extraction takes them in turn */
};

/* At the end of memory of its own. */
static enum payload_result run(const struct check_wanted *wanted, const struct schema *schema,
			       const uint8_t *payload, size_t length, uint8_t pointer_bytes)
{
	struct event_record record = {.payload_bytes = (uint32_t)length,
				      .pointer_bytes = pointer_bytes};
	uint8_t *copy = length ? malloc(length) : NULL;
	enum payload_result result;

	if (length)
		memcpy(copy, payload, length);
	record.payload = copy;
	result = check_run(wanted, schema, &record);
	free(copy);
	return result;
}

static void check_schema(const struct schema *schema, struct random *random,
			 size_t results[PAYLOAD_RESULT_COUNT])
{
	static uint8_t payload[RANDOM_PAYLOAD_MAX];
	size_t choice, i;

	for (choice = 0; choice < CHOICES; choice++) {
		struct check_wanted wanted;

		check_choose(&wanted, schema, random);
		for (i = 0; i < PAYLOADS; i++) {
			uint8_t written = random_below(random, 2) ? 4 : 8;
			uint8_t said = random_below(random, 6) ? written : (uint8_t)(12 - written);
			size_t length = random_payload(schema, random, written, payload);

			results[run(&wanted, schema, payload, length, said)]++;
		}
		extraction_free(wanted.extraction);
	}
}

static void what_is_taken_out_is_what_a_visit_tells(void **state)
{
	size_t results[PAYLOAD_RESULT_COUNT] = {0}, made = 0, i;
	struct random random = {20240501};

	(void)state;
	for (i = 0; i < SCHEMAS; i++) {
		struct schema *schema = random_schema(&random);

		if (!schema)
			continue;
		made++;
		check_schema(schema, &random, results);
		schema_free(schema);
	}
	/* The test is worth something. */
	assert_true(made > SCHEMAS / 2);
	assert_true(results[PAYLOAD_OK] > (size_t)SCHEMAS * CHOICES);
	assert_true(results[PAYLOAD_SHORT] > SCHEMAS);
	assert_true(results[PAYLOAD_LEFTOVER] > SCHEMAS / 4);
}

static void bytes_of_no_meaning_are_taken_out_as_a_visit_does(void **state)
{
	size_t results[PAYLOAD_RESULT_COUNT] = {0}, i, at;
	struct random random = {7};
	uint8_t payload[96];

	(void)state;
	for (i = 0; i < SCHEMAS; i++) {
		struct schema *schema = random_schema(&random);
		struct check_wanted wanted;

		if (!schema)
			continue;
		check_choose(&wanted, schema, &random);
		for (at = 0; at < sizeof(payload); at++)
			payload[at] =
				(uint8_t)random_below(&random, random_below(&random, 2) ? 3 : 256);
		results[run(&wanted, schema, payload, random_below(&random, sizeof(payload) + 1),
			    8)]++;
		extraction_free(wanted.extraction);
		schema_free(schema);
	}
	assert_true(results[PAYLOAD_SHORT] > SCHEMAS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_taken_out_is_what_a_visit_tells),
		cmocka_unit_test(bytes_of_no_meaning_are_taken_out_as_a_visit_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
