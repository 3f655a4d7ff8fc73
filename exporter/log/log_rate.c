#include "exporter/log/log_rate.h"

#include "config/fnv.h"

/* The message's place: its own, or a free one, or that whose window began first. */
static struct log_rate_message *find(struct log_rate *rate, uint64_t hash)
{
	struct log_rate_message *best = &rate->messages[0];
	size_t i;

	for (i = 0; i < LOG_RATE_MESSAGES; i++) {
		struct log_rate_message *message = &rate->messages[i];

		if (message->hash == hash)
			return message;
		if (best->hash && (!message->hash || message->began_ns < best->began_ns))
			best = message;
	}
	*best = (struct log_rate_message){.hash = hash};
	return best;
}

bool log_rate_take(struct log_rate *rate, const char *text, uint64_t now_ns, uint32_t *suppressed)
{
	struct log_rate_message *message;

	*suppressed = 0;
	if (!rate->lines)
		return true;
	message = find(rate, fnv_text(FNV_BEGIN, text) | 1);
	if (!message->lines || now_ns - message->began_ns >= rate->window_ns) {
		message->began_ns = now_ns;
		message->lines = 0;
	}
	if (message->lines == rate->lines) {
		message->suppressed++;
		rate->suppressed++;
		return false;
	}
	message->lines++;
	*suppressed = message->suppressed;
	message->suppressed = 0;
	return true;
}
