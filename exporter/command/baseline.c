/* baseline: records what traced machines do, to compare with later. */
#include "exporter/command/baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/baseline_merge.h"
#include "exporter/baseline/baseline_text.h"
#include "exporter/command/configuration.h"
#include "exporter/system/terminal.h"

#define NAMES_BYTES_MAX 256
#define MERGED_MAX	BASELINE_RUNS_MAX

/* -1: see error. Frees what the text holds. */
static int print(struct text *text, struct error *error)
{
	int result = 0;

	if (text->failed)
		result = error_set(error, "out of memory, or the baseline is too large");
	else if (fwrite(text->bytes, 1, text->length, stdout) != text->length || fflush(stdout))
		result = error_set(error, "cannot write to standard output");
	text_done(text);
	return result;
}

static int print_json(const struct baseline *baseline, struct error *error)
{
	struct text text;

	text_init(&text, BASELINE_FILE_BYTES_MAX);
	baseline_json(baseline, &text);
	return print(&text, error);
}

int baseline_write(const struct invocation *invocation, const struct baseline *baseline,
		   struct error *error)
{
	const char *path = invocation_option(invocation, "output");
	int result;

	if (!path[0]) {
		error_set(error, "where the baseline is to go is missing: -o FILE, or -o - for "
				 "standard output");
		return EXIT_USAGE;
	}
	result = strcmp(path, "-") == 0 ? print_json(baseline, error)
					: baseline_file_write(baseline, path, error);
	return result ? EXIT_FAILED : EXIT_DONE;
}

static int merge_files(const struct invocation *invocation, struct baseline_part *parts,
		       size_t count, struct error *error)
{
	struct baseline *read[MERGED_MAX], *merged = NULL;
	size_t i, opened = 0;
	int code = EXIT_FAILED;

	for (i = 0; i < count; i++) {
		parts[i].name = invocation->operands[i + 1];
		parts[i].baseline = read[i] = baseline_file_read(parts[i].name, error);
		if (!read[i])
			break;
		opened++;
	}
	if (opened == count)
		merged = baseline_merge(parts, count, error);
	if (merged)
		code = baseline_write(invocation, merged, error);
	baseline_free(merged);
	for (i = 0; i < opened; i++)
		baseline_free(read[i]);
	return code;
}

static int merge(const struct invocation *invocation, struct error *error)
{
	size_t count = (size_t)invocation->operand_count - 1;
	struct baseline_part *parts;
	int code;

	if (count < 2 || count > MERGED_MAX) {
		error_set(error, "merge takes two baselines or more: etw_exporter baseline merge "
				 "-o FILE A.json B.json");
		return EXIT_USAGE;
	}
	parts = calloc(count, sizeof(*parts));
	if (!parts) {
		error_set(error, "out of memory");
		return EXIT_FAILED;
	}
	code = merge_files(invocation, parts, count, error);
	free(parts);
	return code;
}

static int print_text(const struct baseline *baseline, struct error *error)
{
	struct text text;

	text_init(&text, BASELINE_FILE_BYTES_MAX);
	baseline_text(baseline, terminal_is_standard_output(), &text);
	return print(&text, error);
}

static int show(const struct invocation *invocation, struct error *error)
{
	const char *format = invocation_option(invocation, "format");
	bool json = invocation_wants_json(invocation);
	struct baseline *baseline;
	int result;

	if (!json && strcmp(format, "text") != 0) {
		error_set(error, "--format=%s: must be text or json", format);
		return EXIT_USAGE;
	}
	if (invocation->operand_count != 2) {
		error_set(error, "show takes one baseline: etw_exporter baseline show FILE");
		return EXIT_USAGE;
	}
	baseline = baseline_file_read(invocation->operands[1], error);
	if (!baseline)
		return EXIT_FAILED;
	result = json ? print_json(baseline, error) : print_text(baseline, error);
	baseline_free(baseline);
	return result ? EXIT_FAILED : EXIT_DONE;
}

/* An action is a row. */
static const struct {
	const char *name;
	baseline_action *run;
} actions[] = {
	{"record", baseline_record},
	{"merge", merge},
	{"show", show},
	{"compare", baseline_compare},
};

#define ACTION_COUNT (sizeof(actions) / sizeof(actions[0]))

static int refuse(const char *name, struct error *error)
{
	char names[NAMES_BYTES_MAX] = "";
	size_t i, length = 0;

	for (i = 0; i < ACTION_COUNT; i++)
		length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
					   i ? ", " : "", actions[i].name);
	error_set(error, "baseline takes one of %s, not \"%s\"", names, name);
	return EXIT_USAGE;
}

static int baseline(const struct invocation *invocation, struct error *error)
{
	const char *name = invocation->operand_count ? invocation->operands[0] : "";
	size_t i;

	for (i = 0; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, name) == 0)
			return actions[i].run(invocation, error);
	return refuse(name, error);
}

const struct command baseline_command = {
	.name = "baseline",
	.operands = "record|merge|show|compare [FILE...]",
	.summary =
		"Records what machines do (recordings, live, by URL); merges, shows, compares it.",
	.options =
		{CONFIG_FILE_OPTION,
		 {"from", "FILE...", "record: recordings of a machine, one after the other", ""},
		 {"url", "URL", "record: a running exporter's metrics page", ""},
		 {"url.header-file", "FILE", "header fields for it: NAME: VALUE, a line each", ""},
		 {"url.ca-file", "FILE", "whose certificates it may have; PEM", ""},
		 {"duration", "TIME", "record: how long, live or of a URL", ""},
		 {"interval", "TIME", "record: how long an interval is", "1s"},
		 {"label", "NAME=VALUE", "record: says what the run is; may be given again", ""},
		 {"output", "FILE", "record, merge: where it goes; or -o FILE, -: standard output",
		  ""},
		 {"format", "FORMAT", "show: text, json; compare: these, markdown, junit", "text"},
		 {"fail-on", "CONDITION",
		  "compare: exits with 1 where it holds; may be given again", ""},
		 {"alpha", "P", "compare: how often chance may be taken for a change", "0.05"},
		 {"correction", "METHOD", "compare: of p for many tests: bh, holm or none", "bh"},
		 {"max-lost", "SHARE", "compare: of events that a run may have lost", "1%"},
		 {"allow", "CHECK", "compare: what would be refused is flagged; may be given again",
		  ""},
		 {"log.level", "LEVEL", "debug, info, warn or error", "warn"},
		 LOG_FORMAT_OPTION},
	.option_count = 17,
	.run = baseline,
};
