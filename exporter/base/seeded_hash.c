#include "exporter/base/seeded_hash.h"

#include "metrics/random.h"

void hash_seed_draw(struct hash_seed *seed)
{
	size_t i;

	/* Without random numbers the address, which is not easily known either, has to do. */
	if (!random_fill(seed->numbers, sizeof(seed->numbers)))
		for (i = 0; i < sizeof(seed->numbers) / sizeof(seed->numbers[0]); i++)
			seed->numbers[i] = ((uint64_t)(uintptr_t)seed + i) * 0x9e3779b97f4a7c15;
	/* A factor of zero would make all keys one. */
	seed->numbers[1] |= 1;
	seed->numbers[2] |= 1;
}
