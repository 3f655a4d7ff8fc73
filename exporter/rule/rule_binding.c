#include "exporter/rule/rule_binding_private.h"

#include <stdlib.h>

void rule_binding_free(struct rule_binding *binding)
{
	if (!binding)
		return;
	free(binding->by_record);
	free(binding->conditions);
	free(binding->labels);
	free(binding->exemplar);
	free(binding->keys);
	free(binding->key_forms);
	series_cache_done(&binding->own_cache);
	aligned_free(binding);
}

/* False: no match takes events of this type, or no memory. */
static bool find_matches(struct rule_binding *binding, const struct match_config *matches,
			 size_t count, const struct schema *schema, bool *no_memory)
{
	bool all = false;
	size_t i;

	binding->by_record = calloc(count + 1, sizeof(*binding->by_record));
	*no_memory = !binding->by_record;
	for (i = 0; binding->by_record && i < count; i++) {
		if (!match_type(&matches[i], binding->type, schema))
			continue;
		if (!match_rest(&matches[i], schema,
				&binding->by_record[binding->by_record_count++]))
			all = true;
	}
	if (!binding->by_record_count)
		return false;
	if (all) {
		free(binding->by_record);
		binding->by_record = NULL;
	}
	return true;
}

static bool find_field(struct rule_binding *binding, const char *path, enum label_state state,
		       const struct schema *schema, struct rule_field *field)
{
	if (!rule_field_find(path, state, schema, binding->extraction, field))
		return false;
	if (field->kind == RULE_FIELD_NONE && !binding->extraction)
		binding->lacks_schema = true;
	return true;
}

static bool find_conditions(struct rule_binding *binding, const struct schema *schema)
{
	const struct condition *where = binding->rule->where;
	size_t count = condition_leaf_count(where), i;

	binding->conditions = calloc(count + 1, sizeof(*binding->conditions));
	if (!binding->conditions)
		return false;
	for (i = 0; binding->side == SIDE_END && i < count; i++) {
		if (!find_field(binding, condition_leaf(where, i)->path,
				condition_leaf_state(where, i), schema, &binding->conditions[i]))
			return false;
		if (binding->conditions[i].kind == RULE_FIELD_PAYLOAD)
			binding->where_has_payload = true;
	}
	binding->where_lacks_schema = binding->lacks_schema;
	return true;
}

static bool find_labels(struct rule_binding *binding, const struct schema *schema)
{
	const struct rule_config *config = binding->rule->config;
	size_t i;

	binding->labels = calloc(config->label_count + 1, sizeof(*binding->labels));
	if (!binding->labels)
		return false;
	for (i = 0; i < config->label_count; i++) {
		struct rule_label_field *label = &binding->labels[i];

		label->is_ours = config->labels[i].field.side == binding->side;
		if (!label->is_ours)
			continue;
		if (!find_field(binding, config->labels[i].field.path,
				label_state(binding->rule->labels[i]), schema, &label->field))
			return false;
		label->form = rule_key_form(&label->field, binding->extraction);
	}
	return true;
}

static bool find_exemplar(struct rule_binding *binding, const struct schema *schema)
{
	const struct rule_config *config = binding->rule->config;
	size_t i;

	if (!config->exemplar_count || binding->side == SIDE_START)
		return true;
	binding->exemplar = calloc(config->exemplar_count, sizeof(*binding->exemplar));
	binding->has_exemplar = binding->exemplar;
	if (!binding->exemplar)
		return false;
	for (i = 0; i < config->exemplar_count; i++)
		if (!rule_field_find(config->exemplar[i].field.path,
				     label_state(binding->rule->exemplar[i]), schema,
				     binding->extraction, &binding->exemplar[i].field))
			return false;
	return true;
}

static bool find_pair_key(struct rule_binding *binding, const struct schema *schema)
{
	const struct pair_config *pair = &binding->rule->config->pair;
	size_t i;

	binding->keys = calloc(pair->key_count + 1, sizeof(*binding->keys));
	binding->key_forms = calloc(pair->key_count + 1, sizeof(*binding->key_forms));
	if (!binding->keys || !binding->key_forms)
		return false;
	for (i = 0; i < pair->key_count; i++) {
		const char *path =
			binding->side == SIDE_START ? pair->keys[i].start : pair->keys[i].end;

		if (!find_field(binding, path, LABEL_PURE, schema, &binding->keys[i]))
			return false;
		binding->key_forms[i] = rule_key_form(&binding->keys[i], binding->extraction);
		if (binding->keys[i].kind == RULE_FIELD_HEADER &&
		    binding->key_forms[i] == KEY_FORM_NOTHING)
			binding->key_forms[i] = KEY_FORM_BYTES;
	}
	return true;
}

static bool find_value(struct rule_binding *binding, const struct schema *schema)
{
	const struct field_config *value = &binding->rule->config->value;

	binding->has_value = value->path && value->side == binding->side;
	return !binding->has_value ||
	       find_field(binding, value->path, LABEL_PURE, schema, &binding->value);
}

static bool find_fields(struct rule_binding *binding, const struct schema *schema)
{
	return find_conditions(binding, schema) && find_labels(binding, schema) &&
	       find_pair_key(binding, schema) && find_value(binding, schema) &&
	       find_exemplar(binding, schema);
}

struct rule_binding *rule_binding_new(struct rule *rule, enum rule_side side,
				      const struct event_type *type, const struct schema *schema,
				      struct extraction *extraction, bool *no_memory)
{
	const struct rule_config *config = rule->config;
	struct rule_binding *binding =
		aligned_zeros(sizeof(*binding) + (config->label_count + config->pair.key_count) *
							 sizeof(struct key_part));
	bool is_start = side == SIDE_START;

	*no_memory = !binding;
	if (!binding)
		return NULL;
	binding->rule = rule;
	binding->type = type;
	binding->side = side;
	binding->extraction = extraction;
	binding->cache = &binding->own_cache;
	binding->classic = schema && schema->has_variants;
	binding->only_counts = rule_only_counts(config);
	key_parts_init(&binding->label_parts, binding->parts);
	key_parts_init(&binding->pair_parts, binding->parts + config->label_count);
	if (find_matches(binding, is_start ? config->pair.starts : config->matches,
			 is_start ? config->pair.start_count : config->match_count, schema,
			 no_memory)) {
		if (find_fields(binding, schema))
			return binding;
		*no_memory = true;
	}
	rule_binding_free(binding);
	return NULL;
}

/* A label that is the same in all events of the type is no part, unless none of them has it. */
void rule_binding_make_parts(struct rule_binding *binding)
{
	const struct rule_config *config = binding->rule->config;
	const struct extraction *extraction = binding->extraction;
	size_t i;

	for (i = 0; i < config->label_count; i++) {
		const struct rule_label_field *label = &binding->labels[i];

		if (label->is_ours &&
		    (label->form != KEY_FORM_NOTHING || label->field.kind == RULE_FIELD_NONE))
			key_parts_add(&binding->label_parts, &label->field, label->form, i,
				      extraction);
	}
	for (i = 0; i < config->pair.key_count; i++)
		key_parts_add(&binding->pair_parts, &binding->keys[i], binding->key_forms[i], i,
			      extraction);
	binding->has_parts = true;
}

static bool is_plain(const struct rule_binding *binding)
{
	const struct rule *rule = binding->rule;

	return binding->only_counts && !rule->pairs && !rule->config->where.child_count &&
	       !binding->by_record && binding->label_parts.numbers &&
	       binding->label_parts.count <= RULE_PLAIN_MAX;
}

bool rule_binding_set_direct(struct rule_binding *binding)
{
	if (binding->where_has_payload || binding->value.kind == RULE_FIELD_PAYLOAD ||
	    binding->has_exemplar)
		return false;
	if (!binding->has_parts)
		rule_binding_make_parts(binding);
	binding->is_plain = is_plain(binding);
	return key_parts_set_direct(&binding->label_parts, binding->extraction) &&
	       key_parts_set_direct(&binding->pair_parts, binding->extraction);
}
