/*
 * The benchmark of pairs: pairs per second of CPU time, with 10,000 starts that wait.
 *
 * usage: bench_pairs [MILLIONS OF PAIRS]
 *
 * Keys are two numbers (16 bytes), notes 32 bytes; ends come in another order than their starts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/rule/pairs.h"
#include "tests/support/random.h"

#define OPEN 10000
#define RUNS 5

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void add(struct pairs *pairs, enum pair_side side, uint64_t number, int64_t time_ns)
{
	const uint64_t key[2] = {number, 0xffff800012345678 + number * 64};
	uint8_t note[32] = {0};
	struct paired with;

	pairs_add(pairs, side, (const uint8_t *)key, sizeof(key), time_ns, NULL, note,
		  side == PAIR_START ? sizeof(note) : 0, &with);
}

/* One of those that wait ends, a new one starts. */
static double run(struct pairs *pairs, uint64_t count)
{
	static uint64_t open[OPEN];
	struct random random = {1};
	uint64_t next = 0, i;
	double began;

	for (i = 0; i < OPEN; i++) {
		open[i] = next++;
		add(pairs, PAIR_START, open[i], (int64_t)next * 100);
	}
	began = now();
	for (i = 0; i < count; i++) {
		uint32_t which = random_below(&random, OPEN);

		add(pairs, PAIR_END, open[which], (int64_t)next * 100);
		open[which] = next++;
		add(pairs, PAIR_START, open[which], (int64_t)next * 100);
	}
	return now() - began;
}

int main(int argc, char **argv)
{
	uint64_t count = (argc > 1 ? strtoull(argv[1], NULL, 10) : 5) * 1000000;
	struct pairs_counts counts;
	double best = 0;
	int i;

	for (i = 0; i < RUNS; i++) {
		struct pairs *pairs;
		double seconds;

		memset(&counts, 0, sizeof(counts));
		pairs = pairs_new(1 << 17, UINT64_C(30000000000), &counts);
		if (!pairs)
			return 1;
		seconds = run(pairs, count);
		if (counts.matched != count)
			return 1;
		if (best == 0 || seconds < best)
			best = seconds;
		pairs_free(pairs);
	}
	printf("pairs, %d open: %.1f million/s (the best of %d runs)\n", OPEN,
	       (double)count / best / 1e6, RUNS);
	return 0;
}
