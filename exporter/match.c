#include "exporter/match.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#define LEVEL_COUNT 6

/* winmeta.xml */
static const char *const level_names[LEVEL_COUNT] = {
	"log_always", "critical", "error", "warning", "information", "verbose",
};

bool match_glob(const char *pattern, const char *name)
{
	return fnmatch(pattern, name, FNM_NOESCAPE | FNM_CASEFOLD) == 0;
}

bool match_provider(const struct scalar_config *provider, const char *name, const struct guid *guid)
{
	struct guid wanted;

	if (guid_parse(provider->text, &wanted))
		return guid_equal(&wanted, guid);
	return match_glob(provider->text, name);
}

static bool matches_provider(const struct match_config *match, const struct event_type *type)
{
	const struct scalar_list *providers = &match->providers;
	size_t i;

	for (i = 0; i < providers->count; i++)
		if (match_provider(&providers->list[i], type->provider, &type->guid))
			return true;
	return providers->count == 0;
}

static bool is_number(const struct scalar_config *scalar, uint64_t number)
{
	return scalar->is_integer && !scalar->negative && scalar->magnitude == number;
}

/* By number, or by name where it has one. */
static bool matches(const struct scalar_list *list, uint64_t number, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (is_number(&list->list[i], number) ||
		    (!list->list[i].is_number && name[0] && match_glob(list->list[i].text, name)))
			return true;
	return list->count == 0;
}

static bool matches_name(const struct scalar_list *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (match_glob(names->list[i].text, name))
			return true;
	return names->count == 0;
}

/* Decoders put commas between the names of an event's keywords. */
static bool has_keyword(const char *keywords, const char *name)
{
	size_t length = strlen(name), word;

	for (; *keywords; keywords += word + (keywords[word] != '\0')) {
		word = strcspn(keywords, ",");
		if (word == length && strncasecmp(keywords, name, length) == 0)
			return true;
	}
	return false;
}

static bool matches_keyword_name(const struct scalar_list *keywords, const char *names)
{
	size_t i;

	for (i = 0; i < keywords->count; i++)
		if (keywords->list[i].is_number || has_keyword(names, keywords->list[i].text))
			return true;
	return keywords->count == 0;
}

bool match_type(const struct match_config *match, const struct event_type *type,
		const struct schema *schema)
{
	return matches_provider(match, type) && matches(&match->ids, event_type_id(type), "") &&
	       matches(&match->opcodes, type->opcode, schema ? schema->opcode : "") &&
	       matches_name(&match->names, type->event) &&
	       matches(&match->tasks, type->task, schema ? schema->task : "") &&
	       matches_keyword_name(&match->keywords, schema ? schema->keywords : "");
}

static bool has_number(const struct scalar_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->list[i].is_number)
			return true;
	return false;
}

bool match_has_record(const struct match_config *match)
{
	return match->levels.count > 0 || has_number(&match->keywords);
}

static bool matches_level(const struct scalar_list *levels, uint8_t level)
{
	size_t i;

	for (i = 0; i < levels->count; i++)
		if (is_number(&levels->list[i], level) ||
		    (level < LEVEL_COUNT &&
		     strcasecmp(levels->list[i].text, level_names[level]) == 0))
			return true;
	return levels->count == 0;
}

/* Where a name is given, too, it was decided by that. */
static bool matches_keyword_bits(const struct scalar_list *keywords, uint64_t keyword)
{
	size_t i;

	for (i = 0; i < keywords->count; i++)
		if (!keywords->list[i].is_number || (keywords->list[i].magnitude & keyword) != 0)
			return true;
	return keywords->count == 0;
}

bool match_record(const struct match_config *match, const struct event_record *record)
{
	return matches_level(&match->levels, record->level) &&
	       matches_keyword_bits(&match->keywords, record->keyword);
}
