#include "exporter/etw/etw_provider_windows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exporter/decoder/provider_names.h"
#include "exporter/etw/etw_tdh_windows.h"
#include "exporter/etw/eventsource_guid.h"
#include "exporter/base/guid.h"
#include "metrics/utf8.h"

/* TRACE_PROVIDER_INFO. */
#define SCHEMA_SOURCE_CLASS 1

static bool find_registered(const struct etw_answer *answer, const char *name, GUID *guid)
{
	const PROVIDER_ENUMERATION_INFO *info = (const void *)answer->bytes;
	ULONG count =
		etw_answer_elements(answer, info->NumberOfProviders,
				    offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray),
				    sizeof(TRACE_PROVIDER_INFO));
	char registered[TDH_NAME_SIZE];
	ULONG i;

	for (i = 0; i < count; i++) {
		const TRACE_PROVIDER_INFO *provider = &info->TraceProviderInfoArray[i];

		etw_answer_text(answer, provider->ProviderNameOffset, registered);
		if (strcasecmp(registered, name) != 0)
			continue;
		*guid = provider->ProviderGuid;
		return true;
	}
	return false;
}

/* Names that are well known, where Windows does not know them: TraceLogging registers none. */
static bool find_known(const char *name, GUID *guid)
{
	const char *known;
	struct guid found;
	size_t i;

	for (i = 0; (known = provider_name_at(i, &found)); i++) {
		if (strcasecmp(known, name) != 0)
			continue;
		memcpy(guid, &found, sizeof(*guid));
		return true;
	}
	return false;
}

static int find_by_name(const struct etw_functions *functions, const char *name, GUID *guid,
			struct error *error)
{
	struct etw_answer answer = {0};
	bool found = etw_tdh_providers(functions, &answer) == ERROR_SUCCESS &&
		     find_registered(&answer, name, guid);

	etw_answer_done(&answer);
	if (found || find_known(name, guid))
		return 0;
	return error_set(error,
			 "no provider called %s is registered; etw_exporter providers lists them, "
			 "and those of .NET and TraceLogging, which are not, are named with "
			 "eventsource: or guid:",
			 name);
}

int etw_provider_find(const struct etw_functions *functions,
		      const struct etw_provider_config *provider, GUID *guid, struct error *error)
{
	struct guid found;

	static_assert(sizeof(*guid) == sizeof(found), "a GUID");
	if (provider->naming == ETW_BY_NAME)
		return find_by_name(functions, provider->name, guid, error);
	if (provider->naming == ETW_BY_EVENTSOURCE)
		eventsource_guid(provider->eventsource, &found);
	else if (!guid_parse(provider->guid, &found))
		return error_set(error, "%s is no GUID", provider->guid);
	memcpy(guid, &found, sizeof(*guid));
	return 0;
}

static bool find_class(const struct etw_answer *answer, const GUID *guid)
{
	const PROVIDER_ENUMERATION_INFO *info = (const void *)answer->bytes;
	ULONG count =
		etw_answer_elements(answer, info->NumberOfProviders,
				    offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray),
				    sizeof(TRACE_PROVIDER_INFO));
	ULONG i;

	for (i = 0; i < count; i++)
		if (memcmp(&info->TraceProviderInfoArray[i].ProviderGuid, guid, sizeof(*guid)) == 0)
			return info->TraceProviderInfoArray[i].SchemaSource == SCHEMA_SOURCE_CLASS;
	return false;
}

bool etw_provider_is_class(const struct etw_functions *functions, const GUID *guid)
{
	struct etw_answer answer = {0};
	bool is_class =
		etw_tdh_providers(functions, &answer) == ERROR_SUCCESS && find_class(&answer, guid);

	etw_answer_done(&answer);
	return is_class;
}

/* False: there is none of that name; `known` has the names that there are then. */
static bool find_keyword(const struct etw_answer *answer, const char *name, uint64_t *mask,
			 char *known, size_t size)
{
	const PROVIDER_FIELD_INFOARRAY *info = (const void *)answer->bytes;
	ULONG count = etw_answer_elements(answer, info->NumberOfElements,
					  offsetof(PROVIDER_FIELD_INFOARRAY, FieldInfoArray),
					  sizeof(PROVIDER_FIELD_INFO));
	char keyword[TDH_NAME_SIZE];
	size_t used = 0;
	ULONG i;

	for (i = 0; i < count; i++) {
		etw_answer_text(answer, info->FieldInfoArray[i].NameOffset, keyword);
		if (strcasecmp(keyword, name) == 0) {
			*mask |= info->FieldInfoArray[i].Value;
			return true;
		}
		if (used < size)
			used += (size_t)snprintf(known + used, size - used, "%s%s",
						 used ? ", " : "", keyword);
	}
	if (used >= size)
		known[utf8_cut(known, size - 1)] = '\0';
	return false;
}

static int add_keyword(const struct etw_functions *functions, const GUID *guid, const char *name,
		       const char *key, uint64_t *mask, struct error *error)
{
	struct etw_answer answer = {0};
	bool listed =
		etw_tdh_fields(functions, guid, EventKeywordInformation, &answer) == ERROR_SUCCESS;
	char known[256] = "";
	bool found = listed && find_keyword(&answer, name, mask, known, sizeof(known));

	etw_answer_done(&answer);
	if (found)
		return 0;
	if (!*known)
		return error_set(error,
				 "%s has the keyword %s, and Windows knows no keywords of this "
				 "provider by name; give the mask",
				 key, name);
	return error_set(error,
			 "%s has the keyword %s, which the provider does not have; it has %s", key,
			 name, known);
}

int etw_provider_keywords(const struct etw_functions *functions, const GUID *guid,
			  const struct scalar_list *keywords, const char *key, uint64_t *mask,
			  struct error *error)
{
	size_t i;

	*mask = 0;
	for (i = 0; i < keywords->count; i++) {
		const struct scalar_config *keyword = &keywords->list[i];

		if (keyword->is_integer)
			*mask |= keyword->magnitude;
		else if (add_keyword(functions, guid, keyword->text, key, mask, error))
			return -1;
	}
	return 0;
}
