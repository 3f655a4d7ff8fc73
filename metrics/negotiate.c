/*
 * Lists as in HTTP headers (RFC 9110, 5.6 and 12.5): elements with parameters and weights. Headers
 * come from strangers: they are read once, front to back, and only so far; an element that is not
 * understood is as if it were not there.
 */
#include "metrics/negotiate.h"

#include <string.h>
#include <strings.h>

#include "metrics/exposition.h"

#define HEADER_BYTES_MAX 8192
#define WEIGHT_ONE	 1000

struct slice {
	const char *at;
	size_t length;
};

struct element {
	struct slice name;
	struct slice version; /* at NULL: none */
	unsigned int weight;  /* in thousandths */
	bool understood;
};

/* Of a header that is being read. */
struct cursor {
	const char *at, *end;
};

static bool slice_is(struct slice slice, const char *string)
{
	return slice.length == strlen(string) && strncasecmp(slice.at, string, slice.length) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_spaces(struct cursor *cursor)
{
	while (cursor->at < cursor->end && is_space(*cursor->at))
		cursor->at++;
}

/* Up to one of the three separators, without the spaces around it. */
static struct slice read_token(struct cursor *cursor)
{
	const char *start, *end;

	skip_spaces(cursor);
	start = cursor->at;
	while (cursor->at < cursor->end && !memchr(",;=", *cursor->at, 3))
		cursor->at++;
	for (end = cursor->at; end > start && is_space(end[-1]); end--)
		;
	return (struct slice){start, (size_t)(end - start)};
}

/* What is between the quotes, escapes included: none of the values that matter need one. */
static struct slice read_quoted(struct cursor *cursor)
{
	const char *start = ++cursor->at;
	struct slice inside;

	while (cursor->at < cursor->end && *cursor->at != '"') {
		if (*cursor->at == '\\' && cursor->end - cursor->at > 1)
			cursor->at++;
		cursor->at++;
	}
	inside = (struct slice){start, (size_t)(cursor->at - start)};
	read_token(cursor);
	return inside;
}

static bool skip_char(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

/* 0 to 1 with up to three decimals. */
static bool parse_weight(struct slice text, unsigned int *weight)
{
	unsigned int place = WEIGHT_ONE;
	unsigned int value = 0;
	size_t i;

	if (text.length < 1 || text.length > 5 || (text.length > 1 && text.at[1] != '.'))
		return false;
	for (i = 0; i < text.length; i++) {
		if (i == 1)
			continue;
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		value += place * (unsigned int)(text.at[i] - '0');
		place /= 10;
	}
	*weight = value;
	return value <= WEIGHT_ONE;
}

static void read_parameter(struct cursor *cursor, struct element *element)
{
	struct slice name = read_token(cursor);
	struct slice value = {0};

	if (!skip_char(cursor, '='))
		return;
	skip_spaces(cursor);
	if (cursor->at < cursor->end && *cursor->at == '"')
		value = read_quoted(cursor);
	else
		value = read_token(cursor);
	if (slice_is(name, "q"))
		element->understood = parse_weight(value, &element->weight);
	else if (slice_is(name, "version"))
		element->version = value;
}

/* False: no more. */
static bool next_element(struct cursor *cursor, struct element *element)
{
	if (cursor->at == cursor->end)
		return false;
	*element = (struct element){.weight = WEIGHT_ONE, .understood = true};
	element->name = read_token(cursor);
	while (cursor->at < cursor->end && *cursor->at != ',') {
		if (skip_char(cursor, ';'))
			read_parameter(cursor, element);
		else
			cursor->at++;
	}
	skip_char(cursor, ',');
	return true;
}

static struct cursor cursor_of(const char *header)
{
	return (struct cursor){header, header + strnlen(header, HEADER_BYTES_MAX)};
}

/* How closely an element names something: the closest decides on it. */
enum closeness {
	CLOSENESS_NONE,
	CLOSENESS_ANY,
	CLOSENESS_TYPE,
	CLOSENESS_NAME,
	CLOSENESS_VERSION,
};

/* What a header says of one thing that could be sent. */
struct opinion {
	enum closeness closeness;
	unsigned int weight;
	unsigned int position; /* of the element that decides */
};

static void hear(struct opinion *opinion, enum closeness closeness, unsigned int weight,
		 unsigned int position)
{
	if (closeness == CLOSENESS_NONE || closeness < opinion->closeness ||
	    (closeness == opinion->closeness && weight <= opinion->weight))
		return;
	*opinion = (struct opinion){closeness, weight, position};
}

struct media_type {
	const char *name, *range;
	const char *versions[2]; /* that our page satisfies */
};

static const struct media_type media_types[] = {
	[EXPOSITION_TEXT] = {"text/plain", "text/*", {"0.0.4"}},
	/* What OpenMetrics 1.0.0 is, 0.0.1 was. */
	[EXPOSITION_OPENMETRICS] = {"application/openmetrics-text",
				    "application/*",
				    {"1.0.0", "0.0.1"}},
};

static enum closeness closeness_of(const struct element *element, const struct media_type *type)
{
	size_t i;

	if (slice_is(element->name, "*/*"))
		return CLOSENESS_ANY;
	if (slice_is(element->name, type->range))
		return CLOSENESS_TYPE;
	if (!slice_is(element->name, type->name))
		return CLOSENESS_NONE;
	if (!element->version.at)
		return CLOSENESS_NAME;
	for (i = 0; i < sizeof(type->versions) / sizeof(*type->versions); i++)
		if (type->versions[i] && slice_is(element->version, type->versions[i]))
			return CLOSENESS_VERSION;
	return CLOSENESS_NONE;
}

/* By weight, then by how closely it was asked for, then by which was named first. */
static bool is_preferred(const struct opinion *a, const struct opinion *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight;
	if (a->closeness != b->closeness)
		return a->closeness > b->closeness;
	return a->position < b->position;
}

enum exposition_format exposition_negotiate(const char *accept)
{
	struct opinion text = {0}, openmetrics = {0};
	struct element element;
	struct cursor cursor;
	unsigned int position;

	if (!accept)
		return EXPOSITION_TEXT;
	cursor = cursor_of(accept);
	for (position = 0; next_element(&cursor, &element); position++) {
		if (!element.understood)
			continue;
		hear(&text, closeness_of(&element, &media_types[EXPOSITION_TEXT]), element.weight,
		     position);
		hear(&openmetrics, closeness_of(&element, &media_types[EXPOSITION_OPENMETRICS]),
		     element.weight, position);
	}
	return openmetrics.weight && is_preferred(&openmetrics, &text) ? EXPOSITION_OPENMETRICS
								       : EXPOSITION_TEXT;
}

static enum closeness closeness_to_gzip(const struct element *element)
{
	if (slice_is(element->name, "gzip") || slice_is(element->name, "x-gzip"))
		return CLOSENESS_NAME;
	return slice_is(element->name, "*") ? CLOSENESS_ANY : CLOSENESS_NONE;
}

bool negotiate_gzip(const char *accept_encoding)
{
	struct opinion gzip = {0};
	struct element element;
	struct cursor cursor;

	if (!accept_encoding)
		return false;
	cursor = cursor_of(accept_encoding);
	while (next_element(&cursor, &element))
		if (element.understood)
			hear(&gzip, closeness_to_gzip(&element), element.weight, 0);
	return gzip.weight > 0;
}
