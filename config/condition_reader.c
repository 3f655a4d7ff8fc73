#include "config/condition_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/function_reader.h"
#include "config/mapping.h"
#include "config/scalar_reader.h"

/* What is compared, and with what. */
enum operand_kind {
	OPERAND_ANY,  /* one or a list */
	OPERAND_LIST, /* a list */
	OPERAND_NUMBER,
	OPERAND_MASK,
	OPERAND_TEXT,
	OPERAND_BOOL,
};

struct operator
{
	const char *key;
	enum condition_kind kind;
	enum operand_kind operand;
};

static const struct operator operators[] = {
	{"eq", CONDITION_EQ, OPERAND_ANY},	    {"ne", CONDITION_NE, OPERAND_ANY},
	{"lt", CONDITION_LT, OPERAND_NUMBER},	    {"le", CONDITION_LE, OPERAND_NUMBER},
	{"gt", CONDITION_GT, OPERAND_NUMBER},	    {"ge", CONDITION_GE, OPERAND_NUMBER},
	{"in", CONDITION_EQ, OPERAND_LIST},	    {"mask", CONDITION_MASK, OPERAND_MASK},
	{"glob", CONDITION_GLOB, OPERAND_TEXT},	    {"regex", CONDITION_REGEX, OPERAND_TEXT},
	{"exists", CONDITION_EXISTS, OPERAND_BOOL},
};

#define OPERATOR_COUNT (sizeof(operators) / sizeof(operators[0]))

static const struct operator groups[] = {
	{"any", CONDITION_ANY, OPERAND_LIST},
	{"all", CONDITION_ALL, OPERAND_LIST},
	{"not", CONDITION_NOT, OPERAND_ANY},
};

#define GROUP_COUNT (sizeof(groups) / sizeof(groups[0]))

static void read_parts(const struct yaml_node *node, struct condition_config *parent,
		       const struct report *report);

/* Room for `count` children more; false: no memory. */
static bool make_room(struct condition_config *parent, size_t count, const struct report *report)
{
	struct condition_config *children;

	children = realloc(parent->children, (parent->child_count + count) * sizeof(*children));
	if (!children) {
		report_out_of_memory(report);
		return false;
	}
	parent->children = children;
	return true;
}

/* There is room. */
static struct condition_config *add_child(struct condition_config *parent, enum condition_kind kind,
					  struct place place)
{
	struct condition_config *child = &parent->children[parent->child_count++];

	*child = (struct condition_config){.kind = kind, .place = place};
	return child;
}

/* A mapping of one part is that part, one of several has them all under it. */
static void read_condition(const struct yaml_node *node, struct condition_config *parent,
			   const struct report *report)
{
	struct condition_config *all = add_child(parent, CONDITION_ALL, node->place), only;

	read_parts(node, all, report);
	if (all->child_count != 1)
		return;
	only = all->children[0];
	free(all->children);
	*all = only;
}

static void read_list(const struct yaml_node *list, struct condition_config *parent,
		      const char *what, const struct report *report)
{
	const struct yaml_node *node;

	if (!list->first)
		report_error(report, list->place, "%s must have at least one condition", what);
	else if (make_room(parent, yaml_count(list), report))
		for (node = list->first; node; node = node->next)
			read_condition(node, parent, report);
}

static void read_group(const struct operator* group, const struct yaml_node *node,
		       struct condition_config *parent, const struct report *report)
{
	struct condition_config *condition = add_child(parent, group->kind, node->place);
	struct quoted quoted;

	if (node->kind == YAML_LIST)
		read_list(node, condition, group->key, report);
	else if (group->operand == OPERAND_LIST)
		report_error(report, node->place, "%s must be a list of conditions, not %s",
			     group->key, yaml_describe(node, &quoted));
	else if (make_room(condition, 1, report))
		read_condition(node, condition, report);
}

static bool is_bool(const char *text)
{
	return strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0;
}

/* What an operator wants; NULL: the operand is that. */
static const char *refusal(enum operand_kind kind, const struct yaml_node *node,
			   const struct scalar_config *operand)
{
	if (kind == OPERAND_NUMBER && !operand->is_number)
		return "a number without quotes";
	if (kind == OPERAND_MASK &&
	    (!operand->is_integer || operand->negative || !operand->magnitude))
		return "a whole number from 1 such as 0x10";
	if (kind == OPERAND_BOOL && (!node->plain || !is_bool(operand->text)))
		return "true or false";
	if (kind == OPERAND_TEXT && !*operand->text)
		return "a text of at least one byte";
	return NULL;
}

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

/* The operand of an operator that takes one. */
static void read_operand(const struct operator* operator, const struct yaml_node * node,
			 struct scalar_list *operands, const struct report *report)
{
	struct scalar_rule rule = {operator->key, 0, TEXT_BYTES_MAX};
	struct quoted quoted;
	const char *wanted;

	if (node->kind == YAML_LIST) {
		report_error(report, node->place,
			     "%s takes one value, not a list; write any: with a condition for each",
			     operator->key);
		return;
	}
	scalar_list_read(node, &rule, operands, report);
	if (!operands->count)
		return;
	wanted = refusal(operator->operand, node, operands->list);
	if (wanted)
		report_error(report, node->place, "%s must be %s, not %s", operator->key, wanted,
			     yaml_describe(node, &quoted));
	if (operator->operand == OPERAND_BOOL)
		lower(operands->list[0].text);
}

static void read_operands(const struct operator* operator, const struct yaml_node * node,
			  struct scalar_list *operands, const struct report *report)
{
	struct scalar_rule rule = {operator->key, 0, TEXT_BYTES_MAX};
	struct quoted quoted;

	if (operator->operand == OPERAND_LIST && node->kind != YAML_LIST)
		report_error(report, node->place,
			     "in must be a list of values, not %s; for one value write eq",
			     yaml_describe(node, &quoted));
	else if (operator->operand <= OPERAND_LIST)
		scalar_list_read(node, &rule, operands, report);
	else
		read_operand(operator, node, operands, report);
}

/* False: something is wrong with it, which has been said. */
static bool read_field(const struct mapping *mapping, struct condition_config *condition,
		       const struct report *report)
{
	const struct yaml_node *functions = mapping_value(mapping, "as");
	size_t errors = report->problems->errors;
	struct mapping field = {.table = mapping->table};
	size_t row = (size_t)(key_find(mapping->table, "field") - mapping->table->keys);

	field.values[row] = mapping->values[row];
	mapping_read(&field, condition, report);
	condition->field.place = mapping_place(mapping, "field");
	if (functions)
		function_reader_read(functions, &condition->field.functions, report);
	return report->problems->errors == errors;
}

/* Each operator's condition has the field for itself. */
static void read_comparisons(const struct mapping *mapping, struct condition_config *parent,
			     const struct report *report)
{
	struct condition_config *condition;
	const struct yaml_node *node;
	bool good = true;
	size_t i;

	for (i = 0; i < OPERATOR_COUNT; i++) {
		node = mapping_value(mapping, operators[i].key);
		if (!node)
			continue;
		condition = add_child(parent, operators[i].kind, node->place);
		if (good)
			good = read_field(mapping, condition, report);
		read_operands(&operators[i], node, &condition->operands, report);
	}
}

static size_t count_given(const struct mapping *mapping, const struct operator* list, size_t count)
{
	size_t i, given = 0;

	for (i = 0; i < count; i++)
		given += mapping_value(mapping, list[i].key) != NULL;
	return given;
}

/* Says what a condition lacks. */
static void check_complete(const struct mapping *mapping, const struct yaml_node *node,
			   const struct report *report)
{
	bool field = mapping_value(mapping, "field") != NULL;
	size_t comparisons = count_given(mapping, operators, OPERATOR_COUNT);

	if (field && !comparisons)
		report_error(report, node->place,
			     "a condition with a field needs a comparison: eq, ne, lt, le, gt, ge, "
			     "in, mask, glob, regex or exists");
	else if (!field && (comparisons || mapping_value(mapping, "as")))
		report_error(report, node->place, "a condition needs the key \"field\"");
	else if (!field && !count_given(mapping, groups, GROUP_COUNT))
		report_error(report, node->place,
			     "a condition needs the key \"field\", or one of any, all and not");
}

/* Appends what the mapping says: all its parts must hold. */
static void read_parts(const struct yaml_node *node, struct condition_config *parent,
		       const struct report *report)
{
	size_t i, given, errors = report->problems->errors;
	struct mapping mapping;

	mapping_open(&mapping, &condition_keys, node, report);
	if (report->problems->errors == errors)
		check_complete(&mapping, node, report);
	given = count_given(&mapping, groups, GROUP_COUNT) +
		count_given(&mapping, operators, OPERATOR_COUNT);
	if (!given || !make_room(parent, given, report))
		return;
	for (i = 0; i < GROUP_COUNT; i++)
		if (mapping_value(&mapping, groups[i].key))
			read_group(&groups[i], mapping_value(&mapping, groups[i].key), parent,
				   report);
	read_comparisons(&mapping, parent, report);
}

void condition_reader_read(const struct yaml_node *node, struct condition_config *root,
			   const struct report *report)
{
	if (node->kind == YAML_LIST)
		read_list(node, root, "where", report);
	else
		read_parts(node, root, report);
}
