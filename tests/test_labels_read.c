#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/labels.h"
#include "metrics/labels_read.h"

#define LABELS 3

static const char *const names[LABELS] = {"a", "bc", "d"};

static void assert_value(const struct label_text *label, const char *name, const char *value)
{
	struct text text;

	text_init(&text, 1 << 16);
	labels_value(&text, label);
	text_char(&text, '\0');
	assert_int_equal(label->name_length, strlen(name));
	assert_memory_equal(label->name, name, label->name_length);
	assert_string_equal(text.bytes, value);
	text_done(&text);
}

static void assert_come_back(const char *const values[LABELS])
{
	const struct family_info family = {.labels = names, .label_count = LABELS};
	struct label_text label;
	struct text rendered;
	const char *at;
	size_t i;

	text_init(&rendered, 1 << 16);
	labels_render(&rendered, &family, values, 1000);
	at = rendered.bytes;
	for (i = 0; i < LABELS; i++) {
		assert_true(labels_next(&at, rendered.bytes + rendered.length, &label));
		assert_value(&label, names[i], values[i]);
	}
	assert_false(labels_next(&at, rendered.bytes + rendered.length, &label));
	text_done(&rendered);
}

static void what_was_rendered_comes_back(void **state)
{
	(void)state;
	assert_come_back((const char *[]){"x", "y z", ""});
	assert_come_back((const char *[]){"", "", ""});
	assert_come_back((const char *[]){"\"", "\\", "\n"});
	assert_come_back((const char *[]){"\\n", "\\\\n", "a\\\"b"});
	assert_come_back((const char *[]){"a=\"b\",c=\"d\"", "\",d=\"", "\\\""});
	assert_come_back((const char *[]){"\xc3\xa9\xf0\x9f\x98\x80", "\x01\t", "<img src=x>"});
}

static void what_makes_no_sense_is_no_label(void **state)
{
	static const char *const texts[] = {
		"", ",", "a", "a=", "a=\"", "a=b", "a=\"b", "a=\"b\\\"", "a=\"b\\", "=", "\"\"",
	};
	struct label_text label;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *at = texts[i];

		assert_false(labels_next(&at, texts[i] + strlen(texts[i]), &label));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_rendered_comes_back),
		cmocka_unit_test(what_makes_no_sense_is_no_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
