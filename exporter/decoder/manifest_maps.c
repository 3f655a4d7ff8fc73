#include "exporter/decoder/manifest_maps.h"

#include <stdlib.h>
#include <string.h>

/*
 * What a message means: the value of the string element that it refers to as $(string.ID), else
 * itself. NULL: there is no such string, or it is elsewhere. Borrowed.
 */
static const char *message_text(const struct manifest_index *strings, const char *message)
{
	static const char prefix[] = "$(string.";
	size_t length = strlen(message), behind = sizeof(prefix) - 1;
	const struct manifest_node *string;

	/* $(mc.ID) is in a file of the message compiler, which nobody here has. */
	if (strncmp(message, "$(mc.", 5) == 0)
		return NULL;
	if (length <= behind || strncmp(message, prefix, behind) != 0 || message[length - 1] != ')')
		return message;
	string = manifest_index_find(strings, message + behind, length - behind - 1);
	return string ? manifest_attribute(string, ATTRIBUTE_VALUE) : NULL;
}

/* False: the entry is left out. */
static bool read_entry(const struct manifest_node *node, const struct manifest_index *strings,
		       uint32_t *value, const char **name)
{
	const char *text = manifest_attribute(node, ATTRIBUTE_VALUE);
	const char *message = manifest_attribute(node, ATTRIBUTE_MESSAGE);

	if (node->element != ELEMENT_MAP || !text || !manifest_number(text, UINT32_MAX, value))
		return false;
	*name = message ? message_text(strings, message) : NULL;
	if (!*name)
		*name = manifest_attribute(node, ATTRIBUTE_SYMBOL);
	return *name != NULL;
}

/* Behind the map stand the names, the values, and the names' text. */
static void fill(struct value_map *map, const struct manifest_node *node,
		 const struct manifest_index *strings)
{
	const char **names = (const char **)(map + 1);
	uint32_t *values = (uint32_t *)(names + map->count);
	char *text = (char *)(values + map->count);
	const struct manifest_node *entry;
	const char *name;
	uint32_t value;
	size_t i = 0, length;

	map->names = names;
	map->values = values;
	for (entry = node->first; entry; entry = entry->next) {
		if (!read_entry(entry, strings, &value, &name))
			continue;
		length = strlen(name) + 1;
		values[i] = value;
		names[i++] = memcpy(text, name, length);
		text += length;
	}
}

struct value_map *manifest_map_new(const struct manifest_node *node,
				   const struct manifest_index *strings, size_t *bytes)
{
	struct value_map head = {.bits = node->element == ELEMENT_BIT_MAP}, *map;
	const struct manifest_node *entry;
	const char *name;
	uint32_t value;

	*bytes = sizeof(head);
	for (entry = node->first; entry; entry = entry->next) {
		if (!read_entry(entry, strings, &value, &name))
			continue;
		head.count++;
		*bytes += sizeof(name) + sizeof(value) + strlen(name) + 1;
	}
	map = malloc(*bytes);
	if (!map)
		return NULL;
	*map = head;
	fill(map, node, strings);
	return map;
}
