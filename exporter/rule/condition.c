#include "exporter/rule/condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exporter/rule/match.h"
#include "exporter/value/value_number.h"

#define TEXT_BYTES_MAX ((size_t)1 << 20)

struct node {
	const struct condition_config *config;
	struct node *children;
	size_t child_count;
	size_t leaf;		       /* its number */
	struct label_chain *functions; /* of a leaf */
	struct label_chain **regexes;  /* of CONDITION_REGEX: by operand */
};

struct condition {
	struct node root;
	struct node **leaves;
	size_t leaf_count;
	struct text text, matched; /* scratch */
	bool unfit;		   /* a function could not take the last event's value */
};

static bool is_group(const struct condition_config *config)
{
	return config->kind == CONDITION_ALL || config->kind == CONDITION_ANY ||
	       config->kind == CONDITION_NOT;
}

static size_t count_leaves(const struct condition_config *config)
{
	size_t count = is_group(config) ? 0 : 1, i;

	for (i = 0; i < config->child_count; i++)
		count += count_leaves(&config->children[i]);
	return count;
}

/* An expression is a label function that has a text where it matches. */
static bool compile_regexes(struct node *node, const char *file, struct problems *problems)
{
	const struct scalar_list *operands = &node->config->operands;
	static char name[] = "regex";
	size_t i;

	node->regexes = calloc(operands->count, sizeof(struct label_chain *));
	for (i = 0; node->regexes && i < operands->count; i++) {
		struct function_config function = {
			.name = name,
			.argument = operands->list[i],
			.place = operands->list[i].place,
		};
		const struct function_list functions = {&function, 1};

		node->regexes[i] = label_chain_new(&functions, file, problems);
		if (!node->regexes[i])
			return false;
	}
	return node->regexes != NULL;
}

static bool compile_leaf(struct condition *condition, struct node *node, const char *file,
			 struct problems *problems)
{
	node->leaf = condition->leaf_count;
	condition->leaves[condition->leaf_count++] = node;
	node->functions = label_chain_new(&node->config->field.functions, file, problems);
	return (node->config->kind != CONDITION_REGEX || compile_regexes(node, file, problems)) &&
	       node->functions;
}

static bool compile(struct condition *condition, struct node *node,
		    const struct condition_config *config, const char *file,
		    struct problems *problems)
{
	bool good = true;
	size_t i;

	node->config = config;
	if (!is_group(config))
		return compile_leaf(condition, node, file, problems);
	node->children = calloc(config->child_count + 1, sizeof(*node->children));
	if (!node->children)
		return false;
	for (i = 0; i < config->child_count; i++) {
		node->child_count++;
		good = compile(condition, &node->children[i], &config->children[i], file,
			       problems) &&
		       good;
	}
	return good;
}

struct condition *condition_new(const struct condition_config *config, const char *file,
				struct problems *problems)
{
	struct condition *condition = calloc(1, sizeof(*condition));

	if (!condition)
		return NULL;
	text_init(&condition->text, TEXT_BYTES_MAX);
	text_init(&condition->matched, TEXT_BYTES_MAX);
	condition->leaves = calloc(count_leaves(config) + 1, sizeof(struct node *));
	if (condition->leaves && compile(condition, &condition->root, config, file, problems))
		return condition;
	condition_free(condition);
	return NULL;
}

static void node_done(struct node *node)
{
	size_t i;

	for (i = 0; i < node->child_count; i++)
		node_done(&node->children[i]);
	free(node->children);
	for (i = 0; node->regexes && i < node->config->operands.count; i++)
		label_chain_free(node->regexes[i]);
	free(node->regexes);
	label_chain_free(node->functions);
}

void condition_free(struct condition *condition)
{
	if (!condition)
		return;
	if (condition->root.config)
		node_done(&condition->root);
	free(condition->leaves);
	text_done(&condition->text);
	text_done(&condition->matched);
	free(condition);
}

size_t condition_leaf_count(const struct condition *condition)
{
	return condition->leaf_count;
}

const struct field_config *condition_leaf(const struct condition *condition, size_t leaf)
{
	return &condition->leaves[leaf]->config->field;
}

enum label_state condition_leaf_state(const struct condition *condition, size_t leaf)
{
	return label_chain_state(condition->leaves[leaf]->functions);
}

/* What compare() says of NaN. */
#define NO_ORDER 2

static int order_of(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* An integer against a double, as they are: neither is rounded to be like the other. */
static int compare_mixed(bool negative, uint64_t magnitude, double real)
{
	double size = fabs(real);
	int order;

	if (isnan(real))
		return NO_ORDER;
	if (negative != (real < 0))
		return negative ? -1 : 1;
	order = size >= 0x1p64 ? -1 : order_of(magnitude, (uint64_t)size);
	if (!order && size > (double)(uint64_t)size)
		order = -1;
	return negative ? -order : order;
}

static int compare_integers(bool negative, uint64_t magnitude, const struct scalar_config *operand)
{
	if (negative != operand->negative)
		return negative ? -1 : 1;
	return negative ? order_of(operand->magnitude, magnitude)
			: order_of(magnitude, operand->magnitude);
}

static int compare_reals(double a, double b)
{
	return isnan(a) ? NO_ORDER : (a > b) - (a < b);
}

static int compare_real(double real, const struct scalar_config *operand)
{
	int order;

	if (!operand->is_integer)
		return compare_reals(real, operand->number);
	order = compare_mixed(operand->negative, operand->magnitude, real);
	return order == NO_ORDER ? NO_ORDER : -order;
}

/* Below, equal to or above 0, or NO_ORDER. */
static int compare(const struct value_number *number, const struct scalar_config *operand)
{
	bool negative = number->kind == NUMBER_SIGNED && number->i < 0;
	uint64_t magnitude = negative ? 0 - number->u : number->u;

	if (number->kind == NUMBER_REAL)
		return compare_real(number->d, operand);
	if (!operand->is_integer)
		return compare_mixed(negative, magnitude, operand->number);
	return compare_integers(negative, magnitude, operand);
}

static bool compares(enum condition_kind kind, int order)
{
	switch (kind) {
	case CONDITION_EQ:
		return order == 0;
	case CONDITION_LT:
		return order == -1;
	case CONDITION_LE:
		return order == -1 || order == 0;
	case CONDITION_GT:
		return order == 1;
	default:
		return order == 1 || order == 0;
	}
}

/* Whether there is a text; that a function cannot tell is noted. */
static bool apply(struct condition *condition, const struct label_chain *functions,
		  const struct value *value, bool classic, struct text *to)
{
	enum label_result result = label_chain_apply(functions, value, classic, to);

	condition->unfit = condition->unfit || result == LABEL_UNFIT;
	return result == LABEL_OK;
}

/* The value's text with a zero behind it, behind its functions; NULL: it has none. */
static const char *text_of(struct condition *condition, const struct node *node,
			   const struct value *value, const struct event_view *view)
{
	struct text *text = &condition->text;

	text_clear(text);
	if (!apply(condition, node->functions, value, view->classic, text))
		return NULL;
	text_char(text, '\0');
	return text->failed ? NULL : text->bytes;
}

static bool is_truth(const struct value *value)
{
	return value->type == VALUE_BOOL32 || value->field->out == OUT_BOOLEAN;
}

/* GUIDs may be written in any way, truths with capitals. */
static bool is_same(const struct text *text, const char *wanted, const struct value *value)
{
	struct guid guid, wanted_guid;
	size_t length = text->length - 1;

	if (length == strlen(wanted) && memcmp(text->bytes, wanted, length) == 0)
		return true;
	if (is_truth(value))
		return strcasecmp(text->bytes, wanted) == 0;
	return guid_parse(wanted, &wanted_guid) && strlen(text->bytes) == length &&
	       guid_parse(text->bytes, &guid) && guid_equal(&guid, &wanted_guid);
}

static bool matches_text(struct condition *condition, const struct node *node, size_t operand,
			 const struct value *value, const struct event_view *view)
{
	const char *text = text_of(condition, node, value, view), *wanted;

	if (!text)
		return false;
	wanted = node->config->operands.list[operand].text;
	if (node->config->kind == CONDITION_GLOB)
		return match_glob(wanted, text);
	return is_same(&condition->text, wanted, value);
}

static bool matches_regex(struct condition *condition, const struct node *node, size_t operand,
			  const struct value *value, const struct event_view *view)
{
	const char *text = text_of(condition, node, value, view);
	struct made_value made;

	if (!text)
		return false;
	made_value_text(&made, text, condition->text.length - 1);
	text_clear(&condition->matched);
	return apply(condition, node->regexes[operand], &made.value, false, &condition->matched);
}

/* The value itself, or behind functions what their text says. */
static bool read_number(struct condition *condition, const struct node *node,
			const struct value *value, const struct event_view *view,
			struct value_number *number)
{
	const char *text;

	if (!node->config->field.functions.count)
		return value_number(value, number);
	text = text_of(condition, node, value, view);
	return text && value_number_parse(text, condition->text.length - 1, number);
}

static bool matches_number(enum condition_kind kind, const struct value_number *number,
			   const struct scalar_config *wanted)
{
	if (kind == CONDITION_MASK)
		return number->kind != NUMBER_REAL && (number->u & wanted->magnitude) != 0;
	return compares(kind, compare(number, wanted));
}

/* Numbers are compared as numbers, anything else as text. */
static bool matches_operand(struct condition *condition, const struct node *node, size_t operand,
			    const struct value *value, const struct event_view *view)
{
	const struct condition_config *config = node->config;
	const struct scalar_config *wanted = &config->operands.list[operand];
	enum condition_kind kind = config->kind == CONDITION_NE ? CONDITION_EQ : config->kind;
	struct value_number number;

	if (kind == CONDITION_REGEX)
		return matches_regex(condition, node, operand, value, view);
	if (kind != CONDITION_GLOB && wanted->is_number &&
	    read_number(condition, node, value, view, &number))
		return matches_number(kind, &number, wanted);
	if (kind != CONDITION_EQ && kind != CONDITION_GLOB)
		return false;
	return matches_text(condition, node, operand, value, view);
}

static bool leaf_holds(struct condition *condition, const struct node *node,
		       const struct rule_field *fields, struct event_view *view,
		       const struct extraction *extraction)
{
	const struct condition_config *config = node->config;
	struct made_value made;
	const struct value *value = rule_field_value(&fields[node->leaf], view, extraction, &made);
	size_t i;

	if (config->kind == CONDITION_EXISTS)
		return (value != NULL) == (strcmp(config->operands.list[0].text, "true") == 0);
	if (!value)
		return false;
	for (i = 0; i < config->operands.count; i++)
		if (matches_operand(condition, node, i, value, view))
			return config->kind != CONDITION_NE;
	return config->kind == CONDITION_NE;
}

static bool holds(struct condition *condition, const struct node *node,
		  const struct rule_field *fields, struct event_view *view,
		  const struct extraction *extraction)
{
	bool any = node->config->kind == CONDITION_ANY;
	size_t i;

	if (!is_group(node->config))
		return leaf_holds(condition, node, fields, view, extraction);
	for (i = 0; i < node->child_count; i++)
		if (holds(condition, &node->children[i], fields, view, extraction) == any)
			return any != (node->config->kind == CONDITION_NOT);
	return !any != (node->config->kind == CONDITION_NOT);
}

bool condition_holds(struct condition *condition, const struct rule_field *fields,
		     struct event_view *view, const struct extraction *extraction)
{
	condition->unfit = false;
	return holds(condition, &condition->root, fields, view, extraction);
}

bool condition_was_unfit(const struct condition *condition)
{
	return condition->unfit;
}
