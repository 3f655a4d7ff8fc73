#include "config/yaml_said.h"

#include <stdio.h>
#include <stdlib.h>

/* Kind and length go before what a node holds, so that nothing can be mistaken for another. */
#define HEAD_SIZE 32

struct writing {
	char *text; /* NULL: only its length is wanted */
	size_t length;
};

static void put(struct writing *writing, char byte)
{
	if (writing->text)
		writing->text[writing->length] = byte;
	writing->length++;
}

static char kind_of(const struct yaml_node *node)
{
	if (node->kind == YAML_LIST)
		return 'l';
	if (node->kind == YAML_MAPPING)
		return 'm';
	return node->plain ? 'p' : 'q';
}

/* A zero byte would end the text. */
static void put_text(struct writing *writing, const struct yaml_node *node)
{
	size_t i;

	for (i = 0; i < node->length; i++) {
		char byte = node->text[i];

		if (!byte || byte == '\\')
			put(writing, '\\');
		if (byte)
			put(writing, byte);
		else
			put(writing, '0');
	}
}

/* As deep as the document, which has a limit. */
static void put_node(struct writing *writing, const struct yaml_node *node)
{
	bool is_text = node->kind == YAML_TEXT;
	const struct yaml_node *child;
	char head[HEAD_SIZE];
	const char *at = head;

	snprintf(head, sizeof(head), "%c%zu:", kind_of(node),
		 is_text ? node->length : yaml_count(node));
	for (; *at; at++)
		put(writing, *at);
	if (is_text)
		put_text(writing, node);
	for (child = is_text ? NULL : node->first; child; child = child->next)
		put_node(writing, child);
}

char *yaml_said(const struct yaml_node *node)
{
	struct writing writing = {0};

	put_node(&writing, node);
	writing.text = malloc(writing.length + 1);
	if (!writing.text)
		return NULL;
	writing.length = 0;
	put_node(&writing, node);
	writing.text[writing.length] = '\0';
	return writing.text;
}
