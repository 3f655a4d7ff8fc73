/* sessions: lists live trace sessions; removes ours. */
#include "exporter/command/sessions.h"

#include <stdio.h>
#include <string.h>

#include "exporter/command/command.h"

#define LIST_LIMIT ((size_t)64 << 20)

static int list(bool json, struct error *error)
{
	struct text text;
	int result;

	text_init(&text, LIST_LIMIT);
	result = sessions_list(json, &text, error);
	if (!result && text.failed)
		result = error_set(error, "cannot list the sessions: out of memory");
	if (!result)
		fwrite(text.bytes, 1, text.length, stdout);
	text_done(&text);
	return result;
}

static int run(const struct invocation *invocation, struct error *error)
{
	bool json = invocation_wants_json(invocation);
	char **operands = invocation->operands;
	int count = invocation->operand_count, result;

	if (count && (count != 2 || strcmp(operands[0], "stop") != 0)) {
		error_set(error, "sessions takes nothing, or: etw_exporter sessions stop NAME");
		return EXIT_USAGE;
	}
	result = count ? sessions_remove(operands[1], error) : list(json, error);
	return result ? EXIT_FAILED : EXIT_DONE;
}

const struct command sessions_command = {
	.name = "sessions",
	.operands = "[stop NAME]",
	.summary = "Lists live trace sessions, ours and others'; stop removes one of ours.",
	.options = {{"format", "FORMAT", "text or json (an object on a line for each)", "text"}},
	.option_count = 1,
	.run = run,
};
