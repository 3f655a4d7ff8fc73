#include "exporter/label/label_steps.h"

#include "config/nearest.h"
#include "metrics/text.h"

#define LIST_LIMIT 1024

static const char *function_name(size_t i, const void *context)
{
	(void)context;
	return label_functions[i].name;
}

static void list_functions(struct text *list)
{
	size_t i;

	text_init(list, LIST_LIMIT);
	for (i = 0; label_functions[i].name; i++)
		text_printf(list, "%s%s", i ? " " : "", label_functions[i].name);
	text_char(list, '\0');
}

static void report_unknown(const struct function_config *config, const struct report *report)
{
	size_t near = nearest(config->name, function_name, NULL);
	struct quoted quoted;
	struct text list;

	list_functions(&list);
	quote(&quoted, config->name);
	if (near != NEAREST_NONE)
		report_error(report, config->place,
			     "unknown label function %s; did you mean \"%s\"? There are %s",
			     quoted.text, label_functions[near].name,
			     list.failed ? "" : list.bytes);
	else
		report_error(report, config->place, "unknown label function %s; there are %s",
			     quoted.text, list.failed ? "" : list.bytes);
	text_done(&list);
}

static bool compile_count(struct label_step *step, const struct function_config *config,
			  const struct report *report)
{
	const struct scalar_config *argument = &config->argument;

	if (argument->text && argument->is_number && argument->is_integer && !argument->negative &&
	    argument->magnitude >= 1 && argument->magnitude <= LABEL_COUNT_MAX && !config->match &&
	    !config->replace) {
		step->count = (size_t)argument->magnitude;
		return true;
	}
	report_error(report, argument->text ? argument->place : config->place,
		     "\"%s\" needs a number of characters from 1 to %d, as in \"%s: 20\"",
		     step->function->name, LABEL_COUNT_MAX, step->function->name);
	return false;
}

static bool compile_regex(struct label_step *step, const struct function_config *config,
			  const struct report *report)
{
	const char *match = config->argument.text ? config->argument.text : config->match;
	struct place place = config->argument.text ? config->argument.place : config->place;

	if (!match || (config->argument.text && (config->match || config->replace))) {
		report_error(report, config->place,
			     "\"%s\" needs an expression, as in \"%s: '^[a-z]+'\" or "
			     "\"%s: {match: '^([a-z]+)-.*', replace: '$1'}\"",
			     step->function->name, step->function->name, step->function->name);
		return false;
	}
	step->regex = label_regex_new(match, config->replace, place, report);
	return step->regex != NULL;
}

static bool compile_argument(struct label_step *step, const struct function_config *config,
			     const struct report *report)
{
	switch (step->function->argument) {
	case LABEL_ARGUMENT_COUNT:
		return compile_count(step, config, report);
	case LABEL_ARGUMENT_REGEX:
		return compile_regex(step, config, report);
	default:
		if (!config->argument.text && !config->match && !config->replace)
			return true;
		report_error(report, config->argument.text ? config->argument.place : config->place,
			     "label function \"%s\" takes no argument; write it alone",
			     step->function->name);
		return false;
	}
}

bool label_step_compile(struct label_step *step, const struct function_config *config,
			bool is_first, const struct report *report)
{
	*step = (struct label_step){.function = label_function_find(config->name)};
	if (!step->function) {
		report_unknown(config, report);
		return false;
	}
	if (step->function->state != LABEL_PURE && !is_first) {
		report_error(report, config->place,
			     "label function \"%s\" must be the first: it looks up the field's own "
			     "value",
			     step->function->name);
		return false;
	}
	return compile_argument(step, config, report);
}
