#include "tests/support/statistics_values.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PATH	       "tests/fixtures/statistics/values.txt"
#define LINE_MAX_BYTES 65536

/* The lists of a line, each behind a semicolon. */
static void parse(const char *at, struct statistics_values *values)
{
	char *end;
	size_t *count;

	values->count = 0;
	while (*at == ';') {
		assert_true(values->count < VALUE_LISTS_MAX);
		count = &values->counts[values->count];
		*count = 0;
		for (at++; *at && *at != ';' && *at != '\n'; at = end + (*end == ' ')) {
			assert_true(*count < VALUES_MAX);
			values->lists[values->count][(*count)++] = strtod(at, &end);
			assert_ptr_not_equal(end, at);
		}
		values->count++;
	}
}

void each_statistics_values(const char *name, void (*check)(struct statistics_values *values))
{
	struct statistics_values values;
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(PATH, "r");
	size_t length = strlen(name), found = 0;

	if (!file)
		fail_msg("%s is not there", PATH);
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, length) != 0 || line[length] != ';')
			continue;
		parse(line + length, &values);
		check(&values);
		found++;
	}
	assert_true(found > 0);
	if (file)
		fclose(file);
}

void assert_near(double value, double expected, double share)
{
	if (fabs(value - expected) <= share * fabs(expected) || value == expected)
		return;
	print_error("%.17g is not within %g of %.17g\n", value, share, expected);
	fail();
}
