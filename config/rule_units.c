#include "config/rule_units.h"

#include <string.h>
#include <strings.h>

struct named_unit {
	const char *name;
	const char *base; /* what to say in its place */
};

static const struct named_unit units[] = {
	{"amperes", "amperes"}, {"bytes", "bytes"},	   {"celsius", "celsius"},
	{"grams", "grams"},	{"joules", "joules"},	   {"kelvin", "kelvin"},
	{"meters", "meters"},	{"metres", "metres"},	   {"moles", "moles"},
	{"seconds", "seconds"}, {"volts", "volts"},	   {"minutes", "seconds"},
	{"hours", "seconds"},	{"days", "seconds"},	   {"weeks", "seconds"},
	{"kelvins", "kelvin"},	{"fahrenheit", "celsius"}, {"rankine", "celsius"},
	{"inches", "meters"},	{"yards", "meters"},	   {"miles", "meters"},
	{"bits", "bytes"},	{"calories", "joules"},	   {"pounds", "grams"},
	{"ounces", "grams"},	{"percent", "ratio"},	   {"percentage", "ratio"},
};

/* These only as words of their own. */
static const struct named_unit abbreviations[] = {
	{"s", "seconds"},    {"sec", "seconds"}, {"secs", "seconds"}, {"ms", "seconds"},
	{"msec", "seconds"}, {"us", "seconds"},	 {"usec", "seconds"}, {"ns", "seconds"},
	{"nsec", "seconds"}, {"m", "seconds"},	 {"h", "seconds"},    {"d", "seconds"},
	{"b", "bytes"},	     {"kb", "bytes"},	 {"kib", "bytes"},    {"mb", "bytes"},
	{"mib", "bytes"},    {"gb", "bytes"},	 {"gib", "bytes"},    {"tb", "bytes"},
	{"tib", "bytes"},    {"pb", "bytes"},
};

static const char *const prefixes[] = {
	"pico", "nano", "micro", "milli", "centi", "deci", "deca", "kilo", "kibi",
	"mega", "mebi", "giga",	 "gibi",  "tera",  "tebi", "peta", "pebi",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool equals(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static const struct named_unit *find(const struct named_unit *list, size_t count, const char *word,
				     size_t length)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (equals(word, length, list[i].name))
			return &list[i];
	return NULL;
}

/* The base unit of `milliseconds`; NULL: it is no unit with a prefix. */
static const char *base_of_multiple(const char *word, size_t length)
{
	const struct named_unit *unit;
	size_t i;

	for (i = 0; i < COUNT(prefixes); i++) {
		size_t prefix = strlen(prefixes[i]);

		if (length <= prefix || memcmp(word, prefixes[i], prefix) != 0)
			continue;
		unit = find(units, COUNT(units), word + prefix, length - prefix);
		if (unit)
			return unit->base;
	}
	return NULL;
}

/* `S`, too. */
static const struct named_unit *find_abbreviation(const char *word, size_t length)
{
	size_t i;

	for (i = 0; i < COUNT(abbreviations); i++)
		if (strlen(abbreviations[i].name) == length &&
		    strncasecmp(word, abbreviations[i].name, length) == 0)
			return &abbreviations[i];
	return NULL;
}

/*
 * What to say in place of a word; NULL: it is all right. An abbreviation at the begin is what the
 * metric is about.
 */
static const char *better(const char *word, size_t length, bool is_first)
{
	const struct named_unit *unit = find(units, COUNT(units), word, length);

	if (!unit && !is_first)
		unit = find_abbreviation(word, length);
	if (!unit)
		return base_of_multiple(word, length);
	return equals(word, length, unit->base) ? NULL : unit->base;
}

static const char *next_word(const char *at, size_t *length)
{
	at += strspn(at, "_");
	*length = strcspn(at, "_");
	return *length ? at : NULL;
}

void rule_units_warn(const char *name, struct place place, const struct report *report)
{
	const char *word, *base;
	struct quoted quoted, unit;
	size_t length;

	for (word = next_word(name, &length); word; word = next_word(word + length, &length)) {
		base = better(word, length, word == name);
		if (!base)
			continue;
		report_warning(report, place,
			       "the name %s has the unit %s; base units make metrics fit together: "
			       "use %s, with value.scale where the events have another",
			       quote(&quoted, name), quote_bytes(&unit, word, length), base);
		return;
	}
}

bool rule_units_has_word(const char *name, const char *word, size_t length)
{
	const char *at;
	size_t bytes;

	for (at = next_word(name, &bytes); at; at = next_word(at + bytes, &bytes))
		if (bytes == length && memcmp(at, word, length) == 0)
			return true;
	return false;
}
