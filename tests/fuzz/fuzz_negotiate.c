/*
 * Any bytes as Accept, Accept-Encoding and the scrape timeout: no crash, and time that does not
 * grow with their length past a limit. What a header asks for does not depend on what an element
 * without meaning adds to it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/exposition.h"
#include "metrics/negotiate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *join(const char *before, const uint8_t *data, size_t size)
{
	size_t length = strlen(before);
	char *header = malloc(length + size + 1);

	if (!header)
		abort();
	memcpy(header, before, length);
	if (size)
		memcpy(header + length, data, size);
	header[length + size] = '\0';
	return header;
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *plain = join("", data, size);
	char *more = join("image/png;q=0.7;a=\",\", ", data, size);
	struct exposition_type type = exposition_negotiate(plain);
	enum content_coding coding = negotiate_coding(plain);
	double seconds;

	require(strlen(exposition_content_type(type)) > 0);
	require(!negotiate_timeout(plain, &seconds) || (seconds > 0 && seconds <= 86400));
	if (size < 4096) {
		require(exposition_negotiate(more).format == type.format);
		require(exposition_negotiate(more).escaping == type.escaping);
		require(negotiate_coding(more) == coding);
	}
	free(more);
	free(plain);
	return 0;
}
