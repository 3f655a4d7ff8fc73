/*
 * manifest_xml: the elements of an instrumentation manifest, as a tree.
 *
 * Only elements and attributes that mean something for schemas are kept, by their names without
 * prefixes: manifests differ in how they bind these. Expat reads the XML; a document type with
 * declarations is refused, so nothing is expanded and nothing fetched. Owned and used by one
 * thread.
 */
#ifndef EXPORTER_DECODER_MANIFEST_XML_H
#define EXPORTER_DECODER_MANIFEST_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/problems.h"
#include "exporter/base/error.h"

#define MANIFEST_BYTES_MAX    ((size_t)64 << 20)
#define MANIFEST_ELEMENTS_MAX (1u << 20)
#define MANIFEST_DEPTH_MAX    64

enum manifest_element {
	ELEMENT_WRAPPER, /* the root, and what only holds others */
	ELEMENT_PROVIDER,
	ELEMENT_EVENTS, /* around the providers, and in a provider around its events */
	ELEMENT_EVENT,
	ELEMENT_TEMPLATES,
	ELEMENT_TEMPLATE,
	ELEMENT_DATA,
	ELEMENT_STRUCT,
	ELEMENT_MAPS,
	ELEMENT_VALUE_MAP,
	ELEMENT_BIT_MAP,
	ELEMENT_MAP,
	ELEMENT_RESOURCES,
	ELEMENT_STRING_TABLE,
	ELEMENT_STRING,
};

enum manifest_attribute {
	ATTRIBUTE_COUNT,
	ATTRIBUTE_CULTURE,
	ATTRIBUTE_GUID,
	ATTRIBUTE_ID,
	ATTRIBUTE_IN_TYPE,
	ATTRIBUTE_KEYWORDS,
	ATTRIBUTE_LENGTH,
	ATTRIBUTE_LEVEL,
	ATTRIBUTE_MAP,
	ATTRIBUTE_MESSAGE,
	ATTRIBUTE_NAME,
	ATTRIBUTE_OPCODE,
	ATTRIBUTE_OUT_TYPE,
	ATTRIBUTE_SYMBOL,
	ATTRIBUTE_TASK,
	ATTRIBUTE_TEMPLATE,
	ATTRIBUTE_TID,
	ATTRIBUTE_VALUE,
	ATTRIBUTE_VERSION,
};

/* All pointers are into the tree, and NULL where there is none. */
struct manifest_node {
	enum manifest_element element;
	uint32_t line, column; /* from 1 */
	struct manifest_value *values;
	struct manifest_node *first, *last; /* children */
	struct manifest_node *next;
};

struct manifest_tree;

/* What is wrong with a manifest. */
struct manifest_problems {
	const char *name;	/* of the manifest */
	struct error *first;	/* the first of it */
	struct problems *notes; /* more of it, as warnings; NULL: they are not wanted */
	struct place noted;	/* where the last of these is */
	size_t count;
};

/* So many of a manifest are noted, and how many more there are. */
#define MANIFEST_NOTES_MAX 10

/* The first is "manifest NAME, line L, column C: ...", without a place where the line is 0. */
void manifest_problem(struct manifest_problems *problems, uint32_t line, uint32_t column,
		      const char *format, ...) __attribute__((format(__printf__, 4, 5)));

/* When there will be no more: notes how many were not noted. */
void manifest_problems_end(struct manifest_problems *problems);

/* How much of a text to show in a problem, as the precision of %.*s. */
int manifest_shown(const char *text);

/* NULL: see problems. */
struct manifest_tree *manifest_tree_new(const char *xml, size_t length,
					struct manifest_problems *problems);
void manifest_tree_free(struct manifest_tree *tree);

const struct manifest_node *manifest_tree_root(const struct manifest_tree *tree);

/* Whether the root is called as one of a manifest's elements; other XML may be anything. */
bool manifest_tree_is_known(const struct manifest_tree *tree);

/* The attribute without blanks around it, terminated, UTF-8; NULL: absent or empty. Borrowed. */
const char *manifest_attribute(const struct manifest_node *node, enum manifest_attribute attribute);

/*
 * What a name of winmeta.xml, as "win:Start", is without its prefix, which is "win" or what the
 * manifest says instead; any other name is itself. It may be the first of a list. Borrowed.
 */
const char *manifest_own_name(const struct manifest_tree *tree, const char *name);

/* Decimal, or hexadecimal behind 0x; false: it is no such number, or above `max`. */
bool manifest_number(const char *text, uint32_t max, uint32_t *number);

#endif
