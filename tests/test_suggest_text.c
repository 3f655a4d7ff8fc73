#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/command/suggest_text.h"
#include "exporter/rule/match.h"

static void expect(void (*write)(const char *, struct text *), const char *from, const char *wanted)
{
	struct text to;

	text_init(&to, 1 << 16);
	write(from, &to);
	text_char(&to, '\0');
	assert_string_equal(to.bytes, wanted);
	text_done(&to);
}

static void plain_text_stays_as_it_is(void **state)
{
	(void)state;
	expect(suggest_plain, "Caf\xc3\xa9 \"x\" # y", "Caf\xc3\xa9 \"x\" # y");
	expect(suggest_quoted, "a\"b\\c", "\"a\\\"b\\\\c\"");
	assert_true(suggest_is_plain("Caf\xc3\xa9"));
}

static void what_yaml_does_not_take_is_a_question_mark_a_byte(void **state)
{
	(void)state;
	expect(suggest_plain, "a\nb\x7f\xff", "a?b??");
	expect(suggest_plain, "\xe2\x80\xa8x\xc2\x85", "???x??");
	expect(suggest_plain, "\xef\xbb\xbf", "???");
	assert_false(suggest_is_plain("a\nb"));
	assert_false(suggest_is_plain("\xe2\x80\xa9"));
	assert_false(suggest_is_plain("\xc3"));
}

static void a_glob_means_its_name_and_nothing_else(void **state)
{
	static const char *const names[] = {"a*b",  "a?[b]",	"Caf\xc3\xa9",
					    "x\ny", "\xff\xfe", "a\\b"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct text glob;

		text_init(&glob, 1 << 16);
		suggest_glob(names[i], &glob);
		/* Between the quotes; only a backslash is escaped. */
		glob.bytes[glob.length - 1] = '\0';
		if (!strchr(names[i], '\\'))
			assert_true(match_glob(glob.bytes + 1, names[i]));
		text_done(&glob);
	}
	expect(suggest_glob, "a*[?", "\"a[*][[][?]\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(what_yaml_does_not_take_is_a_question_mark_a_byte),
		cmocka_unit_test(a_glob_means_its_name_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
