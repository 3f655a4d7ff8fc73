/*
 * Any bytes as a page of metrics: read to its end or refused with the line; what is made of two
 * such pages is a baseline that can be written and read again, and is the same then.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/builder.h"
#include "tests/support/baseline_again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct baseline_run run = {.interval_ns = 1, .complete = true};
	struct baseline_builder *builder = baseline_builder_new(size & 1);
	const char *text = (const char *)data;
	const char *middle = size ? memchr(text, '\0', size) : NULL;
	size_t first = middle ? (size_t)(middle - text) : size;
	struct baseline *baseline = NULL;
	struct error error = {""};

	baseline_require(builder);
	if (!baseline_builder_page(builder, "page", text, first, 1, &error) &&
	    (!middle ||
	     !baseline_builder_page(builder, "page", middle + 1, size - first - 1, 0.5, &error)))
		baseline = baseline_builder_finish(builder, &run, &error);
	baseline_require(baseline || error.text[0]);
	if (baseline)
		baseline_again(baseline);
	baseline_free(baseline);
	baseline_builder_free(builder);
	return 0;
}
