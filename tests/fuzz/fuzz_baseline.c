/*
 * Any bytes as a baseline's file: refused with its place, or a baseline that is the same once it is
 * written and read again.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"

#define TEXT_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = {""};
	struct baseline *baseline = baseline_parse("file", (const char *)data, size, &error),
			*again;
	struct text first, second;

	if (!baseline) {
		require(strstr(error.text, "file"));
		return 0;
	}
	text_init(&first, TEXT_MAX);
	text_init(&second, TEXT_MAX);
	baseline_json(baseline, &first);
	require(!first.failed);
	again = baseline_parse("file", first.bytes, first.length, &error);
	require(again);
	baseline_json(again, &second);
	require(first.length == second.length &&
		memcmp(first.bytes, second.bytes, first.length) == 0);
	text_done(&first);
	text_done(&second);
	baseline_free(again);
	baseline_free(baseline);
	return 0;
}
