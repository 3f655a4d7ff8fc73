/*
 * rate_limit: a bucket of tokens: each request takes one, and one comes back after each interval.
 * Any thread.
 */
#ifndef EXPORTER_RATE_LIMIT_H
#define EXPORTER_RATE_LIMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
	pthread_mutex_t lock;
	bool begun; /* before, the bucket is full */
	uint64_t at_ns;
	double tokens;
};

void rate_limit_init(struct rate_limit *rate);
void rate_limit_done(struct rate_limit *rate);

/* Whether a request may come now. The interval and how many tokens there can be may change. */
bool rate_limit_allow(struct rate_limit *rate, uint64_t interval_ns, uint64_t burst,
		      uint64_t now_ns);

#endif
