#include "tests/support/config_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "config/config.h"

static bool is_missing(const struct problems *problems, const char *wanted)
{
	char got[4096];
	size_t i;

	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];

		snprintf(got, sizeof(got), "%zu:%zu: %s%s", problem->line, problem->column,
			 problem->warning ? "warning: " : "", problem->text);
		if (strcmp(got, wanted) == 0)
			return false;
		print_message("    %s\n", got);
	}
	return true;
}

void config_check(const char *text, size_t length, const char *const *wanted)
{
	struct problems problems;
	struct config *config;
	size_t i, errors = 0;

	problems_init(&problems);
	config = config_parse_text("c.yml", text, length, &problems);
	for (i = 0; wanted[i]; i++) {
		struct problems one = {.list = &problems.list[i], .count = i < problems.count};

		if (is_missing(&one, wanted[i]))
			fail_msg("missing for %s: %s", text, wanted[i]);
		errors += !problems.list[i].warning;
	}
	if (problems.count > i)
		fail_msg("one more for %s: %s", text, problems.list[i].text);
	assert_int_equal(problems.errors, errors);
	assert_true(!config == (errors > 0));
	config_free(config);
	problems_done(&problems);
}
