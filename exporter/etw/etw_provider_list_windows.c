#include "exporter/etw/etw_provider_list_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exporter/decoder/provider_names.h"
#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_tdh_windows.h"

/* Of processes that run; more are left out. */
#define RUNNING_MAX 65536

static int compare_guids(const void *a, const void *b)
{
	const struct etw_provider_entry *one = a, *other = b;

	return memcmp(&one->guid, &other->guid, sizeof(one->guid));
}

static int compare_names(const void *a, const void *b)
{
	const struct etw_provider_entry *one = a, *other = b;
	int order;

	if (!one->name[0] || !other->name[0])
		order = !one->name[0] - !other->name[0];
	else
		order = strcasecmp(one->name, other->name);
	return order ? order : guid_compare(&one->guid, &other->guid);
}

void etw_provider_list_done(struct etw_provider_list *list)
{
	free(list->entries);
	*list = (struct etw_provider_list){0};
}

/* Room for `more` behind those there are. */
static bool reserve(struct etw_provider_list *list, size_t more)
{
	struct etw_provider_entry *entries =
		realloc(list->entries, (list->count + more + 1) * sizeof(*entries));

	if (entries)
		list->entries = entries;
	return entries;
}

/* Behind the others; there is room. */
static struct etw_provider_entry *append(struct etw_provider_list *list, const void *guid,
					 const char *name)
{
	struct etw_provider_entry *entry = &list->entries[list->count++];

	memset(entry, 0, sizeof(*entry));
	memcpy(&entry->guid, guid, sizeof(entry->guid));
	snprintf(entry->name, sizeof(entry->name), "%s", name ? name : "");
	return entry;
}

static void add_registered(struct etw_provider_list *list, const struct etw_answer *answer,
			   const TRACE_PROVIDER_INFO *provider)
{
	struct etw_provider_entry *entry;
	char name[TDH_NAME_SIZE];

	etw_answer_text(answer, provider->ProviderNameOffset, name);
	entry = append(list, &provider->ProviderGuid, name);
	entry->schemas = provider->SchemaSource == 0 ? ETW_SCHEMAS_MANIFEST : ETW_SCHEMAS_CLASS;
}

static ULONG read_registered(struct etw_provider_list *list, const struct etw_functions *functions)
{
	const PROVIDER_ENUMERATION_INFO *info;
	struct etw_answer answer = {0};
	ULONG code = etw_tdh_providers(functions, &answer), count, i;

	if (code == ERROR_SUCCESS) {
		info = (const void *)answer.bytes;
		count = etw_answer_elements(
			&answer, info->NumberOfProviders,
			offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray),
			sizeof(TRACE_PROVIDER_INFO));
		if (!reserve(list, count))
			code = ERROR_NOT_ENOUGH_MEMORY;
		for (i = 0; code == ERROR_SUCCESS && i < count; i++)
			add_registered(list, &answer, &info->TraceProviderInfoArray[i]);
	}
	etw_answer_done(&answer);
	return code;
}

static ULONG ask_running(void *context, void *to, ULONG *size)
{
	const struct etw_functions *functions = context;

	return functions->EnumerateTraceGuidsEx(TraceGuidQueryList, NULL, 0, to, *size, size);
}

/* Marks those there are, and adds the others with the names that are well known. */
static void add_running(struct etw_provider_list *list, size_t known, const struct guid *guid)
{
	const struct etw_provider_entry key = {.guid = *guid};
	struct etw_provider_entry *entry =
		bsearch(&key, list->entries, known, sizeof(key), compare_guids);

	if (!entry) {
		entry = append(list, guid, provider_name_find(guid));
		entry->schemas = ETW_SCHEMAS_NONE;
	}
	entry->is_running = true;
}

/* It is said besides: without it the list is that of what is registered. */
static void read_running(struct etw_provider_list *list, const struct etw_functions *functions)
{
	struct etw_functions copy = *functions;
	struct etw_answer answer = {0};
	size_t known = list->count, count, i;
	struct guid guid;

	if (functions->EnumerateTraceGuidsEx &&
	    etw_answer_get(&answer, 0, ask_running, &copy) == ERROR_SUCCESS) {
		list->knows_running = true;
		count = answer.size / sizeof(guid);
		if (count > RUNNING_MAX || !reserve(list, count))
			count = 0;
		qsort(list->entries, known, sizeof(*list->entries), compare_guids);
		for (i = 0; i < count; i++) {
			memcpy(&guid, answer.bytes + i * sizeof(guid), sizeof(guid));
			add_running(list, known, &guid);
		}
	}
	etw_answer_done(&answer);
}

int etw_provider_list_read(struct etw_provider_list *list, const struct etw_functions *functions,
			   struct error *error)
{
	ULONG code;

	*list = (struct etw_provider_list){0};
	code = read_registered(list, functions);
	if (code != ERROR_SUCCESS && code != ERROR_NOT_FOUND) {
		etw_provider_list_done(list);
		return etw_error_set(error, code, "list", "the registered providers");
	}
	read_running(list, functions);
	if (list->count)
		qsort(list->entries, list->count, sizeof(*list->entries), compare_names);
	return 0;
}
