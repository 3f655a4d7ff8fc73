#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/http/http_query.h"

#define MAX 3

/* `expected` ends with NULL. */
static void assert_values(const char *query, const char *const *expected)
{
	char *copy = strdup(query);
	const char *values[MAX];
	size_t count, i;

	assert_non_null(copy);
	count = http_query_values(copy, "name[]", values, MAX);
	for (i = 0; i < count; i++) {
		assert_non_null(expected[i]);
		assert_string_equal(values[i], expected[i]);
	}
	assert_null(expected[count]);
	free(copy);
}

#define ASSERT_VALUES(query, ...) assert_values(query, (const char *const[]){__VA_ARGS__, NULL})

static void values_of_one_name_are_found_in_their_order(void **state)
{
	(void)state;
	ASSERT_VALUES("name[]=b&x=1&name[]=a", "b", "a");
	ASSERT_VALUES("name[]=a=b", "a=b");
	ASSERT_VALUES("name=a&name[]a=b&name[=c&names[]=d", NULL);
	ASSERT_VALUES("", NULL);
	ASSERT_VALUES("&&=&=x&", NULL);
	assert_int_equal(http_query_values(NULL, "name[]", NULL, 0), 0);
}

static void a_parameter_without_a_value_has_an_empty_one(void **state)
{
	(void)state;
	ASSERT_VALUES("name[]&name[]=&name[]", "", "", "");
}

static void names_and_values_are_decoded(void **state)
{
	(void)state;
	ASSERT_VALUES("name%5b%5D=a%3Ab+c%2B%26%3d", "a:b c+&=");
	ASSERT_VALUES("name[]=%c3%A4", "\xc3\xa4");
}

static void what_is_no_code_stays(void **state)
{
	(void)state;
	ASSERT_VALUES("name[]=%&name[]=%4&name[]=%zz%", "%", "%4", "%zz%");
	ASSERT_VALUES("name[]=a%00b", "a%00b");
}

static void there_are_no_more_than_are_taken(void **state)
{
	(void)state;
	ASSERT_VALUES("name[]=1&name[]=2&name[]=3&name[]=4", "1", "2", "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_one_name_are_found_in_their_order),
		cmocka_unit_test(a_parameter_without_a_value_has_an_empty_one),
		cmocka_unit_test(names_and_values_are_decoded),
		cmocka_unit_test(what_is_no_code_stays),
		cmocka_unit_test(there_are_no_more_than_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
