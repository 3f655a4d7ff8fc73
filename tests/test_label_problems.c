#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/label_rig.h"

static void a_problem(const struct label_rig_config *config, size_t line, const char *says)
{
	struct problems problems;

	problems_init(&problems);
	assert_null(label_chain_new(&config->list, "rules.yml", &problems));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.errors, 1);
	assert_string_equal(problems.list[0].file, "rules.yml");
	assert_int_equal(problems.list[0].line, line);
	if (!strstr(problems.list[0].text, says))
		fail_msg("%s", problems.list[0].text);
	problems_done(&problems);
}

static void problem(const char *functions, size_t line, const char *says)
{
	struct label_rig_config config;
	char copy[256];

	label_rig_configure(&config, functions, copy);
	a_problem(&config, line, says);
}

static void problems_say_what_would_be_right(void **state)
{
	(void)state;
	problem("lowr", 2, "unknown label function \"lowr\"; did you mean \"lower\"?");
	problem("quux", 2,
		"there are int hex string lower upper ip port sid guid bool time "
		"ntstatus win32 hresult errno syscall softirq process thread_process image file "
		"comm ksym device irq basename dirname ext truncate regex");
	problem("lower:3", 3, "\"lower\" takes no argument");
	problem("truncate", 2, "\"truncate\" needs a number of characters from 1 to 4096");
	problem("truncate:0", 3, "from 1 to 4096");
	problem("truncate:4097", 3, "from 1 to 4096");
	problem("truncate:-1", 3, "from 1 to 4096");
	problem("truncate:x", 3, "from 1 to 4096");
	problem("regex", 2, "\"regex\" needs an expression");
	problem("regex:a(b", 3,
		"bad regular expression \"a(b\": missing closing parenthesis, at "
		"offset 3");
	problem("regex:\\C", 3, "bad regular expression");
	problem("lower process", 2, "\"process\" must be the first");
	problem("process process", 2, "\"process\" must be the first");
}

static void a_replacement_is_checked_before_it_is_used(void **state)
{
	static const char *const wrong[] = {"$2", "$x", "$", "${1", "${}", "a$b", "$$$", "$33"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct label_rig_config config = {0};

		label_rig_add(&config, "regex", NULL, "(a)", wrong[i]);
		a_problem(&config, 2, "bad replacement");
	}
}

static void arguments_do_not_mix(void **state)
{
	struct label_rig_config config = {0};

	(void)state;
	label_rig_add(&config, "regex", "a", NULL, "b");
	a_problem(&config, 2, "needs an expression");
	config.list.count = 0;
	label_rig_add(&config, "regex", NULL, NULL, "b");
	a_problem(&config, 2, "needs an expression");
	config.list.count = 0;
	label_rig_add(&config, "lower", NULL, "a", NULL);
	a_problem(&config, 2, "takes no argument");
}

static void all_problems_of_a_chain_are_told(void **state)
{
	struct label_rig_config config;
	struct problems problems;
	char copy[64];

	(void)state;
	label_rig_configure(&config, "regex:a quux truncate regex:(", copy);
	problems_init(&problems);
	assert_null(label_chain_new(&config.list, "rules.yml", &problems));
	assert_int_equal(problems.count, 3);
	problems_done(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(problems_say_what_would_be_right),
		cmocka_unit_test(a_replacement_is_checked_before_it_is_used),
		cmocka_unit_test(arguments_do_not_mix),
		cmocka_unit_test(all_problems_of_a_chain_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
