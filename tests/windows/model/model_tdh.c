/* TDH: which providers are registered, and their keywords. */
#include <string.h>

#include "exporter/utf16.h"
#include "tests/windows/model/model.h"

/* An answer of TDH: rows, then texts; written as far as there is room, and measured in any case. */
struct answer {
	uint8_t *bytes;
	size_t room, used;
};

static ULONG add_text(struct answer *answer, const char *text)
{
	uint16_t units[MODEL_NAME_SIZE];
	size_t bytes = (utf16_from_utf8(text, units, MODEL_NAME_SIZE) + 1) * sizeof(units[0]);
	size_t at = answer->used;

	answer->used += bytes;
	if (answer->bytes && answer->used <= answer->room)
		memcpy(answer->bytes + at, units, bytes);
	return (ULONG)at;
}

static ULONG finish(const struct answer *answer, ULONG *size)
{
	*size = (ULONG)answer->used;
	return answer->used <= answer->room ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER;
}

MODEL_FUNCTION(ULONG, TdhEnumerateProviders, PPROVIDER_ENUMERATION_INFO info, ULONG *size)
{
	const struct model_script *script = model_script();
	size_t fixed = offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray) +
		       script->provider_count * sizeof(TRACE_PROVIDER_INFO);
	struct answer answer = {(uint8_t *)info, info ? *size : 0, fixed};
	bool fits = info && answer.room >= fixed;
	unsigned int i;

	if (fits) {
		memset(info, 0, fixed);
		info->NumberOfProviders = script->provider_count;
	}
	for (i = 0; i < script->provider_count; i++) {
		ULONG at = add_text(&answer, script->providers[i].name);

		if (!fits)
			continue;
		info->TraceProviderInfoArray[i].ProviderGuid = script->providers[i].guid;
		info->TraceProviderInfoArray[i].ProviderNameOffset = at;
	}
	return finish(&answer, size);
}

static const struct model_provider *find(const GUID *guid)
{
	const struct model_script *script = model_script();
	unsigned int i;

	for (i = 0; i < script->provider_count; i++)
		if (memcmp(&script->providers[i].guid, guid, sizeof(*guid)) == 0)
			return &script->providers[i];
	return NULL;
}

MODEL_FUNCTION(ULONG, TdhEnumerateProviderFieldInformation, LPGUID guid, EVENT_FIELD_TYPE what,
	       PPROVIDER_FIELD_INFOARRAY info, ULONG *size)
{
	const struct model_provider *provider = find(guid);
	struct answer answer = {(uint8_t *)info, info ? *size : 0, 0};
	unsigned int i;
	bool fits;

	if (!provider || what != EventKeywordInformation || !provider->keyword_count)
		return ERROR_NOT_FOUND;
	answer.used = offsetof(PROVIDER_FIELD_INFOARRAY, FieldInfoArray) +
		      provider->keyword_count * sizeof(PROVIDER_FIELD_INFO);
	fits = info && answer.room >= answer.used;
	if (fits) {
		memset(info, 0, answer.used);
		info->NumberOfElements = provider->keyword_count;
	}
	for (i = 0; i < provider->keyword_count; i++) {
		ULONG at = add_text(&answer, provider->keywords[i].name);

		if (!fits)
			continue;
		info->FieldInfoArray[i].NameOffset = at;
		info->FieldInfoArray[i].Value = provider->keywords[i].mask;
	}
	return finish(&answer, size);
}
