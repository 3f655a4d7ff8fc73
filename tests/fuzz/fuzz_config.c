/*
 * Any bytes as a configuration: no crash, and either a complete configuration or reasons why not,
 * which can be printed. Looks at nothing on disk.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_text(const char *text)
{
	size_t length = 0;
	uint32_t code;

	require(*text);
	for (; text[length]; length++)
		;
	while (length) {
		size_t bytes = utf8_next(text, length, &code);

		require(bytes && !utf8_is_control(code));
		text += bytes;
		length -= bytes;
	}
}

static void check_problems(const struct problems *problems)
{
	size_t i;

	require(problems->count <= 2 * PROBLEMS_MAX);
	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];
		const struct problem *before = i ? problem - 1 : problem;

		check_text(problem->text);
		require(before->line < problem->line ||
			(before->line == problem->line && before->column <= problem->column));
		require(!problem->line == !problem->column);
	}
}

static void check_scalars(const struct scalar_list *scalars)
{
	size_t i;

	require(!scalars->list == !scalars->count);
	for (i = 0; i < scalars->count; i++) {
		const struct scalar_config *scalar = &scalars->list[i];

		require(scalar->text && scalar->place.line);
		require(scalar->is_number || !scalar->is_integer);
		require(isfinite(scalar->number));
		if (scalar->is_integer)
			require(fabs(scalar->number) == (double)scalar->magnitude);
		require(scalar->negative == (scalar->number < 0));
	}
}

static void check_field(const struct field_config *field, const struct rule_config *rule)
{
	size_t i;

	require(*field->path);
	require(field->side == SIDE_END || rule->pair.start_count);
	for (i = 0; i < field->functions.count; i++) {
		const struct function_config *function = &field->functions.list[i];

		require(*function->name);
		require(!function->match == !function->replace);
		require(!function->match || !function->argument.text);
	}
}

static void check_match(const struct match_config *match)
{
	require(match->providers.count > 0);
	check_scalars(&match->providers);
	check_scalars(&match->ids);
	check_scalars(&match->opcodes);
	check_scalars(&match->names);
	check_scalars(&match->tasks);
	check_scalars(&match->levels);
	check_scalars(&match->keywords);
}

static void check_operands(const struct condition_config *condition)
{
	const struct scalar_config *first = condition->operands.list;

	require(first);
	check_scalars(&condition->operands);
	if (condition->kind > CONDITION_NE)
		require(condition->operands.count == 1);
	if (condition->kind >= CONDITION_LT && condition->kind <= CONDITION_GE)
		require(first->is_number);
	if (condition->kind == CONDITION_MASK)
		require(first->is_integer && !first->negative && first->magnitude);
	if (condition->kind == CONDITION_EXISTS)
		require(strcmp(first->text, "true") == 0 || strcmp(first->text, "false") == 0);
}

static void check_condition(const struct condition_config *condition,
			    const struct rule_config *rule)
{
	size_t i;

	if (condition->kind > CONDITION_NOT) {
		require(!condition->child_count);
		check_field(&condition->field, rule);
		check_operands(condition);
		return;
	}
	require(condition->child_count || condition == &rule->where);
	require(!condition->field.path && !condition->operands.count);
	for (i = 0; i < condition->child_count; i++)
		check_condition(&condition->children[i], rule);
}

static void check_pair(const struct pair_config *pair)
{
	size_t i;

	require(!pair->start_count == !pair->key_count && pair->key_count <= RULE_KEYS_MAX);
	for (i = 0; i < pair->start_count; i++)
		check_match(&pair->starts[i]);
	for (i = 0; i < pair->key_count; i++)
		require(*pair->keys[i].start && *pair->keys[i].end);
	require(!pair->start_count || (pair->timeout_ns && pair->limit));
}

static void check_native(const struct buckets_config *buckets)
{
	const struct native_config *native = &buckets->native;

	require(native->factor > 1 && isfinite(native->factor));
	require(native->max >= NATIVE_BUCKETS_LEAST && native->max <= 1024);
	require(!native->negative || native->max >= 2 * NATIVE_BUCKETS_LEAST);
	require(native->negative || !buckets->count || buckets->bounds[0] >= 0);
	require(native->zero_threshold == 0 || native->zero_threshold >= 0x1p-128);
}

static void check_buckets(const struct rule_config *rule)
{
	const struct buckets_config *buckets = &rule->buckets;
	size_t i;

	require(buckets->count <= BUCKETS_MAX);
	require((rule->type == RULE_HISTOGRAM) == (buckets->count > 0 || buckets->has_native));
	if (buckets->has_native)
		check_native(buckets);
	for (i = 0; i < buckets->count; i++)
		require(isfinite(buckets->bounds[i]) &&
			(!i || buckets->bounds[i - 1] < buckets->bounds[i]));
}

static void check_label(const struct label_config *label, const struct rule_config *rule)
{
	size_t i;

	check_text(label->name);
	check_field(&label->field, rule);
	require(!label->map_name || !label->map);
	for (i = 0; i < label->map_count; i++)
		require(label->map[i].from.text && label->map[i].to);
}

static void check_rule(const struct rule_config *rule)
{
	size_t i;

	check_text(rule->name);
	require(rule->help && rule->file && rule->place.line && rule->name_place.line);
	require(rule->match_count > 0 && rule->label_count <= RULE_LABELS_MAX);
	check_scalars(&rule->sessions);
	for (i = 0; i < rule->match_count; i++)
		check_match(&rule->matches[i]);
	require(rule->where.kind == CONDITION_ALL);
	check_condition(&rule->where, rule);
	check_pair(&rule->pair);
	if (rule->value.path)
		check_field(&rule->value, rule);
	require(rule->scale > 0 && isfinite(rule->scale));
	check_buckets(rule);
	for (i = 0; i < rule->label_count; i++)
		check_label(&rule->labels[i], rule);
	require(rule->exemplar_count <= RULE_EXEMPLAR_MAX);
	require(!rule->exemplar_count || rule->type != RULE_GAUGE);
	for (i = 0; i < rule->exemplar_count; i++) {
		check_label(&rule->exemplar[i], rule);
		require(rule->exemplar[i].field.side == SIDE_END);
	}
}

static void check_config(const struct config *config)
{
	size_t i, j;

	require(config->rule_count <= RULES_MAX && !config->included_count);
	for (i = 0; i < config->rule_count; i++)
		check_rule(&config->rules[i]);
	require(config->session_count && config->limits.series && config->limits.label_bytes);
	for (i = 0; i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];

		check_text(session->name);
		check_text(session->source);
		require(session->queue_bytes);
		require(!session->path_count == (strcmp(session->source, "etl") != 0));
		require(!session->path_count || session->poll_ns);
		for (j = 0; j < session->path_count; j++)
			require(*session->paths[j]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems;
	struct config *config;

	problems_init(&problems);
	config = config_parse_text("fuzz", (const char *)data, size, &problems);
	require(!config == (problems.errors > 0));
	check_problems(&problems);
	if (config)
		check_config(config);
	config_free(config);
	problems_done(&problems);
	return 0;
}
