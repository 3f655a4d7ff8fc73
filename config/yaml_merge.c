#include "config/yaml_merge.h"

#define HASH_NONFATAL_OOM 1
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct key_name {
	UT_hash_handle hh;
};

/* The keys that are there, by their texts. */
struct key_names {
	struct key_name *rows, *known;
	size_t count;
};

bool yaml_merge_is_key(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT && node->plain && strcmp(node->text, "<<") == 0;
}

/* Only texts are the same as others: what else is a key no reader takes. */
static bool has_name(const struct key_names *names, const struct yaml_node *key)
{
	struct key_name *found;

	if (key->kind != YAML_TEXT)
		return false;
	HASH_FIND(hh, names->known, key->text, key->length, found);
	return found;
}

static int add_name(struct key_names *names, const struct yaml_node *key)
{
	struct key_name *row = &names->rows[names->count];

	if (key->kind != YAML_TEXT || has_name(names, key))
		return 0;
	HASH_ADD_KEYPTR(hh, names->known, key->text, key->length, row);
	if (!row->hh.tbl)
		return -1;
	names->count++;
	return 0;
}

static int add_names(struct key_names *names, const struct yaml_node *mapping)
{
	const struct yaml_node *key;

	for (key = mapping->first; key; key = key->next->next)
		if (add_name(names, key))
			return -1;
	return 0;
}

/* One that has a key twice keeps it so, which its reader reports. */
static int add_pairs(struct yaml_merge *merge, struct key_names *names,
		     const struct yaml_node *from)
{
	const struct yaml_node *key;

	for (key = from->first; key; key = key->next->next)
		if (!has_name(names, key))
			merge->keys[merge->count++] = key;
	return add_names(names, from);
}

static int add_all(struct yaml_merge *merge, struct key_names *names, const struct yaml_node *from)
{
	const struct yaml_node *item;

	if (from->kind == YAML_MAPPING)
		return add_pairs(merge, names, from);
	for (item = from->first; item; item = item->next)
		if (item->kind == YAML_MAPPING && add_pairs(merge, names, item))
			return -1;
	return 0;
}

static void check_mapping(const struct yaml_node *node, const struct report *report)
{
	struct quoted quoted;

	if (node->kind != YAML_MAPPING)
		report_error(report, node->place,
			     "the merge key << takes a mapping or a list of mappings, not %s; "
			     "write \"<<\", with the quotes, where that is a name",
			     yaml_describe(node, &quoted));
}

/* How many pairs there are at most; what is no mapping is reported. */
static size_t check_all(const struct yaml_node *from, const struct report *report)
{
	const struct yaml_node *item;
	size_t count = 0;

	if (from->kind != YAML_LIST) {
		check_mapping(from, report);
		return yaml_count(from);
	}
	for (item = from->first; item; item = item->next) {
		check_mapping(item, report);
		count += yaml_count(item);
	}
	return count;
}

int yaml_merge_find(struct yaml_merge *merge, const struct yaml_node *mapping,
		    const struct yaml_node *from, const struct report *report)
{
	size_t count = check_all(from, report);
	struct key_names names = {0};
	int result = -1;

	*merge = (struct yaml_merge){.keys = calloc(count + 1, sizeof(*merge->keys))};
	names.rows = calloc(count + yaml_count(mapping) + 1, sizeof(*names.rows));
	if (merge->keys && names.rows && !add_names(&names, mapping))
		result = add_all(merge, &names, from);
	HASH_CLEAR(hh, names.known);
	free(names.rows);
	if (result)
		report_out_of_memory(report);
	return result;
}

void yaml_merge_done(struct yaml_merge *merge)
{
	free(merge->keys);
}
