/*
 * rate_history: how often something happened, step by step, as far as the status page looks back.
 *
 * A ring; how many steps there were is its owner's to know, as all rings go together. Not locked.
 */
#ifndef EXPORTER_STATUS_RATE_HISTORY_H
#define EXPORTER_STATUS_RATE_HISTORY_H

#include <math.h>
#include <stdint.h>

#include "metrics/text.h"

/* Five minutes. */
#define RATE_STEP_SECONDS 5
#define RATE_STEPS	  60

struct rate_history {
	float rates[RATE_STEPS]; /* a second; NaN: not known */
};

static inline void rate_history_fill(struct rate_history *history, float rate)
{
	int i;

	for (i = 0; i < RATE_STEPS; i++)
		history->rates[i] = rate;
}

/* `steps`: how many came before. */
static inline void rate_history_set(struct rate_history *history, uint64_t steps, double rate)
{
	history->rates[steps % RATE_STEPS] = (float)rate;
}

/* Of the last one of so many. */
static inline double rate_history_last(const struct rate_history *history, uint64_t steps)
{
	return steps ? history->rates[(steps - 1) % RATE_STEPS] : NAN;
}

/* Of all that are known. */
double rate_history_sum(const struct rate_history *history);

/* A JSON array of the last RATE_STEPS of so many, the oldest first; null: not known. */
void rate_history_json(const struct rate_history *history, uint64_t steps, struct text *json);

/* A JSON number with as many digits as a rate needs to be read by people. */
void rate_json(double rate, struct text *json);

#endif
