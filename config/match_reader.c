#include "config/match_reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/mapping.h"
#include "config/provider_terms.h"
#include "config/scalar_reader.h"

/* Providers that one match may have from another, so that copies do not grow without limit. */
#define INHERITED_MAX 16

static void check_provider(const struct scalar_config *provider, const struct report *report)
{
	struct quoted quoted;

	if (provider_term_is_like_guid(provider->text) && !provider_term_is_guid(provider->text))
		report_error(report, provider->place,
			     "provider must be a name, a glob or a GUID such as "
			     "{22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716}, not %s",
			     quote(&quoted, provider->text));
}

/* Numbers up to `high`; what is no number is a name, where that may be. */
static void check_number(const struct scalar_config *scalar, const char *key, uint64_t high,
			 bool names, const struct report *report)
{
	struct quoted quoted;

	if (!scalar->is_number && names)
		return;
	if (scalar->is_integer && !scalar->negative && scalar->magnitude <= high)
		return;
	report_error(report, scalar->place,
		     "%s must be a whole number from 0 to %" PRIu64 "%s, not %s", key, high,
		     names ? ", or a name" : " without quotes", quote(&quoted, scalar->text));
}

static void check_level(const struct scalar_config *level, const struct report *report)
{
	unsigned int number;

	provider_term_level(level, &number, report);
}

static void check_keyword(const struct scalar_config *keyword, const struct report *report)
{
	struct quoted quoted;

	if (!keyword->is_number ||
	    (keyword->is_integer && !keyword->negative && keyword->magnitude))
		return;
	report_error(report, keyword->place,
		     "keyword must be a mask of at least one bit such as 0x10, or a name, not %s",
		     quote(&quoted, keyword->text));
}

static void check(const struct match_config *match, const struct report *report)
{
	size_t i;

	for (i = 0; i < match->providers.count; i++)
		check_provider(&match->providers.list[i], report);
	for (i = 0; i < match->ids.count; i++)
		check_number(&match->ids.list[i], "id", 65535, false, report);
	for (i = 0; i < match->opcodes.count; i++)
		check_number(&match->opcodes.list[i], "opcode", 255, true, report);
	for (i = 0; i < match->tasks.count; i++)
		check_number(&match->tasks.list[i], "task", 65535, true, report);
	for (i = 0; i < match->levels.count; i++)
		check_level(&match->levels.list[i], report);
	for (i = 0; i < match->keywords.count; i++)
		check_keyword(&match->keywords.list[i], report);
}

static void read_match(const struct yaml_node *node, struct match_config *match, bool provider,
		       const struct report *report)
{
	struct mapping mapping;

	match->place = node->place;
	mapping_open(&mapping, &match_keys, node, report);
	mapping_read(&mapping, match, report);
	if (provider && node->kind == YAML_MAPPING && !mapping_value(&mapping, "provider"))
		report_error(report, node->place, "a match needs the key \"provider\"");
	check(match, report);
}

struct match_list match_reader_read(const struct yaml_node *node, const char *key, bool provider,
				    const struct report *report)
{
	struct match_list matches = {NULL, 0};
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 1;

	if (!count || count > MATCHES_MAX) {
		report_error(report, node->place, "%s must have from 1 to %d entries, not %zu", key,
			     MATCHES_MAX, count);
		return matches;
	}
	matches.list = calloc(count, sizeof(*matches.list));
	if (!matches.list) {
		report_out_of_memory(report);
		return matches;
	}
	for (node = node->kind == YAML_LIST ? node->first : node; matches.count < count;
	     node = node->next)
		read_match(node, &matches.list[matches.count++], provider, report);
	return matches;
}

/* The providers of `from` for one match. */
static void inherit(struct match_config *match, const struct match_list *from, size_t count,
		    const struct report *report)
{
	size_t i;

	if (match->providers.list)
		return;
	if (count > INHERITED_MAX) {
		report_error(report, match->place,
			     "a start needs the key \"provider\" where its rule's match has more "
			     "than %d providers",
			     INHERITED_MAX);
		return;
	}
	for (i = 0; i < from->count; i++)
		if (scalar_list_append(&match->providers, &from->list[i].providers))
			report_out_of_memory(report);
}

void match_reader_inherit_providers(const struct match_list *matches, const struct match_list *from,
				    const struct report *report)
{
	size_t i, count = 0;

	for (i = 0; i < from->count; i++)
		count += from->list[i].providers.count;
	for (i = 0; i < matches->count; i++)
		inherit(&matches->list[i], from, count, report);
}
