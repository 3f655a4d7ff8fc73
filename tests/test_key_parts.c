/* Keys of values taken from where they stand in payloads, and of the same values extracted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/key_parts.h"
#include "tests/support/random.h"
#include "tests/support/schema_rows.h"

#define TEXT(n)	  .type = VALUE_ANSI, .length_kind = LENGTH_FIXED, .length = (n)
#define PAYLOAD	  64
#define PARTS_MAX 8

static const struct row rows[] = {
	{"pid", {.type = VALUE_I32}, 0},
	{"comm", {TEXT(16)}, 0},
	{"state", {.type = VALUE_I64}, 0},
	{"rwbs", {TEXT(10)}, 0},
	{"one", {TEXT(1)}, 0},
	{"pad", {.type = VALUE_U8}, 0},
	{"small", {.type = VALUE_I16}, 0},
	{"long", {TEXT(17)}, 0},
	{0},
};

/* A field and what is asked of it; a list ends with one that has no path. */
struct wanted {
	const char *path;
	enum label_state state;
};

struct rig {
	struct schema *schema;
	struct extraction *extraction;
	struct rule_field fields[PARTS_MAX];
	struct key_part list[PARTS_MAX];
	struct key_parts parts;
	struct rule_key direct, extracted, any;
	struct event_type type;
	struct event_record record;
	uint8_t *payload; /* all of its memory */
	struct trace_state *state;
};

static void extract(struct rig *rig)
{
	assert_int_equal(extraction_run(rig->extraction, &rig->record), PAYLOAD_OK);
}

/* A key of these fields. */
static void begin(struct rig *rig, const struct wanted *wanted, size_t payload_bytes)
{
	size_t count, i;

	memset(rig, 0, sizeof(*rig));
	rig->schema = schema_of_rows(rows, false);
	rig->extraction = extraction_new(rig->schema);
	assert_non_null(rig->extraction);
	for (count = 0; wanted[count].path; count++)
		assert_true(rule_field_find(wanted[count].path, wanted[count].state, rig->schema,
					    rig->extraction, &rig->fields[count]));
	rig->state = trace_state_new(NULL);
	assert_non_null(rig->state);
	rig->payload = calloc(1, payload_bytes);
	assert_non_null(rig->payload);
	rig->record = (struct event_record){.payload = rig->payload,
					    .payload_bytes = (uint32_t)payload_bytes,
					    .pointer_bytes = 8};
	extract(rig);
	assert_true(count <= PARTS_MAX);
	key_parts_init(&rig->parts, rig->list);
	for (i = 0; i < count; i++)
		key_parts_add(&rig->parts, &rig->fields[i],
			      rule_key_form(&rig->fields[i], rig->extraction), i, rig->extraction);
}

static void end(struct rig *rig)
{
	rule_key_done(&rig->direct);
	rule_key_done(&rig->extracted);
	rule_key_done(&rig->any);
	extraction_free(rig->extraction);
	schema_free(rig->schema);
	free(rig->payload);
	trace_state_free(rig->state);
}

static const struct trace_clock no_clock;

static void append(struct rig *rig, bool is_direct, struct rule_key *key)
{
	struct event_view view = {.record = &rig->record,
				  .type = &rig->type,
				  .clock = &no_clock,
				  .state = rig->state,
				  .is_direct = is_direct};

	rule_key_clear(key);
	assert_true(rule_key_has_room(key, rig->parts.words));
	assert_int_equal(key_parts_append(&rig->parts, &view, rig->extraction, key), 0);
}

static void append_each(struct rig *rig, struct rule_key *key)
{
	struct event_view view = {.record = &rig->record,
				  .type = &rig->type,
				  .clock = &no_clock,
				  .state = rig->state};
	size_t i;

	rule_key_clear(key);
	for (i = 0; i < rig->parts.count; i++)
		assert_true(rule_key_add(key, rig->parts.list[i].field, rig->parts.list[i].form,
					 &view, rig->extraction));
}

static void assert_same(const struct rule_key *a, const struct rule_key *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->words, b->words, a->count * sizeof(*a->words));
}

/* Texts of few letters and zeros, behind which anything may stand. */
static void draw(struct rig *rig, struct random *random)
{
	size_t i;

	for (i = 0; i < rig->record.payload_bytes; i++)
		rig->payload[i] = random_below(random, 8) ? (uint8_t)random_next(random) : 0;
}

static void check_random(const struct wanted *wanted, size_t payload_bytes)
{
	struct random random = {5};
	struct rig rig;
	int i;

	begin(&rig, wanted, payload_bytes);
	assert_true(rig.parts.quick);
	assert_true(key_parts_set_direct(&rig.parts, rig.extraction));
	for (i = 0; i < 2000; i++) {
		draw(&rig, &random);
		append(&rig, true, &rig.direct);
		extract(&rig);
		append(&rig, false, &rig.extracted);
		append_each(&rig, &rig.any);
		assert_same(&rig.direct, &rig.any);
		assert_same(&rig.extracted, &rig.any);
	}
	end(&rig);
}

static void a_key_is_the_same_however_its_values_are_taken(void **state)
{
	static const struct wanted all[] = {{"pid", LABEL_PURE},
					    {"comm", LABEL_PURE},
					    {"state", LABEL_PURE},
					    {"rwbs", LABEL_PURE},
					    {"one", LABEL_PURE},
					    {"small", LABEL_PURE},
					    {0}};
	static const struct wanted texts[] = {{"comm", LABEL_PURE}, {"comm", LABEL_PURE}, {0}};
	static const struct wanted last[] = {{"one", LABEL_PURE}, {0}};

	(void)state;
	check_random(all, PAYLOAD);
	check_random(texts, 20);
	check_random(last, 4 + 16 + 8 + 10 + 1);
}

static void names_are_the_same_however_their_numbers_are_taken(void **state)
{
	static const struct wanted names[] = {
		{"pid", LABEL_PROCESS}, {"$process", LABEL_PURE}, {"$tid", LABEL_THREAD_PROCESS},
		{"small", LABEL_COMM},	{"$cpu", LABEL_PURE},	  {0}};
	static const struct wanted mixed[] = {{"long", LABEL_PURE}, {"pid", LABEL_COMM}, {0}};
	struct rig rig;

	(void)state;
	check_random(names, PAYLOAD);
	begin(&rig, mixed, PAYLOAD);
	assert_false(rig.parts.quick);
	memset(rig.payload, 'x', PAYLOAD);
	extract(&rig);
	append(&rig, false, &rig.extracted);
	append_each(&rig, &rig.any);
	assert_same(&rig.extracted, &rig.any);
	end(&rig);
}

static void texts_of_tasks_end_at_their_first_zero(void **state)
{
	static const struct wanted wanted[] = {{"comm", LABEL_PURE}, {0}};
	static const char *const texts[] = {
		"", "a", "1234567", "12345678", "123456789", "123456789012345", "1234567890123456"};
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, wanted, 20);
	assert_true(key_parts_set_direct(&rig.parts, rig.extraction));
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t length = strlen(texts[i]), words = (length + 7) / 8;

		memset(rig.payload, 0xff, 20);
		memcpy(rig.payload + 4, texts[i], length < 16 ? length + 1 : length);
		append(&rig, true, &rig.direct);
		assert_int_equal(rig.direct.count, 1 + words);
		assert_int_equal(rig.direct.words[0], length);
		assert_memory_equal(rig.direct.words + 1, texts[i], length);
	}
	end(&rig);
}

static void longer_texts_are_extracted(void **state)
{
	static const struct wanted wanted[] = {{"long", LABEL_PURE}, {"pid", LABEL_PURE}, {0}};
	struct rig rig;

	(void)state;
	begin(&rig, wanted, PAYLOAD);
	assert_false(rig.parts.quick);
	assert_false(key_parts_set_direct(&rig.parts, rig.extraction));
	memset(rig.payload, 'x', PAYLOAD);
	extract(&rig);
	append(&rig, false, &rig.extracted);
	append_each(&rig, &rig.any);
	assert_same(&rig.extracted, &rig.any);
	assert_int_equal(rig.any.words[0], 17);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_the_same_however_its_values_are_taken),
		cmocka_unit_test(names_are_the_same_however_their_numbers_are_taken),
		cmocka_unit_test(texts_of_tasks_end_at_their_first_zero),
		cmocka_unit_test(longer_texts_are_extracted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
