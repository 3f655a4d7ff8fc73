/* providers: lists what live sessions can trace here. */
#include "exporter/command/providers.h"

#include <stdio.h>
#include <string.h>

#include "exporter/command/command.h"

#define LIST_LIMIT ((size_t)1 << 30)

static int list(const char *glob, bool json, struct error *error)
{
	struct text text;
	int result;

	text_init(&text, LIST_LIMIT);
	result = providers_list(glob, json, &text, error);
	if (!result && text.failed)
		result = error_set(error, "cannot list the providers: out of memory");
	if (!result)
		fwrite(text.bytes, 1, text.length, stdout);
	text_done(&text);
	return result;
}

static int run(const struct invocation *invocation, struct error *error)
{
	const char *glob = invocation->operand_count ? invocation->operands[0] : NULL;
	bool json = invocation_wants_json(invocation);

	if (invocation->operand_count > 1 || (glob && !providers_glob_is_valid(glob))) {
		error_set(error, "providers takes one glob: %s", providers_glob_form);
		return EXIT_USAGE;
	}
	return list(glob, json, error) ? EXIT_FAILED : EXIT_DONE;
}

const struct command providers_command = {
	.name = "providers",
	.operands = "[GLOB]",
	.summary =
		"Lists what live sessions can trace here: providers, their events, their fields.",
	.options = {{"format", "FORMAT", "text or json (an object on a line for each)", "text"}},
	.option_count = 1,
	.run = run,
};
