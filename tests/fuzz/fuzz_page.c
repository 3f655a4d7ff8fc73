/*
 * Any bytes as a page of metrics: read to its end or refused with the line; what is made of two
 * such pages is a baseline that can be written and read again, and is the same then.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/builder.h"

#define TEXT_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_baseline(const struct baseline *baseline)
{
	struct error error = {""};
	struct baseline *again;
	struct text first, second;

	text_init(&first, TEXT_MAX);
	text_init(&second, TEXT_MAX);
	baseline_json(baseline, &first);
	require(!first.failed);
	again = baseline_parse("baseline", first.bytes, first.length, &error);
	/* Texts in a file have a limit that those on pages do not have. */
	require(again || strstr(error.text, "not a long one"));
	if (again) {
		baseline_json(again, &second);
		require(first.length == second.length &&
			memcmp(first.bytes, second.bytes, first.length) == 0);
	}
	baseline_free(again);
	text_done(&first);
	text_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct baseline_run run = {.interval_ns = 1, .complete = true};
	struct baseline_builder *builder = baseline_builder_new(size & 1);
	const char *text = (const char *)data;
	const char *middle = size ? memchr(text, '\0', size) : NULL;
	size_t first = middle ? (size_t)(middle - text) : size;
	struct baseline *baseline = NULL;
	struct error error = {""};

	require(builder);
	if (!baseline_builder_page(builder, "page", text, first, 1, &error) &&
	    (!middle ||
	     !baseline_builder_page(builder, "page", middle + 1, size - first - 1, 0.5, &error)))
		baseline = baseline_builder_finish(builder, &run, &error);
	require(baseline || error.text[0]);
	if (baseline)
		check_baseline(baseline);
	baseline_free(baseline);
	baseline_builder_free(builder);
	return 0;
}
