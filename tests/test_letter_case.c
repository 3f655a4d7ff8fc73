#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/value/letter_case.h"

static void pair(uint32_t upper, uint32_t lower)
{
	assert_int_equal(letter_lower(upper), lower);
	assert_int_equal(letter_upper(lower), upper);
	assert_int_equal(letter_lower(lower), lower);
	assert_int_equal(letter_upper(upper), upper);
}

static void letters_of_each_script_have_both_cases(void **state)
{
	(void)state;
	pair('A', 'a');
	pair('Z', 'z');
	pair(0xc4, 0xe4);     /* A with diaeresis */
	pair(0xd8, 0xf8);     /* O with stroke */
	pair(0x10c, 0x10d);   /* C with caron */
	pair(0x141, 0x142);   /* L with stroke */
	pair(0x178, 0xff);    /* Y with diaeresis */
	pair(0x17d, 0x17e);   /* Z with caron */
	pair(0x386, 0x3ac);   /* alpha with tonos */
	pair(0x38f, 0x3ce);   /* omega with tonos */
	pair(0x3a9, 0x3c9);   /* omega */
	pair(0x401, 0x451);   /* io */
	pair(0x42f, 0x44f);   /* ya */
	pair(0x490, 0x491);   /* ghe with upturn */
	pair(0x4c0, 0x4cf);   /* palochka */
	pair(0x531, 0x561);   /* Armenian ayb */
	pair(0x1ea0, 0x1ea1); /* A with dot below */
	pair(0xff21, 0xff41); /* full width */
}

static void what_has_no_case_stays(void **state)
{
	static const uint32_t others[] = {0,	 '0',	'@',	'[',	'`',	 '{',
					  0xd7,	 0xf7,	0xdf,	0x138,	0x149,	 0x3a2,
					  0x5d0, 0x627, 0x4e00, 0xfffd, 0x1f600, 0x10ffff};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(letter_lower(others[i]), others[i]);
		assert_int_equal(letter_upper(others[i]), others[i]);
	}
}

static void some_letters_are_mapped_one_way(void **state)
{
	(void)state;
	assert_int_equal(letter_upper(0x131), 'I');
	assert_int_equal(letter_lower(0x130), 'i');
	assert_int_equal(letter_upper(0x3c2), 0x3a3);
	assert_int_equal(letter_upper(0xb5), 0x39c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_of_each_script_have_both_cases),
		cmocka_unit_test(what_has_no_case_stays),
		cmocka_unit_test(some_letters_are_mapped_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
