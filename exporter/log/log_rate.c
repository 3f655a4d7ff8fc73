#include "exporter/log/log_rate.h"

#include <string.h>

#include "config/fnv.h"

static void give_up(struct log_rate_message *message, struct log_rate_gone *gone)
{
	gone->suppressed = message->suppressed;
	memcpy(gone->text, message->text, sizeof(gone->text));
	*message = (struct log_rate_message){0};
}

/* The message's place: its own, or a free one, or that whose window began first. */
static struct log_rate_message *find(struct log_rate *rate, const char *text,
				     struct log_rate_gone *gone)
{
	uint64_t hash = fnv_text(FNV_BEGIN, text) | 1;
	struct log_rate_message *best = &rate->messages[0];
	size_t i;

	for (i = 0; i < LOG_RATE_MESSAGES; i++) {
		struct log_rate_message *message = &rate->messages[i];

		if (message->hash == hash)
			return message;
		if (best->hash && (!message->hash || message->began_ns < best->began_ns))
			best = message;
	}
	give_up(best, gone);
	best->hash = hash;
	strncpy(best->text, text, sizeof(best->text) - 1);
	return best;
}

bool log_rate_take(struct log_rate *rate, const char *text, uint64_t now_ns, uint32_t *suppressed,
		   struct log_rate_gone *gone)
{
	struct log_rate_message *message;

	*suppressed = 0;
	gone->suppressed = 0;
	if (!rate->lines)
		return true;
	message = find(rate, text, gone);
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

bool log_rate_next_gone(struct log_rate *rate, struct log_rate_gone *gone)
{
	size_t i;

	for (i = 0; i < LOG_RATE_MESSAGES; i++) {
		if (!rate->messages[i].suppressed)
			continue;
		give_up(&rate->messages[i], gone);
		return true;
	}
	return false;
}
