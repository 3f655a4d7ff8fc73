/* How conditions are read. */
#include "exporter/baseline/fail_on_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS	   "0123456789"
/* What of a condition is shown before and behind a place in it. */
#define SHOWN_BYTES 24

struct parser {
	const char *text, *at;
	struct fail_on *condition;
	struct error *error;
};

/* Says what is wrong at the place that has been come to, and shows it. -1. */
__attribute__((format(__printf__, 2, 3))) static int wrong(struct parser *parser,
							   const char *format, ...)
{
	size_t column = (size_t)(parser->at - parser->text);
	const char *before = column > SHOWN_BYTES ? parser->at - SHOWN_BYTES : parser->text;
	char why[192];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	return error_set(parser->error, "--fail-on, column %zu: %s: %.*s>>>%.*s", column + 1, why,
			 (int)(parser->at - before), before, SHOWN_BYTES, parser->at);
}

static void skip_spaces(struct parser *parser)
{
	parser->at += strspn(parser->at, " \t\r\n");
}

static bool take(struct parser *parser, const char *word)
{
	size_t length = strlen(word);

	skip_spaces(parser);
	if (strncmp(parser->at, word, length) != 0)
		return false;
	parser->at += length;
	return true;
}

/* A name that may have colons, as metrics may. The caller's; NULL: see error. */
static char *take_name(struct parser *parser, const char *what, const char *others)
{
	size_t length, more;
	char *name;

	skip_spaces(parser);
	length = strspn(parser->at, NAME_FIRST);
	if (!length && !(*others && strchr(others, *parser->at) && *parser->at)) {
		wrong(parser, "%s is expected", what);
		return NULL;
	}
	do {
		more = strspn(parser->at + length, NAME_FIRST DIGITS);
		more += strspn(parser->at + length + more, others);
		length += more;
	} while (more);
	name = calloc(1, length + 1);
	if (name)
		memcpy(name, parser->at, length);
	else
		error_set(parser->error, "out of memory");
	parser->at += length;
	return name;
}

/* A decimal without sign; strtod() would take more than that. */
static int take_number(struct parser *parser, double *number)
{
	char *end;
	size_t digits;

	*number = 0;
	skip_spaces(parser);
	digits = strspn(parser->at, DIGITS ".");
	if (!digits || (parser->at[0] == '0' && (parser->at[1] | 0x20) == 'x'))
		return wrong(parser, "a number is expected");
	*number = strtod(parser->at, &end);
	if (end == parser->at || !isfinite(*number))
		return wrong(parser, "this is no number");
	parser->at = end;
	return 0;
}

static const struct {
	const char *name;
	enum statistic_kind kind;
} statistic_names[] = {
	{"median", STATISTIC_MEDIAN}, {"rate", STATISTIC_RATE}, {"total", STATISTIC_TOTAL},
	{"count", STATISTIC_COUNT},   {"mean", STATISTIC_MEAN},
};

static int take_quantile(struct parser *parser)
{
	double percent;

	if (*parser->at != 'p' || !parser->at[1] || !strchr(DIGITS, parser->at[1]))
		return wrong(parser, "a statistic is expected: median, rate, total, count, mean, "
				     "p50, p99, p99.9");
	parser->at++;
	if (take_number(parser, &percent))
		return -1;
	if (!(percent > 0 && percent < 100))
		return wrong(parser, "a percentile is between p0 and p100");
	parser->condition->statistic = (struct statistic){STATISTIC_QUANTILE, percent / 100};
	return 0;
}

static int take_statistic(struct parser *parser)
{
	size_t i;

	for (i = 0; i < sizeof(statistic_names) / sizeof(statistic_names[0]); i++) {
		if (!take(parser, statistic_names[i].name))
			continue;
		parser->condition->statistic.kind = statistic_names[i].kind;
		return 0;
	}
	return take_quantile(parser);
}

/* The byte that a backslash and a letter stand for; 0: none. */
static char escaped(char letter)
{
	switch (letter) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case '\\':
	case '"':
	case '\'':
		return letter;
	default:
		return '\0';
	}
}

/* Quoted by ", ' or `, of which the last knows no escapes. The caller's; NULL: see error. */
static char *take_string(struct parser *parser)
{
	char quote, *string, *to;

	skip_spaces(parser);
	quote = *parser->at;
	if (quote != '"' && quote != '\'' && quote != '`') {
		wrong(parser, "a value in quotes is expected");
		return NULL;
	}
	string = to = malloc(strlen(parser->at));
	if (!string) {
		error_set(parser->error, "out of memory");
		return NULL;
	}
	for (parser->at++; *parser->at && *parser->at != quote; parser->at++) {
		*to = *parser->at;
		if (*to == '\\' && quote != '`') {
			*to = escaped(parser->at[1]);
			if (!*to) {
				wrong(parser, "\\ stands before n, t, \\, \" and ' alone");
				free(string);
				return NULL;
			}
			parser->at++;
		}
		to++;
	}
	*to = '\0';
	if (*parser->at) {
		parser->at++;
		return string;
	}
	wrong(parser, "the value has no closing quote");
	free(string);
	return NULL;
}

static int take_match(struct parser *parser, enum label_match *match)
{
	if (take(parser, "=~"))
		*match = LABEL_REGEX;
	else if (take(parser, "!~"))
		*match = LABEL_NOT_REGEX;
	else if (take(parser, "!="))
		*match = LABEL_NOT_EQUAL;
	else if (take(parser, "="))
		*match = LABEL_EQUAL;
	else
		return wrong(parser, "=, !=, =~ or !~ is expected");
	return 0;
}

static int take_matcher(struct parser *parser)
{
	struct fail_on *condition = parser->condition;
	char *name, *value = NULL;
	enum label_match match = LABEL_EQUAL;
	struct label_matcher *matcher = NULL;
	struct error error;

	if (condition->matcher_count == FAIL_ON_MATCHERS_MAX)
		return wrong(parser, "there are more than %d matchers", FAIL_ON_MATCHERS_MAX);
	name = take_name(parser, "the name of a label", "");
	if (name && !take_match(parser, &match))
		value = take_string(parser);
	if (value) {
		matcher = label_matcher_new(name, match, value, &error);
		if (!matcher)
			wrong(parser, "%s", error.text);
	}
	free(value);
	free(name);
	if (!matcher)
		return -1;
	condition->matchers[condition->matcher_count++] = matcher;
	return 0;
}

static int take_selector(struct parser *parser)
{
	parser->condition->metric = take_name(parser, "the name of a metric", ":");
	if (!parser->condition->metric)
		return -1;
	if (!take(parser, "{"))
		return 0;
	while (!take(parser, "}")) {
		if (take_matcher(parser))
			return -1;
		if (take(parser, ","))
			continue;
		if (!take(parser, "}"))
			return wrong(parser, "a comma or } is expected");
		break;
	}
	return 0;
}

static const struct {
	const char *name;
	double factor;
} value_units[] = {
	{"ns", 1e-9},	 {"us", 1e-6},	  {"ms", 1e-3},	   {"s", 1},
	{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"B", 1},
};

static bool is_word_end(char c)
{
	return !c || !strchr(NAME_FIRST DIGITS, c);
}

/* Units are behind their number without a space. */
static bool take_unit(struct parser *parser, double *value)
{
	size_t i, length;

	for (i = 0; i < sizeof(value_units) / sizeof(value_units[0]); i++) {
		length = strlen(value_units[i].name);
		if (strncmp(parser->at, value_units[i].name, length) != 0 ||
		    !is_word_end(parser->at[length]))
			continue;
		*value *= value_units[i].factor;
		parser->at += length;
		return true;
	}
	return is_word_end(*parser->at);
}

static int take_percent(struct parser *parser, int sign, double number)
{
	struct fail_on *condition = parser->condition;

	if (!take(parser, "%"))
		return wrong(parser, "%% is expected behind a change");
	if ((sign < 0) == condition->above)
		return wrong(parser, "%s",
			     condition->above ? "> takes +, as in > +10%"
					      : "< takes -, as in < -10%");
	if (sign < 0 && number > 100)
		return wrong(parser, "nothing is more than 100%% less");
	condition->value = 1 + sign * number / 100;
	return 0;
}

static int take_threshold(struct parser *parser)
{
	struct fail_on *condition = parser->condition;
	int sign = 0;
	double number;

	if (take(parser, "+"))
		sign = 1;
	else if (take(parser, "-"))
		sign = -1;
	if (take_number(parser, &number))
		return -1;
	if (sign)
		return take_percent(parser, sign, number);
	if (*parser->at == '%')
		return wrong(parser, "a change has a sign: +10%% or -10%%");
	condition->value = number;
	if (*parser->at == 'x' && is_word_end(parser->at[1])) {
		parser->at++;
		if (condition->above ? number < 1 : number > 1)
			return wrong(parser, "> takes 1x or more, < takes 1x or less");
		return 0;
	}
	condition->threshold = FAIL_ON_VALUE;
	if (!take_unit(parser, &condition->value))
		return wrong(parser, "this is no unit: ns, us, ms, s, B, KiB, MiB, GiB, %%, x");
	return 0;
}

static int take_probability(struct parser *parser)
{
	struct fail_on *condition = parser->condition;

	condition->p = NAN;
	if (!take(parser, "at"))
		return 0;
	if (!take(parser, "p") || !take(parser, "<"))
		return wrong(parser, "at p < 0.01 is expected");
	if (condition->threshold == FAIL_ON_VALUE)
		return wrong(parser, "p is of a change, not of a value");
	if (take_number(parser, &condition->p))
		return -1;
	if (!(condition->p > 0 && condition->p < 1))
		return wrong(parser, "p is between 0 and 1");
	return 0;
}

static int parse(struct parser *parser)
{
	struct fail_on *condition = parser->condition;

	if (take_statistic(parser))
		return -1;
	if (!take(parser, "("))
		return wrong(parser, "( is expected behind the statistic");
	if (take_selector(parser))
		return -1;
	if (!take(parser, ")"))
		return wrong(parser, "{ or ) is expected");
	condition->above = take(parser, ">");
	if (!condition->above && !take(parser, "<"))
		return wrong(parser, "> or < is expected");
	if (take_threshold(parser) || take_probability(parser))
		return -1;
	skip_spaces(parser);
	return *parser->at ? wrong(parser, "nothing more is expected") : 0;
}

struct fail_on *fail_on_parse(const char *text, struct error *error)
{
	struct parser parser = {text, text, calloc(1, sizeof(struct fail_on)), error};

	if (strlen(text) > FAIL_ON_BYTES_MAX) {
		error_set(error, "--fail-on: longer than %d bytes", FAIL_ON_BYTES_MAX);
		free(parser.condition);
		return NULL;
	}
	if (parser.condition)
		parser.condition->text = strdup(text);
	if (!parser.condition || !parser.condition->text)
		error_set(error, "out of memory");
	else if (!parse(&parser))
		return parser.condition;
	fail_on_free(parser.condition);
	return NULL;
}

void fail_on_free(struct fail_on *condition)
{
	size_t i;

	if (!condition)
		return;
	for (i = 0; i < condition->matcher_count; i++)
		label_matcher_free(condition->matchers[i]);
	free(condition->metric);
	free(condition->text);
	free(condition);
}

const char *fail_on_text(const struct fail_on *condition)
{
	return condition->text;
}
