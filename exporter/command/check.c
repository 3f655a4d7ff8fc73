/*
 * check: says everything that is wrong with a configuration, and what its rules take; with
 * recordings, what they make of these.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/command/configuration.h"
#include "exporter/command/dry_run.h"
#include "exporter/command/json.h"
#include "exporter/command/live_events.h"
#include "exporter/decoder/manifest_files.h"
#include "exporter/rule/rule_check.h"
#include "exporter/http/web_settings.h"

#define REPORT_LIMIT ((size_t)256 << 20)

struct checking {
	const struct invocation *invocation;
	const char *file;
	bool json;
	struct problems problems;
	struct config *config;
	struct manifests *manifests; /* NULL: none */
	struct catalogue *catalogue;
	struct live_events *live; /* that it was told of; NULL: none */
	struct text *rules;	  /* what is said of each; NULL until then */
};

/* Its name and type, in either format, then what the rule is, and notes. */
static void text_rule(const struct rule_check *check, struct text *to)
{
	const char *note = check->notes.bytes, *end = note + check->notes.length;

	text_string(to, "rule ");
	text_printable(to, check->rule->name);
	text_string(to, ": ");
	rule_check_describe(check, to);
	text_char(to, '\n');
	while (!check->notes.failed && note < end) {
		const char *next = (const char *)memchr(note, '\n', (size_t)(end - note)) + 1;

		text_string(to, "  note: ");
		text_add(to, note, (size_t)(next - note));
		note = next;
	}
}

static void json_notes(const struct rule_check *check, struct text *to)
{
	const char *note = check->notes.bytes, *end = note + check->notes.length;
	bool first = true;

	text_string(to, ",\"notes\":[");
	while (!check->notes.failed && note < end) {
		const char *stop = memchr(note, '\n', (size_t)(end - note));

		text_string(to, first ? "" : ",");
		text_json_bytes(to, note, (size_t)(stop - note));
		note = stop + 1;
		first = false;
	}
	text_char(to, ']');
}

/* As many as are kept, and how many errors there are. */
static void json_problems(const struct problems *problems, struct text *to)
{
	size_t i;

	json_u64(to, "errors", problems->errors);
	json_key(to, "problems");
	text_char(to, '[');
	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];

		json_next(to);
		text_char(to, '{');
		json_string(to, "severity", problem->warning ? "warning" : "error");
		json_string(to, "file", problem->file);
		json_u64(to, "line", problem->line);
		json_u64(to, "column", problem->column);
		json_string(to, "text", problem->text);
		text_char(to, '}');
	}
	text_char(to, ']');
}

static void json_rule(const struct rule_check *check, struct text *to)
{
	struct text line;

	text_init(&line, REPORT_LIMIT);
	rule_check_describe(check, &line);
	text_string(to, "{\"rule\":");
	text_json(to, check->rule->name);
	text_string(to, ",\"is\":");
	text_json_bytes(to, line.failed ? "" : line.bytes, line.failed ? 0 : line.length);
	json_notes(check, to);
	text_done(&line);
}

static int check_rule(struct checking *checking, size_t index, struct error *error)
{
	struct rule_check check;
	struct text *to = &checking->rules[index];
	int result = rule_check_run(&check, &checking->config->rules[index], checking->catalogue,
				    &checking->problems);

	text_init(to, REPORT_LIMIT);
	if (result)
		error_set(error, "cannot check %s: out of memory", checking->file);
	else if (checking->json)
		json_rule(&check, to);
	else
		text_rule(&check, to);
	rule_check_done(&check);
	return result;
}

/* A manifest that cannot be read is a problem of the configuration; others are warned of. */
static void load_manifests(struct checking *checking)
{
	const struct config *config = checking->config;
	struct problems notes;
	struct error error;
	size_t i;

	if (!config->manifest_count)
		return;
	problems_init(&notes);
	checking->manifests = manifest_files_load((const char *const *)config->manifests,
						  config->manifest_count, &notes, &error);
	if (!checking->manifests)
		problems_add(&checking->problems, config->file, (struct place){0, 0}, false,
			     error.text);
	for (i = 0; checking->manifests && i < notes.count; i++) {
		const struct problem *note = &notes.list[i];

		problems_add(&checking->problems, note->file,
			     (struct place){note->line, note->column}, note->warning, note->text);
	}
	problems_done(&notes);
}

/* Likewise a baseline. */
static void check_baseline(struct checking *checking)
{
	const struct config *config = checking->config;
	struct baseline *baseline;
	struct error error;

	if (!config->baseline_file)
		return;
	baseline = baseline_file_read(config->baseline_file, &error);
	if (!baseline)
		problems_add(&checking->problems, config->file, (struct place){0, 0}, false,
			     error.text);
	baseline_free(baseline);
}

/* Without the manifests, or files which name more of them, too much would be wrong. */
static bool schemas_are_known(const struct checking *checking)
{
	const struct config *config = checking->config;

	return !config->is_partial && (!config->manifest_count || checking->manifests);
}

static int check_rules(struct checking *checking, struct error *error)
{
	size_t i, count = checking->config->rule_count;

	if (!checking->config->is_partial)
		load_manifests(checking);
	checking->catalogue = catalogue_new(checking->manifests);
	checking->rules = calloc(count + 1, sizeof(*checking->rules));
	if (!checking->catalogue || !checking->rules)
		return error_set(error, "cannot check %s: out of memory", checking->file);
	checking->live =
		live_events_add(checking->config, checking->catalogue, &checking->problems);
	for (i = 0; i < count && schemas_are_known(checking); i++)
		if (check_rule(checking, i, error))
			return -1;
	return 0;
}

static void say_failed(const struct error *error)
{
	fprintf(stderr, "etw_exporter: %s\n", error->text);
}

/* `result` is NULL where there was no dry run. */
static void report_text(const struct checking *checking, const struct dry_run *run,
			const struct dry_result *result, struct text *to)
{
	const struct config *config = checking->config;
	size_t i;

	text_printf(to, "%s: %zu %s, no errors\n", checking->file, config->session_count,
		    config->session_count == 1 ? "session" : "sessions");
	for (i = 0; i < config->rule_count; i++)
		text_add(to, checking->rules[i].bytes, checking->rules[i].length);
	if (result)
		dry_result_text(run, result, to);
}

/* Also of what cannot be used, as far as it could be read. */
static void report_json(const struct checking *checking, const struct dry_result *result,
			struct text *to)
{
	const struct config *config = checking->config;
	size_t i, rule_count = config ? config->rule_count : 0;

	text_char(to, '{');
	json_string(to, "config", checking->file);
	json_problems(&checking->problems, to);
	json_u64(to, "sessions", config ? config->session_count : 0);
	json_key(to, "rules");
	text_char(to, '[');
	for (i = 0; i < rule_count && checking->rules[i].length; i++) {
		text_string(to, i ? "," : "");
		text_add(to, checking->rules[i].bytes, checking->rules[i].length);
		text_string(to, ",\"against\":");
		if (result)
			dry_rule_json(&config->rules[i], &result->rules[i], to);
		else
			text_string(to, "null");
		text_char(to, '}');
	}
	text_string(to, "]}\n");
}

static int print(const struct checking *checking, const struct dry_run *run,
		 const struct dry_result *result, struct error *error)
{
	struct text text;
	int code = EXIT_DONE;

	text_init(&text, REPORT_LIMIT);
	if (checking->json)
		report_json(checking, result, &text);
	else
		report_text(checking, run, result, &text);
	if (text.failed || fwrite(text.bytes, 1, text.length, stdout) != text.length ||
	    fflush(stdout)) {
		error_set(error, "cannot write to standard output");
		code = EXIT_FAILED;
	}
	text_done(&text);
	return code;
}

/* What is printed where nothing is wrong. */
static int report(const struct checking *checking, struct error *error)
{
	const struct invocation *invocation = checking->invocation;
	const struct dry_run run = {
		.config = checking->config,
		.manifests = checking->manifests,
		.files = invocation->operands,
		.file_count = (size_t)invocation->operand_count,
		.failed = say_failed,
	};
	struct dry_result result = {0};
	int code;

	if (!run.file_count)
		return print(checking, &run, NULL, error);
	if (dry_run(&run, &result, error)) {
		free(result.rules);
		return EXIT_FAILED;
	}
	code = print(checking, &run, &result, error);
	free(result.rules);
	return result.failed ? EXIT_FAILED : code;
}

static void checking_done(struct checking *checking)
{
	size_t i;

	for (i = 0; checking->rules && i < checking->config->rule_count; i++)
		text_done(&checking->rules[i]);
	free(checking->rules);
	catalogue_free(checking->catalogue);
	live_events_free(checking->live);
	manifests_free(checking->manifests);
	config_free(checking->config);
	problems_done(&checking->problems);
}

static int run(struct checking *checking, struct error *error)
{
	bool usable;

	checking->config = configuration_read(checking->file, &checking->problems);
	if (checking->config && check_rules(checking, error))
		return EXIT_FAILED;
	if (checking->config)
		check_baseline(checking);
	usable = checking->config && !checking->problems.errors;
	configuration_print_problems(&checking->problems);
	if (usable)
		return report(checking, error);
	if (checking->json && print(checking, NULL, NULL, error))
		return EXIT_FAILED;
	return EXIT_USAGE;
}

static int check_config(const struct invocation *invocation, struct error *error)
{
	struct checking checking = {
		.invocation = invocation,
		.file = invocation_option(invocation, "config.file"),
		.json = invocation_wants_json(invocation),
	};
	int code;

	problems_init(&checking.problems);
	code = run(&checking, error);
	checking_done(&checking);
	return code;
}

/* With what it names: certificates, keys. */
static int check_web_config(const struct invocation *invocation)
{
	const char *file = invocation_option(invocation, "web.config.file");
	bool json = invocation_wants_json(invocation);
	struct web_settings *settings;
	struct problems problems;
	struct text line;

	problems_init(&problems);
	settings = web_settings_load(file, &problems);
	configuration_print_problems(&problems);
	text_init(&line, REPORT_LIMIT);
	if (json) {
		text_char(&line, '{');
		json_string(&line, "web_config", file);
		json_problems(&problems, &line);
		text_string(&line, "}\n");
	} else if (settings) {
		text_printf(&line, "%s: web configuration, no errors\n", file);
	}
	if (line.length)
		fwrite(line.bytes, 1, line.length, stdout);
	text_done(&line);
	problems_done(&problems);
	if (!settings)
		return EXIT_USAGE;
	web_settings_drop(settings);
	return EXIT_DONE;
}

static int check(const struct invocation *invocation, struct error *error)
{
	bool config = invocation_option(invocation, "config.file")[0];
	bool web = invocation_option(invocation, "web.config.file")[0];
	int code, web_code;

	if (!config && (!web || invocation->operand_count)) {
		error_set(error, "check needs --config.file=FILE");
		return EXIT_USAGE;
	}
	if (invocation->operand_count && !invocation_option(invocation, "against")) {
		error_set(error, "unexpected word \"%s\": recordings come behind --against",
			  invocation->operands[0]);
		return EXIT_USAGE;
	}
	web_code = web ? check_web_config(invocation) : EXIT_DONE;
	code = config ? check_config(invocation, error) : EXIT_DONE;
	return code ? code : web_code;
}

const struct command check_command = {
	.name = "check",
	.operands = "[--against FILE...]",
	.summary =
		"Checks a configuration, says every problem and what rules take, starts nothing.",
	.options = {{"config.file", "FILE", "the configuration to check", ""},
		    {"web.config.file", "FILE", "the web configuration to check", ""},
		    {"against", "FILE...", "tries the rules on a recording, or several of them",
		     NULL},
		    {"format", "FORMAT", "text or json (one object on one line)", "text"}},
	.option_count = 4,
	.run = check,
};
