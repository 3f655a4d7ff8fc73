/*
 * fnv: FNV-1a with 64 bits (RFC 9923): a hash that is the same everywhere, for what nobody wants to
 * forge.
 */
#ifndef CONFIG_FNV_H
#define CONFIG_FNV_H

#include <stddef.h>
#include <stdint.h>

/* Of nothing. */
#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)

static inline uint64_t fnv_byte(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static inline uint64_t fnv_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	size_t i;

	for (i = 0; i < length; i++)
		hash = fnv_byte(hash, at[i]);
	return hash;
}

static inline uint64_t fnv_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = fnv_byte(hash, (unsigned char)*text);
	return hash;
}

#endif
