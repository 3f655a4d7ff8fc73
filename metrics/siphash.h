/*
 * siphash: SipHash-1-3 (Aumasson and Bernstein, 2012), a keyed hash for tables whose keys strangers
 * choose: without the key, nobody can make up keys that collide. No state; any thread.
 */
#ifndef METRICS_SIPHASH_H
#define METRICS_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t words[2];
};

/* Unpredictable as far as the system can provide. */
void siphash_key_choose(struct siphash_key *key);

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length);

#endif
