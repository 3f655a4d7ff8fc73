/*
 * xpress: decompresses the plain LZ77 format of compressed trace buffers.
 *
 * Source: MS-XCA 2.3 and 2.4, "Plain LZ77" (RtlCompressBuffer format 3). Pure function, any thread.
 */
#ifndef EXPORTER_RECORD_XPRESS_H
#define EXPORTER_RECORD_XPRESS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decompresses until `to_bytes` bytes are written or the input is used up or found damaged (a
 * distance before the beginning, a length past the end); returns how many bytes were written, which
 * are right. Fewer than `to_bytes` means damage.
 */
size_t xpress_decompress(uint8_t *to, size_t to_bytes, const uint8_t *from, size_t from_bytes);

#endif
