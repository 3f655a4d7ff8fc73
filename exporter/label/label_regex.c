#include "exporter/label/label_regex.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* For each place in the text where a match may begin, so that the product is what can be spent. */
#define TRIES_MAX      10000
#define DEPTH_MAX      1000
#define HEAP_KIB_MAX   1024
#define GROUPS_MAX     32 /* that a match tells of, the whole included */
#define RESULT_MAX     (4 * LABEL_REGEX_TEXT_MAX)
#define MESSAGE_BYTES  256
#define GROUP_NAME_MAX 32

struct label_regex {
	pcre2_code *code;
	pcre2_match_context *limits;
	char *replace; /* NULL: the match itself */
	uint32_t groups;
};

struct label_regex_room {
	pcre2_match_data *match;
	char result[RESULT_MAX];
};

static void report_bad_expression(const char *match, int error, size_t offset, struct place place,
				  const struct report *report)
{
	PCRE2_UCHAR message[MESSAGE_BYTES] = "";
	struct quoted quoted;

	pcre2_get_error_message(error, message, sizeof(message));
	report_error(report, place, "bad regular expression %s: %s, at offset %zu",
		     quote(&quoted, match), (const char *)message, offset);
}

static bool compile(struct label_regex *regex, const char *match, struct place place,
		    const struct report *report)
{
	PCRE2_SIZE offset = 0;
	int error = 0;

	regex->code = pcre2_compile((PCRE2_SPTR)match, PCRE2_ZERO_TERMINATED,
				    PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
	if (!regex->code) {
		report_bad_expression(match, error, offset, place, report);
		return false;
	}
	pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
	/* Where there is no JIT it fails, and matching interprets. */
	pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
	return true;
}

static bool limit(struct label_regex *regex, const struct report *report)
{
	regex->limits = pcre2_match_context_create(NULL);
	if (!regex->limits) {
		report_out_of_memory(report);
		return false;
	}
	pcre2_set_match_limit(regex->limits, TRIES_MAX);
	pcre2_set_depth_limit(regex->limits, DEPTH_MAX);
	pcre2_set_heap_limit(regex->limits, HEAP_KIB_MAX);
	return true;
}

/* A group's number or name, of `length` bytes. */
static bool has_group(const struct label_regex *regex, const char *group, size_t length)
{
	char name[GROUP_NAME_MAX + 1];
	char *end;
	unsigned long number;
	int found;

	if (length == 0 || length > GROUP_NAME_MAX)
		return false;
	memcpy(name, group, length);
	name[length] = '\0';
	number = strtoul(name, &end, 10);
	if (name[0] >= '0' && name[0] <= '9')
		return *end == '\0' && number <= regex->groups && number < GROUPS_MAX;
	found = pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)name);
	return found > 0 && found < GROUPS_MAX;
}

/* Where what a dollar introduces ends; NULL: it is nothing that there is. */
static const char *group_end(const struct label_regex *regex, const char *at)
{
	static const char digits[] = "0123456789";
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				      "0123456789";
	bool braces = *at == '{';
	size_t length;

	if (*at == '$')
		return at + 1;
	at += braces;
	length = strspn(at, *at >= '0' && *at <= '9' ? digits : letters);
	if (!has_group(regex, at, length) || (braces && at[length] != '}'))
		return NULL;
	return at + length + braces;
}

/* PCRE2 itself would only say so at the first match. */
static bool check_replacement(const struct label_regex *regex, const char *replace,
			      struct place place, const struct report *report)
{
	const char *at = replace;
	struct quoted quoted;

	while ((at = strchr(at, '$'))) {
		at = group_end(regex, at + 1);
		if (!at) {
			report_error(report, place,
				     "bad replacement %s: $ introduces a group of the expression "
				     "($1, ${name}) or another $",
				     quote(&quoted, replace));
			return false;
		}
	}
	return true;
}

static bool set_replacement(struct label_regex *regex, const char *replace, struct place place,
			    const struct report *report)
{
	if (!replace)
		return true;
	if (!check_replacement(regex, replace, place, report))
		return false;
	regex->replace = strdup(replace);
	if (!regex->replace)
		report_out_of_memory(report);
	return regex->replace != NULL;
}

struct label_regex *label_regex_new(const char *match, const char *replace, struct place place,
				    const struct report *report)
{
	struct label_regex *regex = calloc(1, sizeof(*regex));

	if (!regex) {
		report_out_of_memory(report);
		return NULL;
	}
	if (compile(regex, match, place, report) && limit(regex, report) &&
	    set_replacement(regex, replace, place, report))
		return regex;
	label_regex_free(regex);
	return NULL;
}

void label_regex_free(struct label_regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	pcre2_match_context_free(regex->limits);
	free(regex->replace);
	free(regex);
}

struct label_regex_room *label_regex_room_new(void)
{
	struct label_regex_room *room = calloc(1, sizeof(*room));

	if (!room)
		return NULL;
	room->match = pcre2_match_data_create(GROUPS_MAX, NULL);
	if (room->match)
		return room;
	free(room);
	return NULL;
}

void label_regex_room_free(struct label_regex_room *room)
{
	if (!room)
		return;
	pcre2_match_data_free(room->match);
	free(room);
}

static enum label_result find(const struct label_regex *regex, struct label_regex_room *room,
			      const char *text, size_t length, struct text *to)
{
	int count = pcre2_match(regex->code, (PCRE2_SPTR)text, length, 0, PCRE2_NO_UTF_CHECK,
				room->match, regex->limits);
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(room->match);
	size_t group = regex->groups > 0 ? 1 : 0;

	if (count == PCRE2_ERROR_NOMATCH)
		return LABEL_NONE;
	if (count < 0)
		return LABEL_UNFIT;
	/* A group that took no part, and one that \K put before its beginning, are empty. */
	if (ends[2 * group] != PCRE2_UNSET && ends[2 * group] <= ends[2 * group + 1])
		text_add(to, text + ends[2 * group], ends[2 * group + 1] - ends[2 * group]);
	return LABEL_OK;
}

static enum label_result replace(const struct label_regex *regex, struct label_regex_room *room,
				 const char *text, size_t length, struct text *to)
{
	PCRE2_SIZE written = sizeof(room->result);
	int count = pcre2_substitute(regex->code, (PCRE2_SPTR)text, length, 0,
				     PCRE2_NO_UTF_CHECK | PCRE2_SUBSTITUTE_UNSET_EMPTY, room->match,
				     regex->limits, (PCRE2_SPTR)regex->replace,
				     PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)room->result, &written);

	if (count == 0)
		return LABEL_NONE;
	if (count < 0)
		return LABEL_UNFIT;
	text_add(to, room->result, written);
	return LABEL_OK;
}

enum label_result label_regex_apply(const struct label_regex *regex, struct label_regex_room *room,
				    const char *text, size_t length, struct text *to)
{
	if (length > LABEL_REGEX_TEXT_MAX)
		return LABEL_UNFIT;
	if (length == 0)
		text = "";
	if (regex->replace)
		return replace(regex, room, text, length, to);
	return find(regex, room, text, length, to);
}
