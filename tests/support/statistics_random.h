/*
 * statistics_random: random numbers that are the same in every run and on every machine: SplitMix64
 * (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014). Whoever has a
 * generator uses it alone.
 */
#ifndef TESTS_SUPPORT_STATISTICS_RANDOM_H
#define TESTS_SUPPORT_STATISTICS_RANDOM_H

#include <stdint.h>

struct statistics_random {
	uint64_t state; /* any seed */
};

/* Above 0 and below 1, evenly. */
double random_even(struct statistics_random *random);

/* Standard normal, by Marsaglia's polar method. */
double random_normal(struct statistics_random *random);

#endif
