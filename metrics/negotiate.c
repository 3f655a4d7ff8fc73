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
	struct slice version; /* at NULL: none; likewise the other parameters */
	struct slice escaping, proto, encoding;
	unsigned int weight; /* in thousandths */
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

/* Of the parameters that matter; NULL: it is another. */
static struct slice *find_parameter(struct element *element, struct slice name)
{
	if (slice_is(name, "version"))
		return &element->version;
	if (slice_is(name, "escaping"))
		return &element->escaping;
	if (slice_is(name, "proto"))
		return &element->proto;
	return slice_is(name, "encoding") ? &element->encoding : NULL;
}

static void read_parameter(struct cursor *cursor, struct element *element)
{
	struct slice name = read_token(cursor);
	struct slice *parameter = find_parameter(element, name);
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
	else if (parameter)
		*parameter = value;
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
	enum name_escaping escaping;
};

static void hear(struct opinion *opinion, struct opinion heard)
{
	if (heard.closeness == CLOSENESS_NONE || heard.closeness < opinion->closeness ||
	    (heard.closeness == opinion->closeness && heard.weight <= opinion->weight))
		return;
	*opinion = heard;
}

struct media_type {
	const char *name;
	const char *range;	 /* NULL: it is only sent where it is named */
	const char *versions[2]; /* that our page satisfies */
	bool needs_version;
};

static const struct media_type media_types[EXPOSITION_FORMATS] = {
	[EXPOSITION_TEXT] = {"text/plain", "text/*", {"0.0.4"}, false},
	[EXPOSITION_TEXT_1] = {"text/plain", NULL, {"1.0.0"}, true},
	/* What OpenMetrics 1.0.0 is, 0.0.1 was. */
	[EXPOSITION_OPENMETRICS] = {"application/openmetrics-text",
				    "application/*",
				    {"1.0.0", "0.0.1"},
				    false},
	[EXPOSITION_PROTOBUF] = {"application/vnd.google.protobuf", NULL, {NULL}, false},
};

static bool is_our_protobuf(const struct element *element)
{
	return element->proto.at && slice_is(element->proto, "io.prometheus.client.MetricFamily") &&
	       element->encoding.at && slice_is(element->encoding, "delimited");
}

static enum closeness closeness_of_named(const struct element *element,
					 enum exposition_format format)
{
	const struct media_type *type = &media_types[format];
	size_t i;

	if (format == EXPOSITION_PROTOBUF)
		return is_our_protobuf(element) ? CLOSENESS_VERSION : CLOSENESS_NONE;
	if (!element->version.at)
		return type->needs_version ? CLOSENESS_NONE : CLOSENESS_NAME;
	for (i = 0; i < sizeof(type->versions) / sizeof(*type->versions); i++)
		if (type->versions[i] && slice_is(element->version, type->versions[i]))
			return CLOSENESS_VERSION;
	return CLOSENESS_NONE;
}

static enum closeness closeness_of(const struct element *element, enum exposition_format format)
{
	const struct media_type *type = &media_types[format];

	if (slice_is(element->name, type->name))
		return closeness_of_named(element, format);
	if (!type->range)
		return CLOSENESS_NONE;
	if (slice_is(element->name, "*/*"))
		return CLOSENESS_ANY;
	return slice_is(element->name, type->range) ? CLOSENESS_TYPE : CLOSENESS_NONE;
}

/*
 * Names here are of letters, digits, `_` and `:`, which all schemes but one leave as they are;
 * `dots` doubles underscores, so that what is sent to those who want it is `underscores`.
 */
static enum name_escaping escaping_of(const struct element *element)
{
	static const struct {
		const char *name;
		enum name_escaping escaping;
	} schemes[] = {
		{"allow-utf-8", ESCAPING_ALLOW_UTF8},
		{"underscores", ESCAPING_UNDERSCORES},
		{"dots", ESCAPING_UNDERSCORES},
		{"values", ESCAPING_VALUES},
	};
	size_t i;

	for (i = 0; element->escaping.at && i < sizeof(schemes) / sizeof(*schemes); i++)
		if (slice_is(element->escaping, schemes[i].name))
			return schemes[i].escaping;
	return ESCAPING_UNSAID;
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

static void read_opinions(const char *accept, struct opinion opinions[EXPOSITION_FORMATS])
{
	struct cursor cursor = cursor_of(accept);
	struct element element;
	unsigned int position;
	int format;

	for (position = 0; next_element(&cursor, &element); position++)
		for (format = 0; element.understood && format < EXPOSITION_FORMATS; format++)
			hear(&opinions[format],
			     (struct opinion){
				     closeness_of(&element, (enum exposition_format)format),
				     element.weight, position, escaping_of(&element)});
}

struct exposition_type exposition_negotiate(const char *accept)
{
	struct opinion opinions[EXPOSITION_FORMATS] = {0};
	struct exposition_type type = {0};
	int format;

	if (!accept)
		return type;
	read_opinions(accept, opinions);
	type.escaping = opinions[EXPOSITION_TEXT].escaping;
	for (format = 0; format < EXPOSITION_FORMATS; format++)
		if (opinions[format].weight &&
		    is_preferred(&opinions[format], &opinions[type.format]))
			type = (struct exposition_type){(enum exposition_format)format,
							opinions[format].escaping};
	return type;
}

static enum closeness closeness_to_coding(const struct element *element, enum content_coding coding)
{
	if (coding == CODING_ZSTD)
		return slice_is(element->name, "zstd") ? CLOSENESS_NAME : CLOSENESS_NONE;
	if (coding == CODING_IDENTITY)
		return slice_is(element->name, "identity") ? CLOSENESS_NAME : CLOSENESS_NONE;
	if (slice_is(element->name, "gzip") || slice_is(element->name, "x-gzip"))
		return CLOSENESS_NAME;
	return slice_is(element->name, "*") ? CLOSENESS_ANY : CLOSENESS_NONE;
}

enum content_coding negotiate_coding(const char *accept_encoding)
{
	struct opinion opinions[CODING_ZSTD + 1] = {0};
	enum content_coding best = CODING_IDENTITY;
	struct element element;
	struct cursor cursor;
	int coding;

	if (!accept_encoding)
		return best;
	cursor = cursor_of(accept_encoding);
	while (next_element(&cursor, &element))
		for (coding = 0; element.understood && coding <= CODING_ZSTD; coding++)
			hear(&opinions[coding],
			     (struct opinion){
				     closeness_to_coding(&element, (enum content_coding)coding),
				     element.weight, 0, ESCAPING_UNSAID});
	for (coding = CODING_GZIP; coding <= CODING_ZSTD; coding++)
		if (opinions[coding].weight && opinions[coding].weight >= opinions[best].weight)
			best = (enum content_coding)coding;
	return best;
}

#define TIMEOUT_DIGITS_MAX 9
#define TIMEOUT_MAX	   86400

bool negotiate_timeout(const char *header, double *seconds)
{
	double value = 0, place = 1;
	bool has_point = false;
	int digits = 0;

	for (; header && *header && digits <= 2 * TIMEOUT_DIGITS_MAX; header++) {
		if (*header == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (*header < '0' || *header > '9')
			return false;
		digits++;
		value = value * 10 + (*header - '0');
		place *= has_point ? 10 : 1;
	}
	*seconds = value / place;
	return header && !*header && *seconds > 0 && *seconds <= TIMEOUT_MAX;
}
