#include "exporter/rule/match.h"

#include <string.h>
#include <strings.h>

#include "config/glob.h"

#define LEVEL_COUNT	  6
#define KEYWORD_BYTES_MAX 256

/* winmeta.xml */
static const char *const level_names[LEVEL_COUNT] = {
	"log_always", "critical", "error", "warning", "information", "verbose",
};

bool match_glob(const char *pattern, const char *name)
{
	return glob_match_any_case(pattern, name);
}

bool match_provider(const struct scalar_config *provider, const char *name, const struct guid *guid)
{
	struct guid wanted;

	if (guid_parse(provider->text, &wanted))
		return guid_equal(&wanted, guid);
	return match_glob(provider->text, name);
}

bool match_type_provider(const struct match_config *match, const struct event_type *type)
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

static bool has_number(const struct scalar_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->list[i].is_number)
			return true;
	return false;
}

static bool matches_number(const struct scalar_list *list, uint64_t number)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (is_number(&list->list[i], number))
			return true;
	return false;
}

/* What winmeta.xml defines has this prefix or not, depending on where the schema comes from. */
static const char *without_prefix(const char *name)
{
	return strncmp(name, "win:", 4) == 0 ? name + 4 : name;
}

/* `name` is empty where there is none. */
static bool matches_name(const struct scalar_list *list, const char *name)
{
	size_t i;

	for (i = 0; name[0] && i < list->count; i++)
		if (!list->list[i].is_number &&
		    match_glob(without_prefix(list->list[i].text), without_prefix(name)))
			return true;
	return false;
}

/* By number, or by name where it has one. */
static bool matches(const struct scalar_list *list, uint64_t number, const char *name)
{
	return !list->count || matches_number(list, number) || matches_name(list, name);
}

/* An event may be called 404. */
static bool matches_event(const struct scalar_list *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (match_glob(names->list[i].text, name))
			return true;
	return names->count == 0;
}

/* Decoders put commas between the names of an event's keywords. */
static bool matches_keyword_name(const struct scalar_list *keywords, const char *names)
{
	char name[KEYWORD_BYTES_MAX];
	size_t length;

	for (; *names; names += length + (names[length] != '\0')) {
		length = strcspn(names, ",");
		if (length >= sizeof(name))
			continue;
		memcpy(name, names, length);
		name[length] = '\0';
		if (matches_name(keywords, name))
			return true;
	}
	return false;
}

/* Whether the names in the list mean it, or the numbers may. */
static bool may_match_task(const struct scalar_list *tasks, const struct schema *schema)
{
	return !tasks->count || has_number(tasks) || (schema && matches_name(tasks, schema->task));
}

static bool may_match_keyword(const struct scalar_list *keywords, const struct schema *schema)
{
	return !keywords->count || has_number(keywords) ||
	       (schema && matches_keyword_name(keywords, schema->keywords));
}

bool match_type(const struct match_config *match, const struct event_type *type,
		const struct schema *schema)
{
	return match_type_provider(match, type) && matches(&match->ids, event_type_id(type), "") &&
	       matches(&match->opcodes, type->opcode, schema ? schema->opcode : "") &&
	       matches_event(&match->names, type->event) && may_match_task(&match->tasks, schema) &&
	       may_match_keyword(&match->keywords, schema);
}

static void add_level(const struct scalar_config *wanted, struct match_rest *rest)
{
	uint64_t level;

	for (level = 0; level < LEVEL_COUNT; level++)
		if (strcasecmp(wanted->text, level_names[level]) == 0)
			break;
	if (level == LEVEL_COUNT)
		level = wanted->is_integer && !wanted->negative ? wanted->magnitude : UINT64_MAX;
	if (level <= UINT8_MAX)
		rest->levels[level / 64] |= (uint64_t)1 << level % 64;
}

/* What names do not decide. */
static void add_numbers(const struct match_config *match, const struct schema *schema,
			struct match_rest *rest)
{
	size_t i;

	if (has_number(&match->tasks) && !(schema && matches_name(&match->tasks, schema->task)))
		rest->tasks = &match->tasks;
	if (schema && matches_keyword_name(&match->keywords, schema->keywords))
		return;
	for (i = 0; i < match->keywords.count; i++)
		if (match->keywords.list[i].is_number)
			rest->keywords |= match->keywords.list[i].magnitude;
}

bool match_rest(const struct match_config *match, const struct schema *schema,
		struct match_rest *rest)
{
	size_t i;

	*rest = (struct match_rest){.has_levels = match->levels.count > 0};
	for (i = 0; i < match->levels.count; i++)
		add_level(&match->levels.list[i], rest);
	add_numbers(match, schema, rest);
	return rest->has_levels || rest->tasks || rest->keywords;
}

bool match_record(const struct match_rest *rest, const struct event_record *record)
{
	const uint8_t level = record->level;

	if (rest->has_levels && !(rest->levels[level / 64] >> level % 64 & 1))
		return false;
	if (rest->keywords && !(rest->keywords & record->keyword))
		return false;
	return !rest->tasks || matches_number(rest->tasks, record->task);
}
