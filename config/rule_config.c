#include "config/rule_config.h"

#include <stdlib.h>

#include "config/scalar_reader.h"

static void match_done(struct match_config *match)
{
	scalar_list_done(&match->providers);
	scalar_list_done(&match->ids);
	scalar_list_done(&match->opcodes);
	scalar_list_done(&match->names);
	scalar_list_done(&match->tasks);
	scalar_list_done(&match->levels);
	scalar_list_done(&match->keywords);
}

static void matches_done(struct match_config *matches, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		match_done(&matches[i]);
	free(matches);
}

static void field_done(struct field_config *field)
{
	size_t i;

	for (i = 0; i < field->functions.count; i++) {
		struct function_config *function = &field->functions.list[i];

		free(function->name);
		free(function->argument.text);
		free(function->match);
		free(function->replace);
	}
	free(field->functions.list);
	free(field->path);
}

/* As deep as the file's lists and mappings are, which has a limit. */
static void condition_done(struct condition_config *condition)
{
	size_t i;

	for (i = 0; i < condition->child_count; i++)
		condition_done(&condition->children[i]);
	free(condition->children);
	field_done(&condition->field);
	scalar_list_done(&condition->operands);
}

static void label_done(struct label_config *label)
{
	size_t i;

	for (i = 0; i < label->map_count; i++) {
		free(label->map[i].from.text);
		free(label->map[i].to);
	}
	free(label->map);
	free(label->map_name);
	free(label->otherwise);
	field_done(&label->field);
	free(label->name);
}

static void pair_done(struct pair_config *pair)
{
	size_t i;

	matches_done(pair->starts, pair->start_count);
	for (i = 0; i < pair->key_count; i++) {
		free(pair->keys[i].start);
		free(pair->keys[i].end);
	}
	free(pair->keys);
}

void rule_config_drop_exemplar(struct rule_config *rule)
{
	size_t i;

	for (i = 0; i < rule->exemplar_count; i++)
		label_done(&rule->exemplar[i]);
	free(rule->exemplar);
	rule->exemplar = NULL;
	rule->exemplar_count = 0;
}

void rule_config_done(struct rule_config *rule)
{
	size_t i;

	free(rule->said);
	free(rule->name);
	free(rule->help);
	scalar_list_done(&rule->sessions);
	matches_done(rule->matches, rule->match_count);
	condition_done(&rule->where);
	pair_done(&rule->pair);
	field_done(&rule->value);
	free(rule->buckets.bounds);
	for (i = 0; i < rule->label_count; i++)
		label_done(&rule->labels[i]);
	free(rule->labels);
	rule_config_drop_exemplar(rule);
}
