#include "tests/support/rule_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEXT_BYTES ((size_t)64 << 10)

struct config *rule_text_config(const char *metrics)
{
	static char text[TEXT_BYTES];
	struct problems problems;
	struct config *config;
	size_t i;

	snprintf(text, sizeof(text), "sessions: [{name: test, path: test.etl}]\nmetrics: %s\n",
		 metrics);
	problems_init(&problems);
	config = config_parse_text("test.yml", text, strlen(text), &problems);
	for (i = 0; !config && i < problems.count; i++)
		print_error("%zu:%zu: %s\n", problems.list[i].line, problems.list[i].column,
			    problems.list[i].text);
	problems_done(&problems);
	assert_non_null(config);
	return config;
}

struct config *rule_text_match(const char *match)
{
	char text[4096];

	snprintf(text, sizeof(text), "[{name: a_total, help: a, type: counter, match: %s}]", match);
	return rule_text_config(text);
}

struct config *rule_text_where(const char *where)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "[{name: a_total, help: a, type: counter, match: {provider: P}, where: %s}]",
		 where);
	return rule_text_config(text);
}
