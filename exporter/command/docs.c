/* docs: prints what is made of the tables of commands, flags and keys. */
#include "exporter/docs/docs.h"

#include <stdio.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/compare_report.h"
#include "exporter/command/command.h"

#define DOCUMENT_BYTES_MAX (4u << 20)
#define NAMES_BYTES_MAX	   4096

/* A document is a row. */
static const struct {
	const char *name;
	void (*write)(struct text *to);
} documents[] = {
	{"man", docs_man_page},
	{"config-man", docs_config_page},
	{"schema", docs_config_schema},
	{"web-schema", docs_web_schema},
	{"bash", docs_bash_completion},
	{"zsh", docs_zsh_completion},
	{"baseline-schema", baseline_schema},
	{"compare-schema", compare_schema},
};

#define DOCUMENT_COUNT (sizeof(documents) / sizeof(documents[0]))

static int print(size_t document, struct error *error)
{
	struct text text;
	int code = EXIT_DONE;

	text_init(&text, DOCUMENT_BYTES_MAX);
	documents[document].write(&text);
	if (text.failed) {
		error_set(error, "out of memory");
		code = EXIT_FAILED;
	} else {
		fwrite(text.bytes, 1, text.length, stdout);
	}
	text_done(&text);
	return code;
}

static int refuse(const char *name, struct error *error)
{
	struct text names;
	size_t i;

	text_init(&names, NAMES_BYTES_MAX);
	for (i = 0; i < DOCUMENT_COUNT; i++)
		text_printf(&names, "%s%s", i ? ", " : "", documents[i].name);
	text_char(&names, '\0');
	error_set(error, "docs prints one of %s, not \"%s\"", names.failed ? "" : names.bytes,
		  name);
	text_done(&names);
	return EXIT_USAGE;
}

static int docs(const struct invocation *invocation, struct error *error)
{
	const char *name = invocation->operand_count ? invocation->operands[0] : "";
	size_t i;

	for (i = 0; i < DOCUMENT_COUNT; i++)
		if (strcmp(documents[i].name, name) == 0)
			return print(i, error);
	return refuse(name, error);
}

const struct command docs_command = {
	.name = "docs",
	.operands = "man|config-man|schema|web-schema|bash|zsh|baseline-schema|compare-schema",
	.summary = "Prints manual pages, schemas, completions for shells.",
	.run = docs,
};
