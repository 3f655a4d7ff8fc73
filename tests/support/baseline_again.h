/* baseline_again: for fuzzers: what can be written as a baseline can be read, and is the same then.
 */
#ifndef TESTS_SUPPORT_BASELINE_AGAIN_H
#define TESTS_SUPPORT_BASELINE_AGAIN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"

#define BASELINE_AGAIN_MAX ((size_t)64 << 20)

static inline void baseline_require(bool condition)
{
	if (!condition)
		abort();
}

static inline void baseline_again(const struct baseline *baseline)
{
	struct error error = {""};
	struct baseline *again;
	struct text first, second;

	text_init(&first, BASELINE_AGAIN_MAX);
	text_init(&second, BASELINE_AGAIN_MAX);
	baseline_json(baseline, &first);
	baseline_require(!first.failed);
	again = baseline_parse("baseline", first.bytes, first.length, &error);
	/* Texts in a file have a limit that those on pages do not have. */
	baseline_require(again || strstr(error.text, "not a long one"));
	if (again) {
		baseline_json(again, &second);
		baseline_require(first.length == second.length &&
				 memcmp(first.bytes, second.bytes, first.length) == 0);
	}
	baseline_free(again);
	text_done(&first);
	text_done(&second);
}

#endif
