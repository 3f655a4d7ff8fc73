#include "config/label_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/field_path.h"
#include "config/function_reader.h"
#include "config/keys.h"
#include "config/label_map_reader.h"
#include "config/mapping.h"
#include "config/rule_names.h"

static void read_mapping(const struct yaml_node *node, struct label_config *label,
			 const struct rule_config *rule, const struct report *report)
{
	const struct yaml_node *functions, *map;
	struct mapping mapping;

	mapping_open(&mapping, &label_keys, node, report);
	mapping_read(&mapping, label, report);
	label->field.place = mapping_place(&mapping, "field");
	if (label->field.side == SIDE_START && !rule->pair.place.line)
		report_error(report, mapping_place(&mapping, "from"),
			     "from: start needs a pair: there is only one event otherwise");
	functions = mapping_value(&mapping, "as");
	map = mapping_value(&mapping, "map");
	if (functions)
		function_reader_read(functions, &label->field.functions, report);
	if (map)
		label_map_reader_read(map, label, report);
}

/* The path of a field alone. */
static void read_path(const struct yaml_node *node, struct label_config *label,
		      const struct report *report)
{
	label->field.place = node->place;
	if (!field_path_check_short(node, "a label", report))
		return;
	label->field.path = strdup(node->text);
	if (!label->field.path)
		report_out_of_memory(report);
}

/* The labels so far. */
struct label_list {
	struct label_config *list;
	size_t count;
};

static void check_twice(const struct yaml_node *name, const struct label_list *labels,
			const struct report *report)
{
	struct quoted quoted;
	size_t i;

	for (i = 0; i + 1 < labels->count; i++) {
		if (!labels->list[i].name || strcmp(labels->list[i].name, name->text) != 0)
			continue;
		report_error(report, name->place,
			     "the label %s is given twice; the first is in line %zu",
			     quote(&quoted, name->text), labels->list[i].place.line);
		return;
	}
}

static void read_label(const struct yaml_node *name, struct label_list *labels,
		       const struct rule_config *rule, const struct report *report)
{
	struct label_config *label = &labels->list[labels->count++];
	const struct yaml_node *node = name->next;

	label->place = name->place;
	if (rule_names_check_label(name, report)) {
		check_twice(name, labels, report);
		label->name = strdup(name->text);
		if (!label->name)
			report_out_of_memory(report);
	}
	if (node->kind == YAML_MAPPING)
		read_mapping(node, label, rule, report);
	else
		read_path(node, label, report);
}

static struct label_list read_labels(const struct yaml_node *node, size_t count,
				     const struct rule_config *rule, const struct report *report)
{
	struct label_list labels = {.list = calloc(count, sizeof(*labels.list))};
	const struct yaml_node *name;

	if (!labels.list) {
		report_out_of_memory(report);
		return labels;
	}
	for (name = node->first; name; name = name->next->next)
		read_label(name, &labels, rule, report);
	return labels;
}

void label_reader_read(const struct yaml_node *node, struct rule_config *rule,
		       const struct report *report)
{
	size_t count = yaml_count(node);
	struct label_list labels = {0};
	struct quoted quoted;

	if (node->kind != YAML_MAPPING)
		report_error(report, node->place,
			     "labels must be a mapping of names to fields, such as "
			     "{process: ImageName}, not %s",
			     yaml_describe(node, &quoted));
	else if (count > RULE_LABELS_MAX)
		report_error(report, node->place, "a rule can have %d labels, not %zu",
			     RULE_LABELS_MAX, count);
	else if (count)
		labels = read_labels(node, count, rule, report);
	rule->labels = labels.list;
	rule->label_count = labels.count;
}

/* Only the event that ends a pair is at hand when it is counted. */
static void check_sides(const struct label_list *labels, const struct report *report)
{
	size_t i;

	for (i = 0; i < labels->count; i++)
		if (labels->list[i].field.side == SIDE_START)
			report_error(report, labels->list[i].place,
				     "labels of exemplars are from the event that ends a pair, not "
				     "from its start");
}

void label_reader_read_exemplar(const struct yaml_node *node, struct rule_config *rule,
				const struct report *report)
{
	size_t count = yaml_count(node);
	struct label_list labels = {0};
	struct quoted quoted;

	if (rule->type == RULE_GAUGE)
		report_error(report, node->place,
			     "exemplars are for counters and histograms; a gauge has none");
	else if (node->kind != YAML_MAPPING)
		report_error(report, node->place,
			     "exemplar must be a mapping of names to fields, such as "
			     "{activity: $activity_id}, not %s",
			     yaml_describe(node, &quoted));
	else if (!count || count > RULE_EXEMPLAR_MAX)
		report_error(report, node->place, "an exemplar has from 1 to %d labels, not %zu",
			     RULE_EXEMPLAR_MAX, count);
	else
		labels = read_labels(node, count, rule, report);
	rule->exemplar = labels.list;
	rule->exemplar_count = labels.count;
	check_sides(&labels, report);
}
