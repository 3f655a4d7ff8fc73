#include "tests/support/label_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/value_number.h"

const char *const label_rig_results[] = {
	[LABEL_OK] = "ok:", [LABEL_NONE] = "none:", [LABEL_UNFIT] = "unfit:"};

void label_rig_add(struct label_rig_config *config, const char *name, const char *argument,
		   const char *match, const char *replace)
{
	struct function_config *function = &config->functions[config->list.count];
	char *own = config->names[config->list.count];
	struct value_number number;

	assert_true(config->list.count < LABEL_RIG_STEPS_MAX &&
		    strlen(name) < sizeof(config->names[0]));
	strcpy(own, name);
	*function = (struct function_config){
		.name = own,
		.argument.text = (char *)(uintptr_t)argument,
		.match = (char *)(uintptr_t)match,
		.replace = (char *)(uintptr_t)replace,
		.place = {2, config->list.count + 1},
		.argument.place = {3, config->list.count + 1},
	};
	if (argument && value_number_parse(argument, strlen(argument), &number)) {
		function->argument.is_number = function->argument.is_integer = true;
		function->argument.negative = argument[0] == '-';
		function->argument.magnitude = argument[0] == '-' ? 0 - number.u : number.u;
	}
	config->list.list = config->functions;
	config->list.count++;
}

void label_rig_configure(struct label_rig_config *config, const char *functions, char *copy)
{
	char *at = copy, *save = NULL, *word;

	memset(config, 0, sizeof(*config));
	strcpy(copy, functions);
	for (word = strtok_r(at, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *argument = strchr(word, ':');

		if (argument)
			*argument++ = '\0';
		label_rig_add(config, word, argument, NULL, NULL);
	}
}

struct label_chain *label_rig_chain(const struct label_rig_config *config)
{
	struct problems problems;
	struct label_chain *chain;

	problems_init(&problems);
	chain = label_chain_new(&config->list, "rules.yml", &problems);
	if (problems.count)
		fail_msg("%s", problems.list[0].text);
	assert_non_null(chain);
	problems_done(&problems);
	return chain;
}
