#include "config/function_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/mapping.h"
#include "config/scalar_reader.h"

/* Longer than the name of any. */
#define NAME_BYTES_MAX 64

static void read_name(const struct yaml_node *node, struct function_config *function,
		      const struct report *report)
{
	size_t letters = strspn(node->text, "abcdefghijklmnopqrstuvwxyz_0123456789");
	struct quoted quoted;

	if (!node->length || letters != node->length || node->length > NAME_BYTES_MAX) {
		report_error(report, node->place,
			     "as must be a label function such as lower, or a list of them, not %s",
			     yaml_describe(node, &quoted));
		return;
	}
	function->name = strdup(node->text);
	if (!function->name)
		report_out_of_memory(report);
}

static void read_argument(const struct yaml_node *node, struct function_config *function,
			  const struct report *report)
{
	struct scalar_rule rule = {"the argument of a label function", 0, TEXT_BYTES_MAX};
	struct mapping mapping;

	if (node->kind != YAML_MAPPING) {
		scalar_read(node, &rule, &function->argument, report);
		return;
	}
	mapping_open(&mapping, &regex_keys, node, report);
	mapping_read(&mapping, function, report);
}

/* `truncate: 20`: a mapping with one key. */
static void read_call(const struct yaml_node *node, struct function_config *function,
		      const struct report *report)
{
	if (yaml_count(node) != 1 || node->first->kind != YAML_TEXT) {
		report_error(report, node->place,
			     "a label function with an argument is one key and its value, such as "
			     "truncate: 20; of several make a list, each behind a \"-\"");
		return;
	}
	read_name(node->first, function, report);
	read_argument(node->first->next, function, report);
}

static void read_function(const struct yaml_node *node, struct function_list *functions,
			  const struct report *report)
{
	struct function_config *function = &functions->list[functions->count++];
	struct quoted quoted;

	function->place = node->place;
	if (node->kind == YAML_MAPPING)
		read_call(node, function, report);
	else if (node->kind == YAML_TEXT && !yaml_is_null(node))
		read_name(node, function, report);
	else
		report_error(report, node->place,
			     "as must be a label function such as lower, or a list of them, not %s",
			     yaml_describe(node, &quoted));
}

void function_reader_read(const struct yaml_node *node, struct function_list *functions,
			  const struct report *report)
{
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 1;

	if (!count || count > FUNCTIONS_MAX) {
		report_error(report, node->place, "as must have from 1 to %d entries, not %zu",
			     FUNCTIONS_MAX, count);
		return;
	}
	functions->list = calloc(count, sizeof(*functions->list));
	if (!functions->list) {
		report_out_of_memory(report);
		return;
	}
	if (node->kind != YAML_LIST) {
		read_function(node, functions, report);
		return;
	}
	for (node = node->first; node; node = node->next)
		read_function(node, functions, report);
}
