/*
 * sha1: the hash by which GUIDs are made of names. Not for what anybody could want to forge.
 *
 * Source: FIPS 180-4. Any thread; nothing is kept.
 */
#ifndef EXPORTER_SHA1_H
#define EXPORTER_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES 20

struct sha1 {
	uint32_t state[5];
	uint64_t bytes;
	uint8_t block[64];
};

void sha1_init(struct sha1 *sha1);
void sha1_add(struct sha1 *sha1, const void *bytes, size_t count);

/* Ends it. */
void sha1_finish(struct sha1 *sha1, uint8_t hash[SHA1_BYTES]);

#endif
