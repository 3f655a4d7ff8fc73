#include "exporter/http/rate_limit.h"

void rate_limit_init(struct rate_limit *rate)
{
	*rate = (struct rate_limit){0};
	pthread_mutex_init(&rate->lock, NULL);
}

void rate_limit_done(struct rate_limit *rate)
{
	pthread_mutex_destroy(&rate->lock);
}

/* Whoever looked at the clock before another that came first brings no time. */
static void fill(struct rate_limit *rate, uint64_t interval_ns, uint64_t burst, uint64_t now_ns)
{
	if (!rate->begun) {
		rate->tokens = (double)burst;
		rate->at_ns = now_ns;
	} else if (now_ns > rate->at_ns) {
		rate->tokens += (double)(now_ns - rate->at_ns) / (double)interval_ns;
		rate->at_ns = now_ns;
	}
	if (rate->tokens > (double)burst)
		rate->tokens = (double)burst;
	rate->begun = true;
}

bool rate_limit_allow(struct rate_limit *rate, uint64_t interval_ns, uint64_t burst,
		      uint64_t now_ns)
{
	bool allowed;

	if (!interval_ns)
		return true;
	pthread_mutex_lock(&rate->lock);
	fill(rate, interval_ns, burst, now_ns);
	allowed = rate->tokens >= 1;
	if (allowed)
		rate->tokens--;
	pthread_mutex_unlock(&rate->lock);
	return allowed;
}
