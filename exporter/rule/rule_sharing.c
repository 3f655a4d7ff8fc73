#include "exporter/rule/rule_sharing.h"

/* All that a value's text may depend on, but for its bytes. */
static bool same_fields(const struct field *a, const struct field *b)
{
	return a->type == b->type && a->out == b->out && a->map == b->map &&
	       a->length_kind == b->length_kind && a->count_kind == b->count_kind &&
	       a->length == b->length && a->count == b->count;
}

static const struct value *template_of(const struct rule_binding *binding,
				       const struct rule_field *field)
{
	return extraction_template(binding->extraction, field->slot);
}

static bool same_payload(const struct rule_binding *a, const struct rule_field *field,
			 const struct rule_binding *b, const struct rule_field *other)
{
	const struct value *value = template_of(a, field), *other_value = template_of(b, other);

	return value->type == other_value->type && same_fields(value->field, other_value->field);
}

static bool same_label(const struct rule_binding *a, const struct rule_binding *b, size_t label)
{
	const struct rule_label_field *x = &a->labels[label], *y = &b->labels[label];

	if (x->is_ours != y->is_ours || !x->is_ours)
		return x->is_ours == y->is_ours;
	if (x->form != y->form || x->map != y->map || x->field.kind != y->field.kind ||
	    x->field.state != y->field.state)
		return false;
	switch (x->field.kind) {
	case RULE_FIELD_NONE:
		return true;
	case RULE_FIELD_HEADER:
		/* What is the same in all events of a type is not in the key. */
		return x->field.header == y->field.header &&
		       (x->form != KEY_FORM_NOTHING || x->field.header == HEADER_SESSION);
	default:
		return same_payload(a, &x->field, b, &y->field);
	}
}

static bool mean_the_same(const struct rule_binding *a, const struct rule_binding *b)
{
	size_t count = a->rule->config->label_count, i;

	if (a->classic != b->classic)
		return false;
	for (i = 0; i < count; i++)
		if (!same_label(a, b, i))
			return false;
	return true;
}

void rule_sharing_join(struct rule_binding *binding, uint64_t *next_id)
{
	struct rule_shared *shared = &binding->rule->shared[binding->side];
	size_t i;

	for (i = 0; i < shared->count; i++) {
		if (!mean_the_same(binding, shared->bindings[i]))
			continue;
		binding->id = shared->bindings[i]->id;
		binding->cache = &shared->bindings[i]->own_cache;
		return;
	}
	binding->id = (*next_id)++;
	if (shared->count < RULE_SHARED_MAX)
		shared->bindings[shared->count++] = binding;
}
