#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/value_number.h"
#include "tests/support/label_rig.h"

#define COUNT(list)    (sizeof(list) / sizeof((list)[0]))
#define BYTES(literal) (literal), sizeof(literal) - 1

static const uint32_t map_values[] = {1, 2};
static const char *const map_names[] = {"READ", "WRITE"};
static const struct value_map value_map = {.count = 2, .values = map_values, .names = map_names};

struct entry {
	const char *from, *to;
	bool is_text;
};

/* A label of these entries and a default, applied to a value. */
struct label_case {
	struct map_entry map[8];
	struct label_config config;
	struct label_rig_config chain;
	char copy[128];
	struct label *label;
};

static void set_key(struct scalar_config *key, const struct entry *entry)
{
	struct value_number number;

	key->text = (char *)(uintptr_t)entry->from;
	if (entry->is_text || !value_number_parse(entry->from, strlen(entry->from), &number))
		return;
	key->is_number = key->is_integer = true;
	key->negative = entry->from[0] == '-';
	key->magnitude = key->negative ? 0 - number.u : number.u;
}

static void label_begin(struct label_case *made, const char *functions, const struct entry *entries,
			size_t count, const char *otherwise)
{
	struct problems problems;
	size_t i;

	memset(made, 0, sizeof(*made));
	label_rig_configure(&made->chain, functions, made->copy);
	for (i = 0; i < count; i++) {
		set_key(&made->map[i].from, &entries[i]);
		made->map[i].to = (char *)(uintptr_t)entries[i].to;
	}
	made->config.field.functions = made->chain.list;
	made->config.map = made->map;
	made->config.map_count = count;
	made->config.otherwise = (char *)(uintptr_t)otherwise;
	problems_init(&problems);
	made->label = label_new(&made->config, "rules.yml", &problems);
	assert_non_null(made->label);
	assert_int_equal(problems.count, 0);
}

static void label_is(const struct label_case *made, enum value_type type, const void *bytes,
		     size_t length, const struct value_map *map, const char *expected)
{
	const struct field field = {.type = (uint8_t)type};
	const struct value value = {.field = &field,
				    .bytes = bytes,
				    .length = (uint32_t)length,
				    .type = field.type,
				    .pointer_bytes = 8};
	enum label_result result;
	struct text text, got;

	text_init(&text, LABEL_RIG_LIMIT);
	text_init(&got, LABEL_RIG_LIMIT);
	text_char(&text, '>');
	result = label_apply(made->label, bytes ? &value : NULL, false, map, &text);
	text_string(&got, label_rig_results[result]);
	assert_int_equal(text.bytes[0], '>');
	text_add(&got, text.bytes + 1, text.length - 1);
	text_char(&got, '\0');
	assert_string_equal(got.bytes, expected);
	text_done(&text);
	text_done(&got);
}

static const struct entry types[] = {{"1", "A", false},	    {"0x1c", "AAAA", false},
				     {"-1", "none", false}, {"READ", "read", false},
				     {"5", "five", true},   {"1", "second", false}};

static void a_map_compares_numbers_with_numbers(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "", types, COUNT(types), "other");
	label_is(&made, VALUE_U16, BYTES("\1\0"), NULL, "ok:A");
	label_is(&made, VALUE_HEX32, BYTES("\x1c\0\0\0"), NULL, "ok:AAAA");
	label_is(&made, VALUE_I8, BYTES("\xff"), NULL, "ok:none");
	label_is(&made, VALUE_U8, BYTES("\xff"), NULL, "ok:other");
	label_is(&made, VALUE_U8, BYTES("\5"), NULL, "ok:five");
	label_is(&made, VALUE_PORT, BYTES("\0\1"), NULL, "ok:A");
	label_free(made.label);
}

static void a_map_compares_text_with_text(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "", types, COUNT(types), NULL);
	label_is(&made, VALUE_ANSI, BYTES("READ"), NULL, "ok:read");
	label_is(&made, VALUE_ANSI, BYTES("read"), NULL, "ok:read");
	label_is(&made, VALUE_ANSI, BYTES("Read"), NULL, "ok:Read");
	label_is(&made, VALUE_ANSI, BYTES("28"), NULL, "ok:AAAA");
	label_is(&made, VALUE_ANSI, BYTES("READ\0"), NULL, "ok:READ");
	label_is(&made, VALUE_ANSI, BYTES("REA"), NULL, "ok:REA");
	label_free(made.label);
}

static void a_map_looks_at_what_functions_made(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "upper", types, COUNT(types), "other");
	label_is(&made, VALUE_ANSI, BYTES("read"), NULL, "ok:read");
	label_is(&made, VALUE_ANSI, BYTES("1"), NULL, "ok:A");
	label_is(&made, VALUE_ANSI, BYTES("x"), NULL, "ok:other");
	label_free(made.label);
}

static void a_default_stands_for_what_is_not_there(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "int", NULL, 0, "other");
	label_is(&made, VALUE_U8, NULL, 0, NULL, "none:other");
	label_is(&made, VALUE_ANSI, BYTES("x"), NULL, "unfit:other");
	label_is(&made, VALUE_U8, BYTES("\1"), NULL, "ok:1");
	label_free(made.label);
	label_begin(&made, "", NULL, 0, NULL);
	label_is(&made, VALUE_U8, NULL, 0, NULL, "none:");
	label_is(&made, VALUE_U8, BYTES("\1"), NULL, "ok:1");
	label_free(made.label);
}

static void a_map_of_a_manifest_names_values(void **state)
{
	struct label_case made;

	(void)state;
	label_begin(&made, "", NULL, 0, "other");
	label_is(&made, VALUE_U8, BYTES("\2"), &value_map, "ok:WRITE");
	label_is(&made, VALUE_U8, BYTES("\3"), &value_map, "ok:other");
	label_is(&made, VALUE_ANSI, BYTES("x"), &value_map, "ok:other");
	label_free(made.label);
	label_begin(&made, "", NULL, 0, NULL);
	label_is(&made, VALUE_U8, BYTES("\3"), &value_map, "ok:3");
	label_free(made.label);
	label_begin(&made, "int", NULL, 0, NULL);
	label_is(&made, VALUE_U8, BYTES("\1"), &value_map, "ok:READ");
	label_free(made.label);
}

static void a_map_of_bits_names_each(void **state)
{
	const struct value_map bits = {
		.bits = true, .count = 2, .values = map_values, .names = map_names};
	struct label_case made;

	(void)state;
	label_begin(&made, "", NULL, 0, "other");
	label_is(&made, VALUE_U8, BYTES("\7"), &bits, "ok:READ|WRITE|0x4");
	label_free(made.label);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_compares_numbers_with_numbers),
		cmocka_unit_test(a_map_compares_text_with_text),
		cmocka_unit_test(a_map_looks_at_what_functions_made),
		cmocka_unit_test(a_default_stands_for_what_is_not_there),
		cmocka_unit_test(a_map_of_a_manifest_names_values),
		cmocka_unit_test(a_map_of_bits_names_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
