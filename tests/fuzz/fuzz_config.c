/*
 * Any bytes as a configuration: no crash, and either a complete configuration or reasons why not,
 * which can be printed. Looks at nothing on disk.
 */
#include <stdint.h>
#include <stdlib.h>

#include "config/config.h"
#include "config/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_text(const char *text)
{
	size_t length = 0;
	uint32_t code;

	require(*text);
	for (; text[length]; length++)
		;
	while (length) {
		size_t bytes = utf8_next(text, length, &code);

		require(bytes && !utf8_is_control(code));
		text += bytes;
		length -= bytes;
	}
}

static void check_problems(const struct problems *problems)
{
	size_t i;

	require(problems->count <= 2 * PROBLEMS_MAX);
	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];
		const struct problem *before = i ? problem - 1 : problem;

		check_text(problem->text);
		require(before->line < problem->line ||
			(before->line == problem->line && before->column <= problem->column));
		require(!problem->line == !problem->column);
	}
}

static void check_config(const struct config *config)
{
	size_t i, j;

	require(config->session_count && config->limits.series && config->limits.label_bytes);
	for (i = 0; i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];

		check_text(session->name);
		check_text(session->source);
		require(session->path_count && session->poll_ns && session->queue_bytes);
		for (j = 0; j < session->path_count; j++)
			require(*session->paths[j]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems;
	struct config *config;

	problems_init(&problems);
	config = config_parse_text("fuzz", (const char *)data, size, &problems);
	require(!config == (problems.errors > 0));
	check_problems(&problems);
	if (config)
		check_config(config);
	config_free(config);
	problems_done(&problems);
	return 0;
}
