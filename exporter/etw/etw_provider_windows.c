#include "exporter/etw/etw_provider_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exporter/decoder/provider_names.h"
#include "exporter/etw/eventsource_guid.h"
#include "exporter/guid.h"
#include "exporter/utf16.h"

/* An answer of Windows' larger than this is refused. */
#define ANSWER_BYTES_MAX (16u << 20)
#define NAME_SIZE	 1024

struct answer {
	uint8_t *bytes;
	ULONG size;
};

/* The text at an offset of an answer, as UTF-8; "" where it is not in it. */
static void read_text(const struct answer *answer, ULONG offset, char name[NAME_SIZE])
{
	struct bytes rest = {answer->bytes, answer->size};

	*name = '\0';
	if (offset && bytes_take(&rest, offset))
		utf16_take_string(&rest, name, NAME_SIZE);
}

/* Makes room for what Windows says it takes, which may grow from call to call. */
static bool grow(struct answer *answer, ULONG size)
{
	uint8_t *bytes;

	if (size > ANSWER_BYTES_MAX)
		return false;
	bytes = realloc(answer->bytes, size);
	if (!bytes)
		return false;
	answer->bytes = bytes;
	answer->size = size;
	return true;
}

/* All registered providers; false: Windows does not say. */
static bool list_providers(const struct etw_functions *functions, struct answer *answer)
{
	ULONG code = ERROR_INSUFFICIENT_BUFFER, size = sizeof(PROVIDER_ENUMERATION_INFO);

	while (functions->TdhEnumerateProviders && code == ERROR_INSUFFICIENT_BUFFER &&
	       grow(answer, size)) {
		size = answer->size;
		code = functions->TdhEnumerateProviders((void *)answer->bytes, &size);
	}
	return code == ERROR_SUCCESS;
}

static bool find_registered(const struct answer *answer, const char *name, GUID *guid)
{
	const PROVIDER_ENUMERATION_INFO *info = (const void *)answer->bytes;
	ULONG room = (ULONG)((answer->size -
			      offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray)) /
			     sizeof(TRACE_PROVIDER_INFO));
	char registered[NAME_SIZE];
	ULONG i;

	for (i = 0; i < info->NumberOfProviders && i < room; i++) {
		const TRACE_PROVIDER_INFO *provider = &info->TraceProviderInfoArray[i];

		read_text(answer, provider->ProviderNameOffset, registered);
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
	struct answer answer = {NULL, 0};
	bool found = list_providers(functions, &answer) && find_registered(&answer, name, guid);

	free(answer.bytes);
	if (found || find_known(name, guid))
		return 0;
	return error_set(error,
			 "no provider called %s is registered; logman query providers lists them, "
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

static bool list_keywords(const struct etw_functions *functions, const GUID *guid,
			  struct answer *answer)
{
	ULONG code = ERROR_INSUFFICIENT_BUFFER, size = sizeof(PROVIDER_FIELD_INFOARRAY);
	GUID copy = *guid;

	while (functions->TdhEnumerateProviderFieldInformation &&
	       code == ERROR_INSUFFICIENT_BUFFER && grow(answer, size)) {
		size = answer->size;
		code = functions->TdhEnumerateProviderFieldInformation(
			&copy, EventKeywordInformation, (void *)answer->bytes, &size);
	}
	return code == ERROR_SUCCESS;
}

/* False: there is none of that name; `known` has the names that there are then. */
static bool find_keyword(const struct answer *answer, const char *name, uint64_t *mask, char *known,
			 size_t size)
{
	const PROVIDER_FIELD_INFOARRAY *info = (const void *)answer->bytes;
	ULONG room = (ULONG)((answer->size - offsetof(PROVIDER_FIELD_INFOARRAY, FieldInfoArray)) /
			     sizeof(PROVIDER_FIELD_INFO));
	char keyword[NAME_SIZE];
	size_t used = 0;
	ULONG i;

	for (i = 0; i < info->NumberOfElements && i < room; i++) {
		read_text(answer, info->FieldInfoArray[i].NameOffset, keyword);
		if (strcasecmp(keyword, name) == 0) {
			*mask |= info->FieldInfoArray[i].Value;
			return true;
		}
		if (used < size)
			used += (size_t)snprintf(known + used, size - used, "%s%s",
						 used ? ", " : "", keyword);
	}
	return false;
}

static int add_keyword(const struct etw_functions *functions, const GUID *guid, const char *name,
		       const char *key, uint64_t *mask, struct error *error)
{
	struct answer answer = {NULL, 0};
	bool listed = list_keywords(functions, guid, &answer);
	char known[256] = "";
	bool found = listed && find_keyword(&answer, name, mask, known, sizeof(known));

	free(answer.bytes);
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
