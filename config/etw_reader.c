#include "config/etw_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "config/provider_terms.h"
#include "config/scalar_reader.h"
#include "config/utf8.h"

/* UTF-16 units. */
static size_t wide_length(const char *text)
{
	size_t left = strlen(text), units = 0;

	while (left) {
		uint32_t code = 0;
		size_t bytes = utf8_next(text, left, &code);

		units += code > 0xffff ? 2 : 1;
		text += bytes ? bytes : 1;
		left -= bytes ? bytes : 1;
	}
	return units;
}

/* Whole numbers from `low` to `high`. */
static void check_numbers(const struct scalar_list *list, const char *key, uint64_t low,
			  uint64_t high, const struct report *report)
{
	struct quoted quoted;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct scalar_config *number = &list->list[i];

		if (!number->is_integer || number->negative || number->magnitude < low ||
		    number->magnitude > high)
			report_error(report, number->place,
				     "%s must be whole numbers from %" PRIu64 " to %" PRIu64
				     ", not %s",
				     key, low, high, quote(&quoted, number->text));
	}
}

static void check_count(const struct scalar_list *list, const char *key, size_t most,
			const struct report *report)
{
	if (list->count > most)
		report_error(report, list->list[most].place,
			     "%s must have at most %zu entries, not %zu: Windows filters by no "
			     "more",
			     key, most, list->count);
}

static void check_keywords(const struct scalar_list *list, const char *key,
			   const struct report *report)
{
	struct quoted quoted;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct scalar_config *keyword = &list->list[i];

		if (keyword->is_number && (!keyword->is_integer || keyword->negative))
			report_error(report, keyword->place,
				     "%s must be masks such as 0x10, or names of keywords, not %s",
				     key, quote(&quoted, keyword->text));
	}
}

static void check_filter_bytes(const struct scalar_list *list, const char *key, size_t bytes,
			       const struct report *report)
{
	if (bytes > ETW_FILTER_BYTES)
		report_error(report, list->list[0].place,
			     "%s takes %zu bytes of a filter, of which Windows has %d; name fewer",
			     key, bytes, ETW_FILTER_BYTES);
}

/* In UTF-8, each with a zero, behind a struct EVENT_FILTER_EVENT_NAME. */
static void check_event_names(const struct scalar_list *names, const struct report *report)
{
	size_t i, bytes = 20;

	for (i = 0; i < names->count; i++)
		bytes += strlen(names->list[i].text) + 1;
	check_filter_bytes(names, "events", bytes, report);
}

/* All are IDs, or all are names. */
static void read_events(struct etw_provider_config *into, const struct report *report)
{
	const struct scalar_list *events = &into->events;
	size_t i;

	into->by_event_name = events->count && !events->list[0].is_number;
	for (i = 1; i < events->count; i++) {
		if (events->list[i].is_number != into->by_event_name)
			continue;
		report_error(report, events->list[i].place,
			     "events must be all IDs, or all names of TraceLogging events, not "
			     "both");
		return;
	}
	if (into->by_event_name) {
		check_event_names(events, report);
	} else {
		check_numbers(events, "events", 0, UINT16_MAX, report);
		check_count(events, "events", ETW_EVENT_IDS_MAX, report);
	}
}

/* In UTF-16, with a `;` between them and a zero behind them. */
static void check_executables(const struct scalar_list *list, const struct report *report)
{
	struct quoted quoted;
	size_t i, bytes = 0;

	for (i = 0; i < list->count; i++)
		bytes += 2 * (wide_length(list->list[i].text) + 1);
	for (i = 0; i < list->count; i++)
		if (strpbrk(list->list[i].text, ";\\/"))
			report_error(report, list->list[i].place,
				     "executable must be file names without a folder, such as "
				     "app.exe, one or a list, not %s",
				     quote(&quoted, list->list[i].text));
	check_filter_bytes(list, "executable", bytes, report);
}

static const char *word_name(size_t i, const void *words)
{
	return ((const struct etw_word *)words)[i].name;
}

static void report_word(const struct scalar_config *scalar, const struct etw_word *words,
			const char *key, const struct report *report)
{
	size_t near = nearest(scalar->text, word_name, words), i, used = 0;
	struct quoted quoted;
	char known[512] = "";

	quote(&quoted, scalar->text);
	for (i = 0; words[i].name && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "",
					 words[i].name);
	if (near != NEAREST_NONE)
		report_error(report, scalar->place, "%s %s is not known; did you mean \"%s\"?", key,
			     quoted.text, words[near].name);
	else
		report_error(report, scalar->place, "%s must be among %s, not %s", key, known,
			     quoted.text);
}

/* One word or a list of them, as bits. */
static void read_words(const struct yaml_node *node, const char *key, const struct etw_word *words,
		       uint32_t *into, const struct report *report)
{
	struct scalar_rule rule = {key, 1, 64};
	struct scalar_list list = {NULL, 0};
	size_t i, word;

	scalar_list_read(node, &rule, &list, report);
	for (i = 0; i < list.count; i++) {
		for (word = 0; words[word].name; word++)
			if (strcmp(words[word].name, list.list[i].text) == 0)
				break;
		if (words[word].name)
			*into |= words[word].value;
		else
			report_word(&list.list[i], words, key, report);
	}
	scalar_list_done(&list);
}

static void read_level(const struct yaml_node *node, struct etw_provider_config *into,
		       const struct report *report)
{
	struct scalar_rule rule = {"level", 1, TEXT_BYTES_MAX};
	struct scalar_config scalar;
	unsigned int level;

	into->level = 5;
	if (!node || !scalar_read(node, &rule, &scalar, report))
		return;
	if (provider_term_level(&scalar, &level, report))
		into->level = level;
	free(scalar.text);
}

static void check_name(const struct mapping *row, const struct etw_provider_config *provider,
		       const struct report *report)
{
	struct quoted quoted;

	if (provider->name && provider_term_is_like_guid(provider->name))
		report_error(report, mapping_place(row, "name"),
			     "name must be the name of a provider, not %s; write guid: for a GUID",
			     quote(&quoted, provider->name));
	if (provider->guid && !provider_term_is_guid(provider->guid))
		report_error(report, mapping_place(row, "guid"),
			     "guid must be a GUID such as {22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716}, "
			     "not %s",
			     quote(&quoted, provider->guid));
}

/* By which of the three keys the row names its provider. */
static void find_naming(const struct mapping *row, struct etw_provider_config *into,
			struct place place, const struct report *report)
{
	static const char *const keys[] = {
		[ETW_BY_NAME] = "name",
		[ETW_BY_GUID] = "guid",
		[ETW_BY_EVENTSOURCE] = "eventsource",
	};
	size_t i, found = 0;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!mapping_value(row, keys[i]))
			continue;
		into->naming = (enum etw_naming)i;
		found++;
	}
	if (found != 1)
		report_error(report, place,
			     "a provider needs one of the keys \"name\", \"guid\" and "
			     "\"eventsource\", and no two of them");
}

static void read_provider(const struct yaml_node *node, struct etw_provider_config *into,
			  const struct report *report)
{
	const struct yaml_node *words;
	struct mapping row;

	into->place = node->place;
	mapping_open(&row, &etw_provider_keys, node, report);
	mapping_read(&row, into, report);
	read_level(mapping_value(&row, "level"), into, report);
	check_keywords(&into->any, "any", report);
	check_keywords(&into->all, "all", report);
	read_events(into, report);
	check_numbers(&into->pids, "pids", 1, UINT32_MAX, report);
	check_count(&into->pids, "pids", ETW_PIDS_MAX, report);
	check_executables(&into->executables, report);
	words = mapping_value(&row, "properties");
	if (words)
		read_words(words, "properties", etw_property_words, &into->properties, report);
	check_name(&row, into, report);
	if (node->kind == YAML_MAPPING)
		find_naming(&row, into, node->place, report);
}

static void read_providers(const struct yaml_node *node, struct etw_config *into,
			   const struct report *report)
{
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 0;
	struct quoted quoted;

	if (node->kind != YAML_LIST) {
		report_error(report, node->place,
			     "providers must be a list, such as [{name: "
			     "Microsoft-Windows-DNS-Client}], not %s",
			     yaml_describe(node, &quoted));
		return;
	}
	if (!count || count > ETW_PROVIDERS_MAX) {
		report_error(report, node->place,
			     "providers must have from 1 to %d entries, not %zu", ETW_PROVIDERS_MAX,
			     count);
		return;
	}
	into->providers = calloc(count, sizeof(*into->providers));
	if (!into->providers) {
		report_out_of_memory(report);
		return;
	}
	for (node = node->first; node; node = node->next)
		read_provider(node, &into->providers[into->provider_count++], report);
}

static void refuse_keys(const struct mapping *session, const char *const *keys, const char *why,
			const struct report *report)
{
	for (; *keys; keys++)
		if (mapping_value(session, *keys))
			report_error(report, mapping_place(session, *keys), "%s %s; leave it away",
				     *keys, why);
}

static bool has(const struct mapping *session, const char *key)
{
	return mapping_value(session, key) != NULL;
}

/* What a kind of session can have, and what it needs. */
static void check_kind(const struct mapping *session, enum etw_kind kind,
		       const struct report *report)
{
	static const char *const of_kernel[] = {"flags", NULL};
	static const char *const of_providers[] = {"providers", NULL};
	static const char *const of_others[] = {"on_exists", "buffers", "flush", "clock",
						"providers", "flags",	NULL};
	struct place place = mapping_place(session, "name");

	if (kind == ETW_USER)
		refuse_keys(session, of_kernel, "are for sessions of kind: system or kernel",
			    report);
	if (kind == ETW_KERNEL)
		refuse_keys(session, of_providers,
			    "cannot be in the session of kind: kernel, which has the kernel's "
			    "events alone",
			    report);
	if (kind == ETW_ATTACH)
		refuse_keys(session, of_others,
			    "is up to those who started the session, not to one of kind: attach",
			    report);
	if (kind == ETW_USER && !has(session, "providers"))
		report_error(report, place, "a session of kind: user needs the key \"providers\"");
	if (kind == ETW_KERNEL && !has(session, "flags"))
		report_error(report, place, "a session of kind: kernel needs the key \"flags\"");
	if (kind == ETW_SYSTEM && !has(session, "flags") && !has(session, "providers"))
		report_error(report, place,
			     "a session of kind: system needs the key \"flags\" or \"providers\"");
}

static void check_session_name(const struct mapping *session, const char *name, enum etw_kind kind,
			       const struct report *report)
{
	bool ours = kind == ETW_USER || kind == ETW_SYSTEM;
	size_t most = ETW_NAME_CHARS_MAX - (ours ? strlen(ETW_NAME_PREFIX) : 0);
	struct quoted quoted;

	if (name && kind != ETW_KERNEL && wide_length(name) > most)
		report_error(report, mapping_place(session, "name"),
			     "name must have at most %zu characters: a session of Windows has 200, "
			     "of which %s is taken",
			     most, quote(&quoted, ETW_NAME_PREFIX));
}

static void check_buffers(const struct mapping *session, const struct etw_buffers_config *buffers,
			  const struct report *report)
{
	if (buffers->min && buffers->max && buffers->min > buffers->max)
		report_error(report, mapping_place(session, "buffers"),
			     "max must be min (%" PRIu64 ") or more, not %" PRIu64, buffers->min,
			     buffers->max);
}

void etw_reader_read(const struct mapping *session, const char *name, struct etw_config *into,
		     const struct report *report)
{
	const struct yaml_node *providers = mapping_value(session, "providers");
	const struct yaml_node *words = mapping_value(session, "flags");

	/* Its name is everybody's: who is there already need not be an earlier run. */
	if (into->kind == ETW_KERNEL && !has(session, "on_exists"))
		into->on_exists = ON_EXISTS_FAIL;
	check_kind(session, into->kind, report);
	check_session_name(session, name, into->kind, report);
	check_buffers(session, &into->buffers, report);
	if (providers)
		read_providers(providers, into, report);
	if (words)
		read_words(words, "flags", etw_flag_words, &into->flags, report);
}
