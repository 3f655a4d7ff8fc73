/*
 * Any bytes as a compressed stream: no step outside, and the same bytes however many are wanted.
 * Any bytes compressed come back.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/record/xpress.h"
#include "tests/support/xpress_writer.h"

#define WANTED_MAX 0x40000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static uint8_t *must_allocate(size_t bytes)
{
	uint8_t *memory = malloc(bytes ? bytes : 1);

	require(memory != NULL);
	return memory;
}

/* Into memory of exactly that size; the caller frees it. */
static uint8_t *decompress(size_t wanted, const uint8_t *from, size_t from_bytes, size_t *got)
{
	uint8_t *to = must_allocate(wanted);

	*got = xpress_decompress(to, wanted, from, from_bytes);
	require(*got <= wanted);
	return to;
}

static void check_stream(size_t wanted, const uint8_t *from, size_t from_bytes)
{
	size_t got, got_of_less;
	uint8_t *whole = decompress(wanted, from, from_bytes, &got);
	uint8_t *less = decompress(got / 2, from, from_bytes, &got_of_less);

	require(got_of_less == 0 || memcmp(whole, less, got_of_less) == 0);
	free(less);
	less = decompress(got, from, from_bytes, &got_of_less);
	require(got_of_less == got && (got == 0 || memcmp(whole, less, got) == 0));
	free(less);
	free(whole);
}

static void check_round_trip(const uint8_t *data, size_t size)
{
	uint8_t *packed = must_allocate(xpress_bound(size)), *back;
	size_t packed_bytes = xpress_compress(packed, data, size), got;

	require(packed_bytes <= xpress_bound(size));
	back = decompress(size, packed, packed_bytes, &got);
	require(got == size && (size == 0 || memcmp(back, data, size) == 0));
	free(back);
	free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_round_trip(data, size);
	if (size < 3)
		return 0;
	check_stream((data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % WANTED_MAX,
		     data + 3, size - 3);
	return 0;
}
