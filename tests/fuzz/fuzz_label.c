/*
 * Any bytes as a value of any type through each label function, and through some in a row: no
 * crash, nothing beyond the value, and text that is UTF-8.
 *
 * Four bytes choose the type, the out-type, whether the event is classic, and the expression; the
 * value follows.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/bytes.h"
#include "exporter/label.h"
#include "exporter/label_functions.h"
#include "metrics/utf8.h"

#define TEXT_LIMIT ((size_t)1 << 20)
#define SID_BYTES  8
#define ROW_STEPS  2

static const char *const expressions[] = {
	"(a+)+[bc]", "^(?:.*\\\\)?([^\\\\]+)$", "\\d+", "(\\w)\\W(\\w)?", "[^\\x00-\\x7f]", "^",
	"$",
};

#define EXPRESSIONS (sizeof(expressions) / sizeof(expressions[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_utf8(const struct text *text)
{
	size_t at = 0, length;

	for (; at < text->length; at += length) {
		length = utf8_sequence_in(text->bytes + at, text->length - at);
		require(length > 0);
	}
}

static struct function_config function_config(const struct label_function *function,
					      const char *expression)
{
	static char replace[] = "<$0|$$>";
	struct function_config config = {.name = (char *)(uintptr_t)function->name};

	if (function->argument == LABEL_ARGUMENT_COUNT) {
		config.argument = (struct scalar_config){.text = (char *)(uintptr_t) "3",
							 .is_number = true,
							 .is_integer = true,
							 .magnitude = 3};
	} else if (function->argument == LABEL_ARGUMENT_REGEX) {
		config.match = (char *)(uintptr_t)expression;
		config.replace = strlen(expression) % 2 ? replace : NULL;
	}
	return config;
}

static void apply(struct function_config *functions, size_t count, const struct value *value,
		  bool classic)
{
	const struct function_list list = {functions, count};
	struct problems problems;
	struct label_chain *chain;
	enum label_result result;
	struct text text;

	problems_init(&problems);
	chain = label_chain_new(&list, "", &problems);
	require(chain && !problems.count);
	text_init(&text, TEXT_LIMIT);
	text_char(&text, '>');
	result = label_chain_apply(chain, value, classic, &text);
	require(text.bytes[0] == '>');
	require(result == LABEL_OK || (text.length == 1 && !text.failed));
	if (!text.failed)
		check_utf8(&text);
	text_done(&text);
	label_chain_free(chain);
	problems_done(&problems);
}

static void apply_all(const struct value *value, bool classic, const char *expression)
{
	const struct label_function *function, *next;
	struct function_config row[ROW_STEPS];

	apply(row, 0, value, classic);
	for (function = label_functions; function->name; function++) {
		row[0] = function_config(function, expression);
		apply(row, 1, value, classic);
		next = function + 1 + value->length % 2;
		if (!function[1].name || !next->name || next->state != LABEL_PURE)
			continue;
		row[1] = function_config(next, expression);
		apply(row, ROW_STEPS, value, classic);
	}
}

/* Whether a payload can have a value of so many bytes. */
static bool is_possible(const struct value *value)
{
	size_t width = value_type_bytes((enum value_type)value->type, value->pointer_bytes);

	switch (value->type) {
	case VALUE_UTF16:
		return value->length % 2 == 0;
	case VALUE_ANSI:
	case VALUE_BINARY:
		return true;
	case VALUE_WBEM_SID:
		return value->length == 0 ||
		       (value->length >= SID_BYTES &&
			value->length == SID_BYTES + 4 * (uint32_t)value->bytes[1]);
	case VALUE_SID:
		return value->length >= SID_BYTES &&
		       value->length == SID_BYTES + 4 * (uint32_t)value->bytes[1];
	case VALUE_STRUCT:
		return false;
	default:
		return value->length == width;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	const uint8_t *head = bytes_take(&rest, 4);
	struct field field = {0};
	struct value value = {.field = &field, .pointer_bytes = 8};
	uint8_t *copy;

	if (!head)
		return 0;
	field.type = head[0] % VALUE_TYPE_COUNT;
	field.out = head[1] % (OUT_CULTURE_DATETIME + 1);
	copy = malloc(rest.left ? rest.left : 1);
	require(copy != NULL);
	memcpy(copy, rest.at, rest.left);
	value.type = field.type;
	value.bytes = copy;
	value.length = (uint32_t)rest.left;
	/* Bytes that are too many for the type are dropped, so that more values are possible. */
	if (value_type_bytes((enum value_type)field.type, 8) &&
	    value.length > value_type_bytes((enum value_type)field.type, 8))
		value.length = (uint32_t)value_type_bytes((enum value_type)field.type, 8);
	if (is_possible(&value))
		apply_all(&value, head[2] & 1, expressions[head[3] % EXPRESSIONS]);
	free(copy);
	return 0;
}
