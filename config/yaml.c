#include "config/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "config/encoding.h"
#include "config/yaml_merge.h"

struct tree_node {
	struct yaml_node node; /* first, so that a pointer to it is one to this */
	struct tree_node *all; /* the one made before */
	char *text;	       /* owned; NULL in an alias */
	size_t weight;	       /* nodes in it, with itself and all aliases written out */
	bool open;	       /* its end has not come yet */
};

struct yaml_tree {
	struct tree_node *root;
	struct tree_node *all;
	size_t count;
};

struct anchor {
	char *name;
	struct tree_node *node;
};

/* A list or mapping whose end has not come yet. */
struct level {
	struct tree_node *node;
	struct tree_node *last;	      /* child */
	size_t count;		      /* of children, with merge keys and their values */
	const struct yaml_node *key;  /* a merge key that waits for its value */
	const struct yaml_node *from; /* the merge key's value */
};

/* What ends the events, but not as a failure. */
#define STOP 1

struct builder {
	struct yaml_tree *tree;
	const struct report *report;
	struct level levels[YAML_DEPTH_MAX];
	size_t depth;
	struct anchor anchors[YAML_ANCHORS_MAX];
	size_t anchor_count;
	size_t documents;
};

void yaml_tree_free(struct yaml_tree *tree)
{
	struct tree_node *node;

	if (!tree)
		return;
	while ((node = tree->all)) {
		tree->all = node->all;
		free(node->text);
		free(node);
	}
	free(tree);
}

const struct yaml_node *yaml_tree_root(const struct yaml_tree *tree)
{
	return tree->root ? &tree->root->node : NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	size_t i;

	for (i = 0; node->kind == YAML_TEXT && node->plain && i < 5; i++)
		if (strcmp(node->text, nulls[i]) == 0)
			return true;
	return false;
}

size_t yaml_count(const struct yaml_node *node)
{
	const struct yaml_node *child;
	size_t count = 0;

	for (child = node->first; child; child = child->next)
		count++;
	return node->kind == YAML_MAPPING ? count / 2 : count;
}

const char *yaml_describe(const struct yaml_node *node, struct quoted *quoted)
{
	if (node->kind == YAML_MAPPING)
		return "a mapping";
	if (node->kind == YAML_LIST)
		return "a list";
	return yaml_is_null(node) ? "empty" : quote_bytes(quoted, node->text, node->length);
}

static struct place place_of(const yaml_mark_t *mark)
{
	return (struct place){mark->line + 1, mark->column + 1};
}

static int too_many(const struct builder *builder, struct place place)
{
	report_error(builder->report, place,
		     "the file holds more than %zu values (with aliases written out)",
		     YAML_NODES_MAX);
	return -1;
}

static void add_child(struct level *level, struct tree_node *node)
{
	if (level->last)
		level->last->node.next = &node->node;
	else
		level->node->node.first = &node->node;
	level->last = node;
}

/* True: the node is a mapping's merge key, or its value. */
static bool take_merge(const struct builder *builder, struct level *level,
		       const struct yaml_node *node)
{
	bool is_key = level->node->node.kind == YAML_MAPPING && level->count++ % 2 == 0;

	if (is_key) {
		level->key = yaml_merge_is_key(node) ? node : NULL;
		return level->key;
	}
	if (!level->key)
		return false;
	if (level->from)
		report_error(builder->report, level->key->place,
			     "a second merge key << in one mapping; write one with a list, such as "
			     "<<: [*a, *b]");
	else
		level->from = node;
	level->key = NULL;
	return true;
}

/* Makes the node a child of the innermost open one, or the root. */
static int attach(struct builder *builder, struct tree_node *node)
{
	struct level *level;

	if (!builder->depth) {
		builder->tree->root = node;
		return 0;
	}
	level = &builder->levels[builder->depth - 1];
	level->node->weight += node->weight;
	if (!take_merge(builder, level, &node->node))
		add_child(level, node);
	return level->node->weight > YAML_NODES_MAX ? too_many(builder, node->node.place) : 0;
}

static struct tree_node *make(struct builder *builder, enum yaml_kind kind, struct place place)
{
	struct tree_node *node;

	if (builder->tree->count >= YAML_NODES_MAX) {
		too_many(builder, place);
		return NULL;
	}
	node = calloc(1, sizeof(*node));
	if (!node) {
		report_out_of_memory(builder->report);
		return NULL;
	}
	node->node.kind = kind;
	node->node.place = place;
	node->weight = 1;
	node->all = builder->tree->all;
	builder->tree->all = node;
	builder->tree->count++;
	return node;
}

static int add_anchor(struct builder *builder, const char *name, struct tree_node *node)
{
	struct anchor *anchor;

	if (!name)
		return 0;
	if (builder->anchor_count == YAML_ANCHORS_MAX) {
		report_error(builder->report, node->node.place, "more than %d anchors",
			     YAML_ANCHORS_MAX);
		return -1;
	}
	anchor = &builder->anchors[builder->anchor_count];
	anchor->node = node;
	anchor->name = strdup(name);
	if (!anchor->name) {
		report_out_of_memory(builder->report);
		return -1;
	}
	builder->anchor_count++;
	return 0;
}

/* An anchor may be set again: the last one before the alias is meant. */
static struct tree_node *find_anchor(const struct builder *builder, const char *name)
{
	size_t i;

	for (i = builder->anchor_count; i; i--)
		if (strcmp(builder->anchors[i - 1].name, name) == 0)
			return builder->anchors[i - 1].node;
	return NULL;
}

static int add_alias(struct builder *builder, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct tree_node *target = find_anchor(builder, name), *node;
	struct place place = place_of(&event->start_mark);
	struct quoted quoted;

	if (!target || target->open) {
		report_error(builder->report, place,
			     target ? "the alias %s is within what it stands for"
				    : "the alias %s has no anchor before it",
			     quote(&quoted, name));
		return -1;
	}
	node = make(builder, target->node.kind, place);
	if (!node)
		return -1;
	node->node = target->node;
	node->node.place = place;
	node->node.next = NULL;
	node->weight = target->weight;
	return attach(builder, node);
}

/* The one tag that has a use says that 123 is a text. True: it does. */
static bool take_tag(const struct builder *builder, const yaml_char_t *tag, struct place place)
{
	const char *name = (const char *)tag;
	struct quoted quoted;

	if (!tag)
		return false;
	if (strcmp(name, YAML_STR_TAG) == 0 || strcmp(name, "!") == 0)
		return true;
	report_error(builder->report, place, "the tag %s means nothing here; leave it away",
		     quote(&quoted, name));
	return false;
}

/* <<, and said to be what it is. */
static bool is_tagged_merge(const yaml_event_t *event)
{
	const char *tag = (const char *)event->data.scalar.tag;
	const char *text = (const char *)event->data.scalar.value;

	return tag && strcmp(tag, "tag:yaml.org,2002:merge") == 0 && strcmp(text, "<<") == 0;
}

static int add_text(struct builder *builder, const yaml_event_t *event)
{
	struct place place = place_of(&event->start_mark);
	bool is_merge = is_tagged_merge(event);
	bool tagged = !is_merge && take_tag(builder, event->data.scalar.tag, place);
	struct tree_node *node = make(builder, YAML_TEXT, place);

	if (!node)
		return -1;
	node->text = malloc(event->data.scalar.length + 1);
	if (!node->text) {
		report_out_of_memory(builder->report);
		return -1;
	}
	memcpy(node->text, event->data.scalar.value, event->data.scalar.length);
	node->text[event->data.scalar.length] = '\0';
	node->node.text = node->text;
	node->node.length = event->data.scalar.length;
	node->node.plain =
		is_merge || (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !tagged);
	if (add_anchor(builder, (const char *)event->data.scalar.anchor, node))
		return -1;
	return attach(builder, node);
}

static int begin(struct builder *builder, enum yaml_kind kind, struct place place,
		 const yaml_char_t *tag, const yaml_char_t *anchor)
{
	struct tree_node *node;

	take_tag(builder, tag, place);
	if (builder->depth == YAML_DEPTH_MAX) {
		report_error(builder->report, place, "nested more than %d deep", YAML_DEPTH_MAX);
		return -1;
	}
	node = make(builder, kind, place);
	if (!node)
		return -1;
	node->open = true;
	if (add_anchor(builder, (const char *)anchor, node))
		return -1;
	builder->levels[builder->depth++] = (struct level){.node = node};
	return 0;
}

/* A child that is the same as another, at the same place. */
static int add_copy(struct builder *builder, struct level *level, const struct yaml_node *of)
{
	struct tree_node *node = make(builder, of->kind, level->from->place);

	if (!node)
		return -1;
	node->node = *of;
	node->node.next = NULL;
	add_child(level, node);
	return 0;
}

/* Its weight has what is merged already: as the merge key's value. */
static int merge(struct builder *builder, struct level *level)
{
	struct yaml_merge merge;
	size_t i;
	int result = yaml_merge_find(&merge, &level->node->node, level->from, builder->report);

	for (i = 0; !result && i < merge.count; i++)
		if (add_copy(builder, level, merge.keys[i]) ||
		    add_copy(builder, level, merge.keys[i]->next))
			result = -1;
	yaml_merge_done(&merge);
	return result;
}

/* A list or mapping becomes its parent's child at its end, when its weight is known. */
static int end(struct builder *builder)
{
	struct level *level;

	if (!builder->depth)
		return STOP;
	level = &builder->levels[builder->depth - 1];
	if (level->from && merge(builder, level))
		return -1;
	builder->depth--;
	level->node->open = false;
	return attach(builder, level->node);
}

/* Of several documents the first is looked at, so that its other problems are said, too. */
static int begin_document(struct builder *builder, struct place place)
{
	if (!builder->documents++)
		return 0;
	report_error(builder->report, place,
		     "a second document begins here; the file must hold one");
	return STOP;
}

/* 0: go on. STOP: the tree is all that is wanted. -1: the report says why not. */
static int take_event(struct builder *builder, const yaml_event_t *event)
{
	struct place place = place_of(&event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return begin_document(builder, place);
	case YAML_STREAM_END_EVENT:
		return STOP;
	case YAML_ALIAS_EVENT:
		return add_alias(builder, event);
	case YAML_SCALAR_EVENT:
		return add_text(builder, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(builder, YAML_LIST, place, event->data.sequence_start.tag,
			     event->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return begin(builder, YAML_MAPPING, place, event->data.mapping_start.tag,
			     event->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return end(builder);
	default:
		return 0;
	}
}

/* What is wrong where libyaml's words do not say it: a tab cannot be seen, and a lone - is a list.
 */
static const char *hint(const char *text, size_t length, const yaml_parser_t *parser)
{
	char byte = encoding_byte_at(text, length, place_of(&parser->problem_mark));

	if (byte == '\t')
		return "; tabs cannot indent, use spaces";
	if (byte == '-' && strncmp(parser->problem, "block sequence", 14) == 0)
		return "; for standard input write \"-\", with the quotes";
	return "";
}

static void report_syntax(const struct report *report, const yaml_parser_t *parser,
			  const char *text, size_t length)
{
	struct place place = place_of(&parser->problem_mark);

	if (parser->error == YAML_MEMORY_ERROR) {
		report_out_of_memory(report);
	} else if (parser->error == YAML_READER_ERROR) {
		place = encoding_place(text, length, parser->problem_offset);
		report_error(report, place, "%s (U+%04X)", parser->problem,
			     (unsigned int)parser->problem_value);
	} else if (parser->context && parser->context_mark.line + 1 != place.line) {
		report_error(report, place, "%s (begun in line %zu), %s%s", parser->context,
			     parser->context_mark.line + 1, parser->problem,
			     hint(text, length, parser));
	} else {
		report_error(report, place, "%s%s%s%s", parser->context ? parser->context : "",
			     parser->context ? ", " : "", parser->problem,
			     hint(text, length, parser));
	}
}

static int take_events(struct builder *builder, yaml_parser_t *parser, const char *text,
		       size_t length)
{
	yaml_event_t event;
	int result = 0;

	while (!result) {
		if (!yaml_parser_parse(parser, &event)) {
			report_syntax(builder->report, parser, text, length);
			return -1;
		}
		result = take_event(builder, &event);
		yaml_event_delete(&event);
	}
	return result == STOP ? 0 : -1;
}

static int build(struct builder *builder, const char *text, size_t length)
{
	yaml_parser_t parser;
	int result;

	if (!yaml_parser_initialize(&parser)) {
		report_out_of_memory(builder->report);
		return -1;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	result = take_events(builder, &parser, text, length);
	yaml_parser_delete(&parser);
	return result;
}

struct yaml_tree *yaml_tree_read(const char *text, size_t length, const struct report *report)
{
	struct builder *builder = calloc(1, sizeof(*builder));
	struct yaml_tree *tree = calloc(1, sizeof(*tree));
	size_t i;

	if (!builder || !tree) {
		report_out_of_memory(report);
		free(builder);
		free(tree);
		return NULL;
	}
	builder->tree = tree;
	builder->report = report;
	if (build(builder, text, length)) {
		yaml_tree_free(tree);
		tree = NULL;
	}
	for (i = 0; i < builder->anchor_count; i++)
		free(builder->anchors[i].name);
	free(builder);
	return tree;
}
