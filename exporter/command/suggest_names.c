#include "exporter/command/suggest_names.h"

#include <stdio.h>
#include <string.h>

#include "config/rule_names.h"
#include "config/rule_units.h"

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return (char)(is_upper(c) ? c - 'A' + 'a' : c);
}

/* Between "disk" and "Io", and before the last of "DCStart"'s capitals but for the word's own. */
static bool begins_word(const char *name, const char *at)
{
	return at > name && is_upper(*at) &&
	       (is_lower(at[-1]) || is_digit(at[-1]) || (is_upper(at[-1]) && is_lower(at[1])));
}

void suggest_words(const char *name, char *to, size_t size)
{
	const char *at;
	size_t length = 0;

	for (at = name; *at && length + 2 < size; at++) {
		bool is_part = is_upper(*at) || is_lower(*at) || is_digit(*at);

		if ((!is_part || begins_word(name, at)) && length && to[length - 1] != '_')
			to[length++] = '_';
		if (is_part)
			to[length++] = lower(*at);
	}
	while (length && to[length - 1] == '_')
		length--;
	to[length] = '\0';
}

bool suggest_has_word(const char *words, const char *word)
{
	return rule_units_has_word(words, word, strlen(word));
}

bool suggest_ends_with_word(const char *words, const char *word)
{
	const char *last = strrchr(words, '_');

	return strcmp(last ? last + 1 : words, word) == 0;
}

/* Whether a configuration could have a metric of this name without a word about it. */
static bool is_good(char *name, enum rule_type type)
{
	const struct rule_config rule = {.name = name, .type = type};
	struct problems problems;
	const struct report report = {"", &problems};
	bool good;

	problems_init(&problems);
	rule_names_check(&rule, &report);
	good = problems.count == 0 && problems.errors == 0;
	problems_done(&problems);
	return good;
}

static bool is_new(const struct suggest_names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (rule_names_clash(names->list[i], name))
			return false;
	return true;
}

static bool take(struct suggest_names *names, char *name, enum rule_type type)
{
	if (!is_good(name, type) || !is_new(names, name))
		return false;
	strcpy(names->list[names->count++], name);
	return true;
}

/* Leaves out the words that no name should have: units that are no base ones, types. */
static void drop_words(const char *words, char *to, size_t size)
{
	char probe[SUGGEST_NAME_SIZE];
	size_t used = 0, length;

	to[0] = '\0';
	for (; *words; words += length + (words[length] == '_')) {
		length = strcspn(words, "_");
		snprintf(probe, sizeof(probe), "of_%.*s_then", (int)length, words);
		if (!is_good(probe, RULE_GAUGE) || used + length + 2 > size)
			continue;
		used += (size_t)snprintf(to + used, size - used, "%s%.*s", used ? "_" : "",
					 (int)length, words);
	}
}

bool suggest_metric_name(struct suggest_names *names, enum rule_type type, const char *provider,
			 const char *event, unsigned int id, const char *what,
			 char to[SUGGEST_NAME_SIZE])
{
	static const char *const before[] = {"", "trace_"};
	char from[60], of[60];
	size_t i;

	if (names->count == SUGGEST_NAMES_MAX)
		return false;
	drop_words(provider, from, sizeof(from));
	drop_words(event, of, sizeof(of));
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		snprintf(to, SUGGEST_NAME_SIZE, "%s%s%s%s_%s", before[i], from, *of ? "_" : "", of,
			 what);
		if (take(names, to, type))
			return true;
		snprintf(to, SUGGEST_NAME_SIZE, "%s%s%s%s_%u_%s", before[i], from, *of ? "_" : "",
			 of, id, what);
		if (take(names, to, type))
			return true;
	}
	snprintf(to, SUGGEST_NAME_SIZE, "trace_suggestion_%zu_%s", names->count, what);
	return take(names, to, type);
}

void suggest_label_name(const char *field, char to[SUGGEST_NAME_SIZE])
{
	/* What Prometheus puts on series itself, or what would say little. */
	static const char *const taken[] = {"le", "quantile", "job", "instance", "type", "session"};
	char words[100];
	size_t i;

	suggest_words(field, words, sizeof(words));
	snprintf(to, SUGGEST_NAME_SIZE, "%s%s", is_digit(words[0]) || !words[0] ? "field_" : "",
		 words);
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(words, taken[i]) == 0)
			snprintf(to, SUGGEST_NAME_SIZE, "event_%s", words);
}
