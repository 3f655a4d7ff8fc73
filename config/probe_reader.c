#include "config/probe_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/mapping.h"
#include "config/path_reader.h"
#include "config/scalar_reader.h"

#define IDENTIFIER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define DIGITS	   "0123456789"

/* The kernel splits definitions of probes at spaces, and takes `#` for the begin of a comment. */
#define SEPARATORS " \t#"

static void check_name(const struct mapping *mapping, const struct probe_config *probe,
		       const struct report *report)
{
	struct quoted quoted;

	if (!probe->name)
		return;
	if (probe->name[strspn(probe->name, IDENTIFIER)] || strchr(DIGITS, probe->name[0]))
		report_error(report, mapping_place(mapping, "name"),
			     "the name of a probe must have letters, digits and _ alone and not "
			     "begin with a digit, not %s",
			     quote(&quoted, probe->name));
}

static void check_separators(const struct mapping *mapping, const char *key, const char *text,
			     const struct report *report)
{
	struct quoted quoted;

	if (text && strpbrk(text, SEPARATORS))
		report_error(report, mapping_place(mapping, key),
			     "%s must be without spaces and #, which Linux' probes cannot have "
			     "there, not %s",
			     key, quote(&quoted, text));
}

static void check_arguments(const struct mapping *mapping, const struct probe_config *probe,
			    const struct report *report)
{
	struct quoted quoted;

	if (probe->arguments && strchr(probe->arguments, '#'))
		report_error(report, mapping_place(mapping, "args"),
			     "args must be without #, which Linux takes for a comment, not %s",
			     quote(&quoted, probe->arguments));
}

static void check_probe(const struct mapping *mapping, const struct probe_config *probe,
			const struct report *report)
{
	check_name(mapping, probe, report);
	check_separators(mapping, "symbol", probe->symbol, report);
	check_arguments(mapping, probe, report);
}

static void read_binary(const struct mapping *mapping, const char *folder,
			struct probe_config *into, const struct report *report)
{
	struct path_rule rule = {"binary", folder, 1, false};
	const struct yaml_node *node = mapping_value(mapping, "binary");
	struct path_nodes paths = {NULL, NULL, 0};

	if (!node)
		return;
	path_reader_read(node, &rule, &paths, report);
	if (paths.count) {
		into->binary = paths.paths[0];
		paths.count = 0;
	}
	path_nodes_done(&paths);
	check_separators(mapping, "binary", into->binary, report);
}

static void read_offset(const struct yaml_node *node, struct probe_config *into,
			const struct report *report)
{
	struct scalar_rule rule = {"offset", 1, 20};
	struct scalar_config scalar;
	struct quoted quoted;

	if (!scalar_read(node, &rule, &scalar, report))
		return;
	if (scalar.is_integer && !scalar.negative && scalar.magnitude <= INT64_MAX)
		into->offset = scalar.magnitude;
	else
		report_error(report, node->place,
			     "offset must be a whole number such as 0x1a40, not %s",
			     quote(&quoted, scalar.text));
	free(scalar.text);
}

void probe_reader_uprobe(const struct yaml_node *node, const char *folder,
			 struct probe_config *into, const struct report *report)
{
	const struct yaml_node *offset;
	struct mapping mapping;

	mapping_open(&mapping, &uprobe_keys, node, report);
	mapping_read(&mapping, into, report);
	read_binary(&mapping, folder, into, report);
	offset = mapping_value(&mapping, "offset");
	if (offset)
		read_offset(offset, into, report);
	if (node->kind == YAML_MAPPING && !offset == !mapping_value(&mapping, "symbol"))
		report_error(report, node->place,
			     "a uprobe needs one of the keys \"symbol\" and \"offset\"%s",
			     offset ? ", not both" : "");
	check_probe(&mapping, into, report);
}

void probe_reader_kprobe(const struct yaml_node *node, struct probe_config *into,
			 const struct report *report)
{
	struct mapping mapping;

	mapping_open(&mapping, &kprobe_keys, node, report);
	mapping_read(&mapping, into, report);
	check_probe(&mapping, into, report);
}
