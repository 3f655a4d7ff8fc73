#include "tests/support/statistics_random.h"

#include <math.h>

static uint64_t next_bits(struct statistics_random *random)
{
	uint64_t value = random->state += 0x9e3779b97f4a7c15u;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
	value = (value ^ value >> 27) * 0x94d049bb133111ebu;
	return value ^ value >> 31;
}

double random_even(struct statistics_random *random)
{
	return ((double)(next_bits(random) >> 11) + 0.5) * 0x1p-53;
}

double random_normal(struct statistics_random *random)
{
	double x, y, square;

	do {
		x = 2 * random_even(random) - 1;
		y = 2 * random_even(random) - 1;
		square = x * x + y * y;
	} while (square >= 1 || square == 0);
	return x * sqrt(-2 * log(square) / square);
}
