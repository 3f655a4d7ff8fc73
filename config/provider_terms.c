#include "config/provider_terms.h"

#include <string.h>

#include "config/nearest.h"

/* From level 1. */
static const char *const levels[] = {"critical", "error", "warning", "information", "verbose"};

#define LEVEL_COUNT (sizeof(levels) / sizeof(levels[0]))
#define HEX_DIGITS  "0123456789abcdefABCDEF"

static bool is_bare_guid(const char *text, size_t length)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (length != sizeof(form) - 1)
		return false;
	for (i = 0; i < length; i++)
		if (form[i] == '-' ? text[i] != '-' : !text[i] || !strchr(HEX_DIGITS, text[i]))
			return false;
	return true;
}

bool provider_term_is_guid(const char *text)
{
	size_t length = strlen(text);

	if (*text == '{')
		return length > 2 && text[length - 1] == '}' && is_bare_guid(text + 1, length - 2);
	return is_bare_guid(text, length);
}

bool provider_term_is_like_guid(const char *text)
{
	size_t dashes = 0;

	if (*text == '{')
		return true;
	if (text[strspn(text, HEX_DIGITS "-")])
		return false;
	for (; *text; text++)
		dashes += *text == '-';
	return dashes == 4;
}

static const char *level_name(size_t i, const void *context)
{
	(void)context;
	return i < LEVEL_COUNT ? levels[i] : NULL;
}

static bool read_number(const struct scalar_config *level, unsigned int *number,
			const struct report *report)
{
	struct quoted quoted;

	*number = (unsigned int)level->magnitude;
	if (level->is_integer && !level->negative && level->magnitude <= 255)
		return true;
	report_error(report, level->place,
		     "level must be a whole number from 0 to 255, or a name, not %s",
		     quote(&quoted, level->text));
	return false;
}

bool provider_term_level(const struct scalar_config *level, unsigned int *number,
			 const struct report *report)
{
	struct quoted quoted;
	size_t near, i;

	if (level->is_number)
		return read_number(level, number, report);
	for (i = 0; i < LEVEL_COUNT; i++) {
		*number = (unsigned int)i + 1;
		if (strcmp(levels[i], level->text) == 0)
			return true;
	}
	near = nearest(level->text, level_name, NULL);
	quote(&quoted, level->text);
	if (near != NEAREST_NONE)
		report_error(report, level->place, "level %s is not known; did you mean \"%s\"?",
			     quoted.text, levels[near]);
	else
		report_error(report, level->place,
			     "level must be a number from 0 to 255, critical, error, warning, "
			     "information or verbose, not %s",
			     quoted.text);
	return false;
}
