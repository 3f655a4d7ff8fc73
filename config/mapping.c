#include "config/mapping.h"

#include <stdio.h>
#include <string.h>

#include "config/name_list.h"
#include "config/nearest.h"
#include "config/value.h"

static const char *key_name(size_t i, const void *table)
{
	const struct key_table *keys = table;

	return i < keys->count ? keys->keys[i].name : NULL;
}

/* What chooses the variants of a table that have the key: `source: a or source: b`; "": none do. */
static const char *list_variants(struct name_list *names, const struct key_table *table,
				 const char *key)
{
	const struct key_table *const *variant;
	size_t used = 0;

	names->text[0] = '\0';
	for (variant = table->variants; variant && *variant; variant++)
		if (key_find(*variant, key) && used < sizeof(names->text))
			used += (size_t)snprintf(names->text + used, sizeof(names->text) - used,
						 "%s%s", used ? " or " : "", (*variant)->variant);
	return names->text;
}

static void report_unknown(const struct key_table *table, const struct yaml_node *node,
			   const struct report *report)
{
	size_t near = nearest(node->text, key_name, table);
	struct quoted quoted;
	struct name_list names;

	quote_bytes(&quoted, node->text, node->length);
	if (*list_variants(&names, table, node->text))
		report_error(report, node->place, "key %s goes with %s, not with %s; leave it away",
			     quoted.text, names.text, table->variant);
	else if (near != NEAREST_NONE)
		report_error(report, node->place, "unknown key %s; did you mean \"%s\"?",
			     quoted.text, table->keys[near].name);
	else
		report_error(report, node->place, "unknown key %s; the keys of %s are %s",
			     quoted.text, table->what, list_names(&names, key_name, table));
}

static void take_pair(struct mapping *mapping, const struct yaml_node *name,
		      const struct report *report)
{
	const struct key *key;
	struct quoted quoted;
	size_t row;

	if (name->kind != YAML_TEXT) {
		report_error(report, name->place, "a key of %s must be a string, not %s",
			     mapping->table->what, yaml_describe(name, &quoted));
		return;
	}
	key = strlen(name->text) == name->length ? key_find(mapping->table, name->text) : NULL;
	if (!key) {
		report_unknown(mapping->table, name, report);
		return;
	}
	row = (size_t)(key - mapping->table->keys);
	if (mapping->keys[row]) {
		report_error(report, name->place,
			     "key \"%s\" is given twice; the first is in line %zu", key->name,
			     mapping->keys[row]->place.line);
		return;
	}
	mapping->keys[row] = name;
	mapping->values[row] = name->next;
}

void mapping_open(struct mapping *mapping, const struct key_table *table,
		  const struct yaml_node *node, const struct report *report)
{
	const struct yaml_node *name;
	struct quoted quoted;
	struct name_list names;
	size_t i;

	*mapping = (struct mapping){.table = table};
	if (node->kind != YAML_MAPPING) {
		report_error(report, node->place, "%s must be a mapping with the keys %s, not %s",
			     table->what, list_names(&names, key_name, table),
			     yaml_describe(node, &quoted));
		return;
	}
	for (name = node->first; name; name = name->next->next)
		take_pair(mapping, name, report);
	for (i = 0; i < table->count; i++)
		if (table->keys[i].required && !mapping->keys[i])
			report_error(report, node->place, "%s needs the key \"%s\"", table->what,
				     table->keys[i].name);
}

/* Tables in tables; there are not more levels than these in keys.c. */
static void read_key(const struct key *key, const struct yaml_node *node, void *into,
		     const struct report *report)
{
	struct mapping inner = {.table = key->table};

	if (key->kind == KEY_OTHER)
		return;
	if (key->kind == KEY_MAPPING) {
		if (node)
			mapping_open(&inner, key->table, node, report);
		mapping_read(&inner, (char *)into + key->offset, report);
		return;
	}
	value_set_fallback(key, into, report);
	if (node)
		value_read(key, node, into, report);
}

void mapping_read(const struct mapping *mapping, void *into, const struct report *report)
{
	size_t i;

	for (i = 0; i < mapping->table->count; i++)
		read_key(&mapping->table->keys[i], mapping->values[i], into, report);
}

const struct yaml_node *mapping_value(const struct mapping *mapping, const char *key)
{
	const struct key *row = key_find(mapping->table, key);

	return row ? mapping->values[row - mapping->table->keys] : NULL;
}

struct place mapping_place(const struct mapping *mapping, const char *key)
{
	const struct yaml_node *node = mapping_value(mapping, key);

	return node ? node->place : (struct place){0};
}
