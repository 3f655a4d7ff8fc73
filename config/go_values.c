#include "config/go_values.h"

#include <ctype.h>
#include <string.h>

#include "config/scalar_reader.h"
#include "config/units.h"

#define NUMBER_MAX 64 /* bytes; longer ones are not meant */

/* As long as it is a number of 64 bits with sign. */
static bool set_signed(bool negative, uint64_t magnitude, int64_t *value)
{
	if (magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return isalpha((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 36;
}

static bool parse_digits(const char *text, unsigned int base, uint64_t *value)
{
	*value = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)digit_of(*text);

		if (digit >= base || __builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			return false;
	}
	return true;
}

/* By what it begins with: 0x, 0b, 0o or 0; decimal otherwise. */
static bool parse_whole(const char *text, uint64_t *value)
{
	if (text[0] != '0' || !text[1])
		return parse_digits(text, 10, value);
	switch (tolower((unsigned char)text[1])) {
	case 'x':
		return parse_digits(text + 2, 16, value);
	case 'b':
		return parse_digits(text + 2, 2, value);
	case 'o':
		return parse_digits(text + 2, 8, value);
	default:
		return parse_digits(text + 1, 8, value);
	}
}

static bool parse_decimal(const char *text, uint64_t *value)
{
	struct scalar_config scalar;

	if (!scalar_parse_number(text, &scalar) || scalar.number >= 0x1p63)
		return false;
	*value = (uint64_t)scalar.number;
	return true;
}

/* Underscores may stand between digits. False: too long, or it begins as no number does. */
static bool copy_number(const char *text, char to[NUMBER_MAX])
{
	size_t used = 0;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	for (; *text && used < NUMBER_MAX; text++)
		if (*text != '_')
			to[used++] = *text;
	if (used == NUMBER_MAX)
		return false;
	to[used] = '\0';
	return true;
}

static bool is_text(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT && strlen(node->text) == node->length;
}

bool go_integer(const struct yaml_node *node, int64_t *value)
{
	const char *text = node->text;
	char number[NUMBER_MAX];
	uint64_t magnitude;
	bool negative;

	if (!is_text(node) || !node->plain)
		return false;
	negative = *text == '-';
	if (!copy_number(text + (negative || *text == '+'), number))
		return false;
	return (parse_whole(number, &magnitude) || parse_decimal(number, &magnitude)) &&
	       set_signed(negative, magnitude, value);
}

enum go_duration go_duration(const struct yaml_node *node, int64_t *ns)
{
	const char *text = node->text, *unknown;
	uint64_t magnitude = 0;
	bool negative;

	if (go_integer(node, ns))
		return GO_DURATION_OK;
	if (!is_text(node))
		return GO_DURATION_NONE;
	negative = *text == '-';
	text += negative || *text == '+';
	if (strcmp(text, "0") != 0 &&
	    unit_parse(&unit_go_durations, text, &magnitude, &unknown) != UNIT_OK)
		return GO_DURATION_NONE;
	return set_signed(negative, magnitude, ns) ? GO_DURATION_OK : GO_DURATION_TOO_LONG;
}
