#include "exporter/decoder/manifest_schema.h"

#include <stdlib.h>
#include <string.h>

#include "config/fnv.h"
#include "exporter/decoder/corrections.h"
#include "exporter/decoder/manifest_types.h"

#define IPV6_BYTES 16

struct making {
	const struct manifest_scope *scope;
	struct manifest_problems *problems;
	struct schema_builder *builder;
	const char *event; /* its number */
	size_t bytes;
	uint16_t count; /* of fields so far, whose handles are their indices here */
	struct made {
		uint64_t hash; /* of the name */
		const char *name;
		uint16_t parent;
	} made[SCHEMA_FIELDS_MAX];
};

/* Dumps of registered manifests take blanks out of the names of fields, not out of references. */
static bool is_same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == ' ')
			a++;
		while (*b == ' ')
			b++;
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

/* Without the blanks. */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = FNV_BEGIN;

	for (; *name; name++)
		if (*name != ' ')
			hash = fnv_byte(hash, (unsigned char)*name);
	return hash;
}

/* By the hash first: names may be many, long and alike. */
static bool find_made(const struct making *making, const char *name, uint64_t hash, uint16_t parent,
		      uint16_t *handle)
{
	const struct made *made;
	uint16_t i;

	for (i = making->count; i-- > 0;) {
		made = &making->made[i];
		if (made->hash != hash || made->parent != parent || !is_same_name(made->name, name))
			continue;
		*handle = i;
		return true;
	}
	return parent != SCHEMA_TOP &&
	       find_made(making, name, hash, making->made[parent].parent, handle);
}

/* A field of this level, or one around it, that stands before. */
static bool find_field(const struct making *making, const char *name, uint16_t parent,
		       uint16_t *handle)
{
	return find_made(making, name, hash_name(name), parent, handle);
}

/* A length or a count: a number, or the name of a field before. */
static bool read_extent(struct making *making, const struct manifest_node *node,
			enum manifest_attribute attribute, uint16_t parent, uint16_t *extent,
			bool *by_field)
{
	const char *text = manifest_attribute(node, attribute);
	uint32_t number;

	*by_field = !manifest_number(text, UINT16_MAX, &number);
	if (!*by_field)
		*extent = (uint16_t)number;
	if (!*by_field || find_field(making, text, parent, extent))
		return true;
	manifest_problem(making->problems, node->line, node->column,
			 "event %s: no number up to 65535 and no field before it is \"%.*s\"",
			 making->event, manifest_shown(text), text);
	return false;
}

static bool has_units(const struct field *field)
{
	return field->type == VALUE_UTF16 || field->type == VALUE_ANSI ||
	       field->type == VALUE_BINARY;
}

/* Manifests give lengths to numbers, too, where they mean nothing. */
static bool set_length(struct making *making, const struct manifest_node *node, uint16_t parent,
		       struct field *field)
{
	bool by_field;

	if (!has_units(field) || field->length_kind != LENGTH_NATURAL)
		return true;
	/* TDH's own rule, for manifests that leave it out. */
	if (field->type == VALUE_BINARY && field->out == OUT_IPV6) {
		field->length_kind = LENGTH_FIXED;
		field->length = IPV6_BYTES;
	}
	if (!manifest_attribute(node, ATTRIBUTE_LENGTH))
		return true;
	if (!read_extent(making, node, ATTRIBUTE_LENGTH, parent, &field->length, &by_field))
		return false;
	if (by_field)
		field->length_kind = LENGTH_FIELD;
	else if (field->length)
		field->length_kind = LENGTH_FIXED;
	return true;
}

/* As the message compiler reads them: a count of 0 is none, and one of 1 makes an array. */
static bool set_count(struct making *making, const struct manifest_node *node, uint16_t parent,
		      struct field *field)
{
	bool by_field;

	if (!manifest_attribute(node, ATTRIBUTE_COUNT))
		return true;
	if (!read_extent(making, node, ATTRIBUTE_COUNT, parent, &field->count, &by_field))
		return false;
	if (by_field)
		field->count_kind = COUNT_FIELD;
	else if (field->count)
		field->count_kind = COUNT_FIXED;
	return true;
}

static bool set_type(struct making *making, const struct manifest_node *node, struct field *field)
{
	const char *in = manifest_attribute(node, ATTRIBUTE_IN_TYPE);
	const char *out = manifest_attribute(node, ATTRIBUTE_OUT_TYPE);
	const char *map = manifest_attribute(node, ATTRIBUTE_MAP);

	if (!in) {
		manifest_problem(making->problems, node->line, node->column,
				 "event %s: a field has no inType", making->event);
		return false;
	}
	if (!manifest_type(in, out, field)) {
		manifest_problem(making->problems, node->line, node->column,
				 "event %s: there is no inType \"%.*s\"", making->event,
				 manifest_shown(in), in);
		return false;
	}
	if (map)
		field->map = manifest_index_find(&making->scope->maps, map, strlen(map));
	return true;
}

static void correct(struct making *making, const char *name, uint16_t parent, struct field *field)
{
	const char *count = field_correct(making->scope->guid, name, field);

	if (count && find_field(making, count, parent, &field->count))
		field->count_kind = COUNT_FIELD;
}

static bool add_members(struct making *making, const struct manifest_node *node, uint16_t parent,
			unsigned int depth);

static bool add_field(struct making *making, const struct manifest_node *node, uint16_t parent,
		      const struct field *field, const char *name)
{
	if (making->count >= SCHEMA_FIELDS_MAX) {
		manifest_problem(making->problems, node->line, node->column,
				 "event %s has more than %d fields", making->event,
				 SCHEMA_FIELDS_MAX);
		return false;
	}
	making->made[making->count] = (struct made){hash_name(name), name, parent};
	schema_builder_add(making->builder, parent, field, name, strlen(name));
	making->bytes += sizeof(*field) + strlen(name) + 1;
	making->count++;
	return true;
}

static bool add_member(struct making *making, const struct manifest_node *node, uint16_t parent,
		       unsigned int depth)
{
	struct field field = {.type = VALUE_STRUCT};
	const char *name = manifest_attribute(node, ATTRIBUTE_NAME);
	uint16_t handle = making->count;
	bool is_struct = node->element == ELEMENT_STRUCT;

	if (!name) {
		manifest_problem(making->problems, node->line, node->column,
				 "event %s: a field has no name", making->event);
		return false;
	}
	if (!is_struct &&
	    (!set_type(making, node, &field) || !set_length(making, node, parent, &field)))
		return false;
	if (!set_count(making, node, parent, &field))
		return false;
	correct(making, name, parent, &field);
	return add_field(making, node, parent, &field, name) &&
	       (!is_struct || add_members(making, node, handle, depth + 1));
}

static bool add_members(struct making *making, const struct manifest_node *node, uint16_t parent,
			unsigned int depth)
{
	const struct manifest_node *member;

	if (depth >= SCHEMA_DEPTH_MAX) {
		manifest_problem(making->problems, node->line, node->column,
				 "event %s: structs are nested more than %d deep", making->event,
				 SCHEMA_DEPTH_MAX - 1);
		return false;
	}
	for (member = node->first; member; member = member->next) {
		if (member->element != ELEMENT_DATA && member->element != ELEMENT_STRUCT)
			continue;
		if (!add_member(making, member, parent, depth))
			return false;
	}
	return true;
}

static bool add_template(struct making *making, const struct manifest_node *event)
{
	const char *name = manifest_attribute(event, ATTRIBUTE_TEMPLATE);
	const struct manifest_node *template;

	if (!name)
		return true;
	template = manifest_index_find(&making->scope->templates, name, strlen(name));
	if (template)
		return add_members(making, template, SCHEMA_TOP, 0);
	manifest_problem(making->problems, event->line, event->column,
			 "event %s: there is no template \"%.*s\"", making->event,
			 manifest_shown(name), name);
	return false;
}

static void add_name(struct making *making, enum schema_name name, const char *text)
{
	if (!text)
		return;
	schema_builder_name(making->builder, name, text, strlen(text));
	making->bytes += strlen(text) + 1;
}

/* "win:A B" becomes "A,B". */
static void add_keywords(struct making *making, const struct manifest_node *event)
{
	static const char blanks[] = " \t\r\n";
	const char *list = manifest_attribute(event, ATTRIBUTE_KEYWORDS);
	const char *from, *name;
	char *joined, *to;
	size_t length;

	if (!list)
		return;
	joined = to = malloc(strlen(list) + 1);
	if (!joined)
		return;
	for (from = list; *from; from += strspn(from, blanks)) {
		length = strcspn(from, blanks);
		name = manifest_own_name(making->scope->tree, from);
		if (to != joined)
			*to++ = ',';
		memcpy(to, name, length - (size_t)(name - from));
		to += length - (size_t)(name - from);
		from += length;
	}
	*to = '\0';
	add_name(making, SCHEMA_KEYWORDS, joined);
	free(joined);
}

/*
 * Newer manifests name their events. The symbol is unique in others; in those of EventSource it is
 * a method's name, and the task is what tools call the event.
 */
static const char *event_name(const struct making *making, const struct manifest_node *event)
{
	const char *name = manifest_attribute(event, ATTRIBUTE_NAME);
	const char *symbol = manifest_attribute(event, ATTRIBUTE_SYMBOL);
	const char *task = manifest_attribute(event, ATTRIBUTE_TASK);

	if (name)
		return name;
	if (making->scope->named_by_task)
		return task ? task : symbol;
	return symbol ? symbol : task;
}

static void add_names(struct making *making, const struct manifest_node *event)
{
	const char *opcode = manifest_attribute(event, ATTRIBUTE_OPCODE);
	const char *level = manifest_attribute(event, ATTRIBUTE_LEVEL);
	const struct manifest_tree *tree = making->scope->tree;

	add_name(making, SCHEMA_PROVIDER, making->scope->provider);
	add_name(making, SCHEMA_EVENT, event_name(making, event));
	add_name(making, SCHEMA_TASK, manifest_attribute(event, ATTRIBUTE_TASK));
	add_name(making, SCHEMA_OPCODE, opcode ? manifest_own_name(tree, opcode) : "Info");
	add_name(making, SCHEMA_LEVEL, level ? manifest_own_name(tree, level) : NULL);
	add_keywords(making, event);
}

static struct schema *make(struct making *making, const struct manifest_node *event)
{
	struct schema *schema = NULL;

	making->builder = schema_builder_new(making->scope->source);
	if (making->builder) {
		add_names(making, event);
		if (!add_template(making, event)) {
			schema_builder_free(making->builder);
			return NULL;
		}
		schema = schema_builder_end(making->builder);
	}
	if (!schema)
		manifest_problem(making->problems, event->line, event->column,
				 "event %s: its names are too long, its fields contradict each "
				 "other, or memory is short",
				 making->event);
	return schema;
}

struct schema *manifest_schema_new(const struct manifest_scope *scope,
				   const struct manifest_node *event,
				   struct manifest_problems *problems, size_t *bytes)
{
	struct making making = {
		.scope = scope,
		.problems = problems,
		.event = manifest_attribute(event, ATTRIBUTE_VALUE),
		.bytes = sizeof(struct schema),
	};
	struct schema *schema = make(&making, event);

	*bytes = making.bytes;
	return schema;
}
