#include "config/pair_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/field_path.h"
#include "config/mapping.h"
#include "config/match_reader.h"

static char *copy(const char *text, const struct report *report)
{
	char *made = strdup(text);

	if (!made)
		report_out_of_memory(report);
	return made;
}

static void read_key(const struct yaml_node *node, struct pair_key *key,
		     const struct report *report)
{
	struct mapping mapping;

	key->place = node->place;
	if (node->kind == YAML_MAPPING) {
		mapping_open(&mapping, &pair_key_keys, node, report);
		mapping_read(&mapping, key, report);
	} else if (field_path_check(node, "key", report)) {
		key->start = copy(node->text, report);
		key->end = copy(node->text, report);
	}
}

static void read_keys(const struct yaml_node *node, struct pair_config *pair,
		      const struct report *report)
{
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 1;

	if (!count || count > RULE_KEYS_MAX) {
		report_error(report, node->place, "key must have from 1 to %d entries, not %zu",
			     RULE_KEYS_MAX, count);
		return;
	}
	pair->keys = calloc(count, sizeof(*pair->keys));
	if (!pair->keys) {
		report_out_of_memory(report);
		return;
	}
	for (node = node->kind == YAML_LIST ? node->first : node; pair->key_count < count;
	     node = node->next)
		read_key(node, &pair->keys[pair->key_count++], report);
}

static void read_starts(const struct yaml_node *node, struct rule_config *rule,
			const struct report *report)
{
	struct match_list ends = {rule->matches, rule->match_count};
	struct match_list starts = match_reader_read(node, "start", false, report);

	match_reader_inherit_providers(&starts, &ends, report);
	rule->pair.starts = starts.list;
	rule->pair.start_count = starts.count;
}

void pair_reader_read(const struct yaml_node *node, struct rule_config *rule,
		      const struct report *report)
{
	const struct yaml_node *start, *key;
	struct mapping mapping;

	rule->pair.place = node->place;
	mapping_open(&mapping, &pair_keys, node, report);
	mapping_read(&mapping, &rule->pair, report);
	start = mapping_value(&mapping, "start");
	key = mapping_value(&mapping, "key");
	if (start)
		read_starts(start, rule, report);
	if (key)
		read_keys(key, &rule->pair, report);
}
