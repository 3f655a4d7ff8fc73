#include "config/label_map_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "config/scalar_reader.h"
#include "config/value.h"

/* Texts are read as those of keys are; each fills a struct map_entry. */
static const struct key text_key = {
	.name = "the text of a map",
	.kind = KEY_TEXT,
	.offset = offsetof(struct map_entry, to),
	.low = 0,
	.high = TEXT_BYTES_MAX,
};

static const struct key name_key = {
	.name = "map",
	.kind = KEY_NAME,
	.offset = offsetof(struct label_config, map_name),
	.low = 1,
	.high = TEXT_BYTES_MAX,
};

/* 1 and 0x1 are the same value. */
static int compare(const void *a, const void *b)
{
	const struct map_entry *const *left = a, *const *right = b;
	const struct scalar_config *x = &(*left)->from, *y = &(*right)->from;

	if (x->is_integer != y->is_integer)
		return x->is_integer ? 1 : -1;
	if (!x->is_integer)
		return strcmp(x->text, y->text);
	if (x->negative != y->negative)
		return x->negative ? -1 : 1;
	if (x->magnitude != y->magnitude)
		return x->magnitude < y->magnitude ? -1 : 1;
	return 0;
}

static void report_same(const struct map_entry *a, const struct map_entry *b,
			const struct report *report)
{
	const struct map_entry *first = a < b ? a : b, *second = a < b ? b : a;
	struct quoted quoted;

	report_error(report, second->from.place,
		     "the map has the value %s twice; the first is in line %zu",
		     quote(&quoted, second->from.text), first->from.place.line);
}

static void check_twice(const struct label_config *label, const struct report *report)
{
	const struct map_entry **sorted = calloc(label->map_count + 1, sizeof(*sorted));
	size_t i;

	if (!sorted) {
		report_out_of_memory(report);
		return;
	}
	for (i = 0; i < label->map_count; i++)
		sorted[i] = &label->map[i];
	qsort(sorted, label->map_count, sizeof(struct map_entry *), compare);
	for (i = 1; i < label->map_count; i++)
		if (compare(&sorted[i - 1], &sorted[i]) == 0)
			report_same(sorted[i - 1], sorted[i], report);
	free(sorted);
}

static void read_entries(const struct yaml_node *node, struct label_config *label,
			 const struct report *report)
{
	static const struct scalar_rule rule = {"a value of a map", 0, TEXT_BYTES_MAX};
	const struct yaml_node *from;

	for (from = node->first; from; from = from->next->next) {
		struct map_entry *entry = &label->map[label->map_count];

		if (!scalar_read(from, &rule, &entry->from, report))
			continue;
		label->map_count++;
		value_read(&text_key, from->next, entry, report);
	}
	check_twice(label, report);
}

void label_map_reader_read(const struct yaml_node *node, struct label_config *label,
			   const struct report *report)
{
	size_t count = yaml_count(node);
	struct quoted quoted;

	if (node->kind == YAML_TEXT && !yaml_is_null(node)) {
		value_read(&name_key, node, label, report);
	} else if (node->kind != YAML_MAPPING) {
		report_error(report, node->place,
			     "map must be a mapping of values to texts, such as {1: A, 28: AAAA}, "
			     "or the name of a manifest's map, not %s",
			     yaml_describe(node, &quoted));
	} else if (!count || count > LIST_ENTRIES_MAX) {
		report_error(report, node->place, "map must have from 1 to %d entries, not %zu",
			     LIST_ENTRIES_MAX, count);
	} else {
		label->map = calloc(count, sizeof(*label->map));
		if (label->map)
			read_entries(node, label, report);
		else
			report_out_of_memory(report);
	}
}
