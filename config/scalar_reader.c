#include "config/scalar_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Up to here a double holds every integer. */
#define EXACT_MAX 9007199254740992.0

#define DIGITS	   "0123456789"
#define HEX_DIGITS "0123456789abcdefABCDEF"

/* YAML 1.2, 10.3.2: the decimal numbers of the core schema. */
static bool is_decimal(const char *text)
{
	size_t whole = strspn(text, DIGITS), fraction = 0;

	text += whole;
	if (*text == '.') {
		fraction = strspn(text + 1, DIGITS);
		text += 1 + fraction;
	}
	if (!whole && !fraction)
		return false;
	if (*text == 'e' || *text == 'E') {
		text += 1 + (text[1] == '+' || text[1] == '-');
		if (!*text)
			return false;
		text += strspn(text, DIGITS);
	}
	return !*text;
}

static bool is_hex(const char *text)
{
	return text[0] == '0' && text[1] == 'x' && text[2] &&
	       !text[2 + strspn(text + 2, HEX_DIGITS)];
}

/* The digits as an integer; false where they are none, or too many. */
static bool parse_integer(const char *text, uint64_t *value)
{
	uint64_t base = is_hex(text) ? 16 : 10;
	const char *at = base == 16 ? text + 2 : text;

	*value = 0;
	for (; *at; at++) {
		uint64_t digit =
			*at <= '9' ? (uint64_t)(*at - '0') : (uint64_t)((*at | 0x20) - 'a' + 10);

		if (digit >= base || __builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return false;
	}
	return true;
}

/* 1e3 and 5.0 are integers, too. */
static bool is_integral(double number)
{
	return number <= EXACT_MAX && number == (double)(uint64_t)number;
}

bool scalar_parse_number(const char *text, struct scalar_config *into)
{
	bool negative = *text == '-';
	const char *digits = text + (negative || *text == '+');
	uint64_t magnitude = 0;
	double number;
	bool integer;

	if (!is_decimal(digits) && !is_hex(digits))
		return false;
	number = strtod(digits, NULL);
	if (!isfinite(number))
		return false;
	integer = parse_integer(digits, &magnitude);
	if (!integer && is_integral(number)) {
		integer = true;
		magnitude = (uint64_t)number;
	}
	into->is_number = true;
	into->is_integer = integer;
	into->magnitude = integer ? magnitude : 0;
	into->negative = negative && number != 0;
	into->number = into->negative ? -number : number;
	return true;
}

static bool check(const struct yaml_node *node, const struct scalar_rule *rule,
		  const struct report *report)
{
	struct quoted quoted;

	if (node->kind != YAML_TEXT || yaml_is_null(node))
		report_error(report, node->place, "%s must be a string or a number, not %s",
			     rule->what, yaml_describe(node, &quoted));
	else if (strlen(node->text) != node->length)
		report_error(report, node->place, "%s must be without zero bytes, not %s",
			     rule->what, yaml_describe(node, &quoted));
	else if (node->length < rule->low || node->length > rule->high)
		report_error(report, node->place, "%s must have from %zu to %zu bytes, not %zu",
			     rule->what, rule->low, rule->high, node->length);
	else
		return true;
	return false;
}

bool scalar_read(const struct yaml_node *node, const struct scalar_rule *rule,
		 struct scalar_config *into, const struct report *report)
{
	if (!check(node, rule, report))
		return false;
	*into = (struct scalar_config){.text = strdup(node->text), .place = node->place};
	if (!into->text) {
		report_out_of_memory(report);
		return false;
	}
	if (node->plain)
		scalar_parse_number(node->text, into);
	return true;
}

static void add(const struct yaml_node *node, const struct scalar_rule *rule,
		struct scalar_list *into, const struct report *report)
{
	if (scalar_read(node, rule, &into->list[into->count], report))
		into->count++;
}

void scalar_list_read(const struct yaml_node *node, const struct scalar_rule *rule,
		      struct scalar_list *into, const struct report *report)
{
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 1;

	if (!count || count > LIST_ENTRIES_MAX) {
		report_error(report, node->place, "%s must have from 1 to %d entries, not %zu",
			     rule->what, LIST_ENTRIES_MAX, count);
		return;
	}
	into->list = calloc(count, sizeof(*into->list));
	if (!into->list) {
		report_out_of_memory(report);
		return;
	}
	if (node->kind != YAML_LIST) {
		add(node, rule, into, report);
		return;
	}
	for (node = node->first; node; node = node->next)
		add(node, rule, into, report);
}

int scalar_list_append(struct scalar_list *to, const struct scalar_list *from)
{
	struct scalar_config *list;
	size_t i;

	if (!from->count)
		return 0;
	list = realloc(to->list, (to->count + from->count) * sizeof(*list));
	if (!list)
		return -1;
	to->list = list;
	for (i = 0; i < from->count; i++) {
		list[to->count] = from->list[i];
		list[to->count].text = strdup(from->list[i].text);
		if (!list[to->count].text)
			return -1;
		to->count++;
	}
	return 0;
}

void scalar_list_done(struct scalar_list *scalars)
{
	size_t i;

	for (i = 0; i < scalars->count; i++)
		free(scalars->list[i].text);
	free(scalars->list);
}
