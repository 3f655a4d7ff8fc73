#include "exporter/baseline/label_matcher.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define TRIES_MAX     100000
#define DEPTH_MAX     1000
#define MESSAGE_BYTES 256

struct label_matcher {
	char *name, *value;
	enum label_match match;
	pcre2_code *code; /* NULL: not one of regular expressions */
	pcre2_match_data *room;
	pcre2_match_context *limits;
};

static int compile(struct label_matcher *matcher, struct error *error)
{
	PCRE2_UCHAR message[MESSAGE_BYTES] = "";
	PCRE2_SIZE offset = 0;
	int code = 0;

	matcher->code = pcre2_compile((PCRE2_SPTR)matcher->value, PCRE2_ZERO_TERMINATED,
				      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_ANCHORED |
					      PCRE2_ENDANCHORED | PCRE2_DOTALL,
				      &code, &offset, NULL);
	if (!matcher->code) {
		pcre2_get_error_message(code, message, sizeof(message));
		return error_set(error, "bad regular expression \"%s\": %s, at offset %zu",
				 matcher->value, (const char *)message, offset);
	}
	matcher->room = pcre2_match_data_create_from_pattern(matcher->code, NULL);
	matcher->limits = pcre2_match_context_create(NULL);
	if (!matcher->room || !matcher->limits)
		return error_set(error, "out of memory");
	pcre2_set_match_limit(matcher->limits, TRIES_MAX);
	pcre2_set_depth_limit(matcher->limits, DEPTH_MAX);
	return 0;
}

struct label_matcher *label_matcher_new(const char *name, enum label_match match, const char *value,
					struct error *error)
{
	struct label_matcher *matcher = calloc(1, sizeof(*matcher));
	int result = 0;

	if (matcher) {
		matcher->match = match;
		matcher->name = strdup(name);
		matcher->value = strdup(value);
	}
	if (!matcher || !matcher->name || !matcher->value)
		result = error_set(error, "out of memory");
	else if (match == LABEL_REGEX || match == LABEL_NOT_REGEX)
		result = compile(matcher, error);
	if (!result)
		return matcher;
	label_matcher_free(matcher);
	return NULL;
}

void label_matcher_free(struct label_matcher *matcher)
{
	if (!matcher)
		return;
	pcre2_code_free(matcher->code);
	pcre2_match_data_free(matcher->room);
	pcre2_match_context_free(matcher->limits);
	free(matcher->name);
	free(matcher->value);
	free(matcher);
}

static const char *value_of(const struct baseline_label *labels, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(labels[i].name, name) == 0)
			return labels[i].value;
	return "";
}

static bool matches(const struct label_matcher *matcher, const char *value)
{
	return pcre2_match(matcher->code, (PCRE2_SPTR)value, PCRE2_ZERO_TERMINATED, 0, 0,
			   matcher->room, matcher->limits) >= 0;
}

bool label_matcher_takes(const struct label_matcher *matcher, const struct baseline_label *labels,
			 size_t count)
{
	const char *value = value_of(labels, count, matcher->name);

	switch (matcher->match) {
	case LABEL_EQUAL:
		return strcmp(value, matcher->value) == 0;
	case LABEL_NOT_EQUAL:
		return strcmp(value, matcher->value) != 0;
	case LABEL_REGEX:
		return matches(matcher, value);
	default:
		return !matches(matcher, value);
	}
}
