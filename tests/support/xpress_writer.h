/*
 * xpress_writer: compresses bytes to the plain LZ77 format of compressed trace buffers.
 *
 * Source: MS-XCA 2.3, "Plain LZ77" (RtlCompressBuffer format 3). Greedy, with one candidate per
 * hash of three bytes; it takes any distance down to 1, so that runs become matches that overlap
 * themselves. Shares no code with the decompressor of the exporter.
 */
#ifndef TESTS_SUPPORT_XPRESS_WRITER_H
#define TESTS_SUPPORT_XPRESS_WRITER_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes that xpress_compress() writes for `length` bytes. */
size_t xpress_bound(size_t length);

/* Gives the compressed length. `length` is below 4 GiB. */
size_t xpress_compress(uint8_t *to, const uint8_t *from, size_t length);

#endif
