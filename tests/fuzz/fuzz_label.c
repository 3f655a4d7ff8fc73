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

#include "exporter/base/bytes.h"
#include "exporter/label/label.h"
#include "exporter/label/label_functions.h"
#include "metrics/utf8.h"

#define TEXT_LIMIT ((size_t)1 << 20)
#define SID_BYTES  8
#define ROW_STEPS  2
#define CHAINS_MAX 80

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

static struct label_chain *chain_new(const struct label_function *first,
				     const struct label_function *second, const char *expression)
{
	struct function_config row[ROW_STEPS];
	struct function_list list = {row, 0};
	struct problems problems;
	struct label_chain *chain;

	if (first)
		row[list.count++] = function_config(first, expression);
	if (second)
		row[list.count++] = function_config(second, expression);
	problems_init(&problems);
	chain = label_chain_new(&list, "", &problems);
	require(chain && !problems.count);
	problems_done(&problems);
	return chain;
}

/* None, each function alone, and each before the next and before that behind the next. */
static size_t compile(struct label_chain **chains, const char *expression)
{
	const struct label_function *function, *next;
	size_t count = 0, i;

	chains[count++] = chain_new(NULL, NULL, expression);
	for (function = label_functions; function->name; function++) {
		chains[count++] = chain_new(function, NULL, expression);
		next = function + 1;
		for (i = 0; i < 2 && next->name; i++, next++)
			if (next->state == LABEL_PURE)
				chains[count++] = chain_new(function, next, expression);
	}
	require(count <= CHAINS_MAX);
	return count;
}

static void apply(const struct label_chain *chain, const struct value *value, bool classic)
{
	enum label_result result;
	struct text text;

	text_init(&text, TEXT_LIMIT);
	text_char(&text, '>');
	result = label_chain_apply(chain, value, classic, &text);
	require(text.bytes[0] == '>');
	require(result == LABEL_OK || (text.length == 1 && !text.failed));
	if (!text.failed)
		check_utf8(&text);
	text_done(&text);
}

/* Chains are compiled once: that takes far longer than to apply them. */
static void apply_all(const struct value *value, bool classic, size_t expression)
{
	static struct label_chain *chains[EXPRESSIONS][CHAINS_MAX];
	static size_t counts[EXPRESSIONS];
	size_t i;

	if (!counts[expression])
		counts[expression] = compile(chains[expression], expressions[expression]);
	for (i = 0; i < counts[expression]; i++)
		apply(chains[expression][i], value, classic);
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
		apply_all(&value, head[2] & 1, head[3] % EXPRESSIONS);
	free(copy);
	return 0;
}
