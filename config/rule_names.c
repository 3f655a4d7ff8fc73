#include "config/rule_names.h"

#include <string.h>

#include "config/rule_units.h"

#define LETTERS		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define LABEL_BYTES_MAX 200

static bool is_name(const char *text)
{
	return strspn(text, LETTERS "_") && !text[strspn(text, LETTERS "_0123456789")];
}

static bool begins_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name), wanted = strlen(suffix);

	return length >= wanted && strcmp(name + length - wanted, suffix) == 0;
}

/* What the exporter's own metrics are called; NULL: not this. */
static const char *reserved(const char *name)
{
	static const char *const prefixes[] = {"etw_session_",	"etw_exporter_", "etw_rule_",
					       "etw_baseline_", "process_",	 "go_",
					       "scrape_"};
	static const char *const names[] = {"etw_events_total", "etw_event_bytes_total",
					    "etw_decode_errors_total", "up"};
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins_with(name, prefixes[i]))
			return prefixes[i];
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rule_names_clash(name, names[i]))
			return names[i];
	return NULL;
}

static const char *reserved_suffix(const char *name)
{
	static const char *const suffixes[] = {"_total",  "_count", "_sum",
					       "_bucket", "_info",  "_created"};
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (ends_with(name, suffixes[i]))
			return suffixes[i];
	return NULL;
}

static void check_suffix(const struct rule_config *rule, const struct report *report)
{
	const char *suffix = reserved_suffix(rule->name);
	struct quoted quoted;

	quote(&quoted, rule->name);
	if (rule->type == RULE_COUNTER && !ends_with(rule->name, "_total"))
		report_error(report, rule->name_place,
			     "the name of a counter must end in _total, not %s; call it %s_total",
			     quoted.text, rule->name);
	else if (rule->type == RULE_COUNTER && strcmp(rule->name, "_total") == 0)
		report_error(report, rule->name_place,
			     "the name of a counter needs something before _total");
	else if (rule->type != RULE_COUNTER && suffix)
		report_error(report, rule->name_place,
			     "the name of a %s must not end in %s as %s does: that is how %s end",
			     rule->type == RULE_GAUGE ? "gauge" : "histogram", suffix, quoted.text,
			     strcmp(suffix, "_total") == 0  ? "counters"
			     : strcmp(suffix, "_info") == 0 ? "info metrics"
							    : "the parts of other metrics");
}

static const char *type_word(const char *name)
{
	static const char *const words[] = {"counter", "gauge", "histogram"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (rule_units_has_word(name, words[i], strlen(words[i])))
			return words[i];
	return NULL;
}

/* A small letter before a capital one. */
static bool is_camel_case(const char *name)
{
	for (; name[0] && name[1]; name++)
		if (name[0] >= 'a' && name[0] <= 'z' && name[1] >= 'A' && name[1] <= 'Z')
			return true;
	return false;
}

static void warn(const struct rule_config *rule, const struct report *report)
{
	const char *word = type_word(rule->name);
	struct quoted quoted;

	quote(&quoted, rule->name);
	if (word)
		report_warning(report, rule->name_place,
			       "the name %s has the word %s in it; the type is said by itself",
			       quoted.text, word);
	if (is_camel_case(rule->name))
		report_warning(report, rule->name_place,
			       "the name %s is in camelCase; write small letters with _ between "
			       "the words",
			       quoted.text);
	rule_units_warn(rule->name, rule->name_place, report);
}

void rule_names_check(const struct rule_config *rule, const struct report *report)
{
	size_t errors = report->problems->errors;
	const char *own;
	struct quoted quoted;

	if (!is_name(rule->name)) {
		report_error(
			report, rule->name_place,
			"the name of a metric must be letters, digits and _, the first no digit, "
			"not %s",
			quote(&quoted, rule->name));
		return;
	}
	own = reserved(rule->name);
	if (own)
		report_error(report, rule->name_place,
			     "the name %s is one of the exporter's own (%s%s); take another",
			     quote(&quoted, rule->name), own, ends_with(own, "_") ? "..." : "");
	else
		check_suffix(rule, report);
	if (report->problems->errors == errors)
		warn(rule, report);
}

static bool is_label_name(const struct yaml_node *node)
{
	return node->length <= LABEL_BYTES_MAX && strlen(node->text) == node->length &&
	       is_name(node->text) && !begins_with(node->text, "__");
}

static void warn_label(const struct yaml_node *name, const struct report *report)
{
	struct quoted quoted;

	if (strcmp(name->text, "type") == 0)
		report_warning(report, name->place,
			       "a label named \"type\" says little; say of what, as in "
			       "query_type");
	if (is_camel_case(name->text))
		report_warning(report, name->place,
			       "the label %s is in camelCase; write small letters with _ between "
			       "the words",
			       quote(&quoted, name->text));
}

bool rule_names_check_label(const struct yaml_node *name, const struct report *report)
{
	struct quoted quoted;

	if (name->kind != YAML_TEXT || !is_label_name(name)) {
		report_error(report, name->place,
			     "the name of a label must be at most %d letters, digits and _, "
			     "the first no digit and not both of the first two _, not %s",
			     LABEL_BYTES_MAX, yaml_describe(name, &quoted));
		return false;
	}
	if (strcmp(name->text, "quantile") == 0 || strcmp(name->text, "le") == 0) {
		report_error(report, name->place,
			     "the label %s is Prometheus's own; take another name",
			     quote(&quoted, name->text));
		return false;
	}
	warn_label(name, report);
	return true;
}

static size_t family_length(const char *name)
{
	return strlen(name) - (ends_with(name, "_total") ? strlen("_total") : 0);
}

bool rule_names_clash(const char *a, const char *b)
{
	return family_length(a) == family_length(b) && strncmp(a, b, family_length(a)) == 0;
}
