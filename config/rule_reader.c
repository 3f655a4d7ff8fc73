#include "config/rule_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/buckets_reader.h"
#include "config/condition_reader.h"
#include "config/field_path.h"
#include "config/label_reader.h"
#include "config/mapping.h"
#include "config/match_reader.h"
#include "config/pair_reader.h"
#include "config/rule_names.h"
#include "config/yaml_said.h"

static void read_value_field(const struct yaml_node *node, struct rule_config *rule,
			     const struct report *report)
{
	if (!field_path_check_short(node, "value", report))
		return;
	rule->value.path = strdup(node->text);
	if (!rule->value.path)
		report_out_of_memory(report);
}

static void read_value_mapping(const struct yaml_node *node, struct rule_config *rule,
			       const struct report *report)
{
	struct mapping mapping;

	mapping_open(&mapping, &value_keys, node, report);
	mapping_read(&mapping, rule, report);
	if (!(rule->scale > 0))
		report_error(report, mapping_place(&mapping, "scale"), "scale must be over 0");
	if (rule->value.side == SIDE_START && !rule->pair.place.line)
		report_error(report, mapping_place(&mapping, "from"),
			     "from: start needs a pair: there is only one event otherwise");
}

/* The path of a field alone, or a mapping. */
static void read_value(const struct yaml_node *node, struct rule_config *rule,
		       const struct report *report)
{
	rule->value.place = node->place;
	if (node->kind == YAML_MAPPING)
		read_value_mapping(node, rule, report);
	else
		read_value_field(node, rule, report);
}

static void read_matches(const struct yaml_node *node, struct rule_config *rule,
			 const struct report *report)
{
	struct match_list matches = match_reader_read(node, "match", true, report);
	rule->matches = matches.list;
	rule->match_count = matches.count;
}

static void check_buckets(const struct mapping *mapping, const struct yaml_node *node,
			  const struct rule_config *rule, const struct report *report)
{
	const struct yaml_node *buckets = mapping_value(mapping, "buckets");

	if (!mapping_value(mapping, "type"))
		return;
	if (rule->type == RULE_HISTOGRAM && !buckets)
		report_error(report, node->place,
			     "a histogram needs the key \"buckets\", such as {exponential: {start: "
			     "0.000001, factor: 2, count: 26}} or a list of bounds");
	else if (rule->type != RULE_HISTOGRAM && buckets)
		report_error(report, buckets->place, "buckets are for a histogram; a %s has none",
			     rule->type == RULE_GAUGE ? "gauge" : "counter");
}

/* A gauge whose series expire says by being there that the processes in its labels live. */
static bool says_little(const struct rule_config *rule)
{
	if (rule->value.place.line || rule->pair.place.line)
		return false;
	return rule->type == RULE_HISTOGRAM || (rule->type == RULE_GAUGE && !rule->expire_ns);
}

static void warn(const struct rule_config *rule, const struct report *report)
{
	if (!*rule->help)
		report_warning(report, rule->name_place,
			       "the metric has no help; say in a sentence what it counts");
	if (says_little(rule))
		report_warning(report, rule->place,
			       "a %s without value and pair %s 1 for each event",
			       rule->type == RULE_GAUGE ? "gauge" : "histogram",
			       rule->type == RULE_GAUGE ? "is" : "observes");
}

static void report_clash(const struct rule_config *rule, const struct rule_config *other,
			 const struct report *report)
{
	struct quoted quoted, others;

	quote(&quoted, rule->name);
	if (strcmp(rule->name, other->name) == 0)
		report_error(
			report, rule->name_place,
			"two rules have the name %s, the first in %s, line %zu; each needs its "
			"own",
			quoted.text, other->file, other->name_place.line);
	else
		report_error(report, rule->name_place,
			     "%s and %s in %s, line %zu, are one metric but for _total; take "
			     "another name",
			     quoted.text, quote(&others, other->name), other->file,
			     other->name_place.line);
}

static bool is_twice(const struct config *config, const struct rule_config *rule,
		     const struct report *report)
{
	size_t i;

	for (i = 0; &config->rules[i] < rule; i++) {
		const struct rule_config *other = &config->rules[i];

		if (!other->name || !rule_names_clash(other->name, rule->name))
			continue;
		report_clash(rule, other, report);
		return true;
	}
	return false;
}

static void check_name(const struct config *config, const struct rule_config *rule,
		       const struct mapping *mapping, const struct report *report)
{
	if (rule->name && mapping_value(mapping, "type") && !is_twice(config, rule, report))
		rule_names_check(rule, report);
}

/* In this order: a pair has its rule's providers, labels and value may be from its start. */
static void read_parts(const struct mapping *mapping, struct rule_config *rule,
		       const struct report *report)
{
	static const struct {
		const char *key;
		void (*read)(const struct yaml_node *node, struct rule_config *rule,
			     const struct report *report);
	} parts[] = {
		{"match", read_matches},
		{"pair", pair_reader_read},
		{"value", read_value},
		{"labels", label_reader_read},
		{"exemplar", label_reader_read_exemplar},
	};
	const struct yaml_node *node;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		node = mapping_value(mapping, parts[i].key);
		if (node)
			parts[i].read(node, rule, report);
	}
	node = mapping_value(mapping, "where");
	if (node)
		condition_reader_read(node, &rule->where, report);
	node = mapping_value(mapping, "buckets");
	if (node)
		buckets_reader_read(node, &rule->buckets, report);
}

static void read_rule(const struct config *config, const struct yaml_node *node,
		      struct rule_config *rule, const struct report *report)
{
	size_t errors = report->problems->errors;
	struct mapping mapping;

	rule->place = node->place;
	rule->said = yaml_said(node);
	if (!rule->said)
		report_out_of_memory(report);
	rule->scale = 1;
	mapping_open(&mapping, &rule_keys, node, report);
	mapping_read(&mapping, rule, report);
	rule->name_place = mapping_place(&mapping, "name");
	rule->where.place = mapping_place(&mapping, "where");
	check_name(config, rule, &mapping, report);
	check_buckets(&mapping, node, rule, report);
	read_parts(&mapping, rule, report);
	rule->is_wrong = report->problems->errors != errors;
	if (!rule->is_wrong)
		warn(rule, report);
}

static void read_rules(struct config *config, const char *file, const struct yaml_node *first,
		       size_t count, const struct report *report)
{
	struct rule_config *rules;

	rules = realloc(config->rules, (config->rule_count + count) * sizeof(*rules));
	if (!rules) {
		report_out_of_memory(report);
		return;
	}
	config->rules = rules;
	for (; first; first = first->next) {
		struct rule_config *rule = &rules[config->rule_count++];

		*rule = (struct rule_config){.file = file};
		read_rule(config, first, rule, report);
	}
}

void rule_reader_read(struct config *config, const char *file, const struct yaml_node *list,
		      const struct report *report)
{
	size_t count = yaml_count(list);
	struct quoted quoted;

	if (list->kind != YAML_LIST)
		report_error(report, list->place,
			     "metrics must be a list, each rule beginning with \"- name:\", not %s",
			     yaml_describe(list, &quoted));
	else if (count > RULES_MAX - config->rule_count)
		report_error(report, list->place,
			     "there can be %d rules, over all files; with these %zu there are %zu",
			     RULES_MAX, count, config->rule_count + count);
	else if (count)
		read_rules(config, file, list->first, count, report);
}
