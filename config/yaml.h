/*
 * yaml: a YAML document as a tree whose nodes know their places. Merge keys are not in it, but what
 * they bring is, at the places where that is written.
 *
 * What hostile text can cost is bounded: nodes with all aliases written out, nesting, anchors. A
 * tree is built once, then read-only.
 */
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"

#define YAML_NODES_MAX	 ((size_t)200000) /* every use of an alias counts what it stands for */
#define YAML_DEPTH_MAX	 32
#define YAML_ANCHORS_MAX 256

enum yaml_kind {
	YAML_TEXT,
	YAML_LIST,
	YAML_MAPPING,
};

struct yaml_node {
	enum yaml_kind kind;
	struct place place; /* of an alias, its own */
	const char *text;   /* of YAML_TEXT: UTF-8, terminated; it may hold zero bytes */
	size_t length;	    /* of the text */
	bool plain;	    /* the text is not quoted: it may mean a number, true, nothing */
	const struct yaml_node *first; /* of a list its items; of a mapping key, value, key, ... */
	const struct yaml_node *next;  /* in the same list or mapping */
};

struct yaml_tree;

/* NULL: `report` says why. `text` is UTF-8 without byte order mark. */
struct yaml_tree *yaml_tree_read(const char *text, size_t length, const struct report *report);
void yaml_tree_free(struct yaml_tree *tree);

/* NULL: the text holds nothing but comments. */
const struct yaml_node *yaml_tree_root(const struct yaml_tree *tree);

/* Nothing: empty, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);

/* The entries of a list, the pairs of a mapping. */
size_t yaml_count(const struct yaml_node *node);

/* What a node is, for messages: `a mapping`, `empty`, `"text"`. May return quoted->text. */
const char *yaml_describe(const struct yaml_node *node, struct quoted *quoted);

#endif
