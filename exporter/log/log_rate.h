/*
 * log_rate: how often the same message may come in a log.
 *
 * A message is known by its text; of each so many lines are let through in each window of time, and
 * the next one behind it tells how many were not. A message that nobody has asked about for long
 * gives its place to another. Not locked: the log's lock is.
 */
#ifndef EXPORTER_LOG_RATE_H
#define EXPORTER_LOG_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define LOG_RATE_MESSAGES 64 /* that are told apart */

struct log_rate {
	uint32_t lines; /* of a message in a window; 0: all */
	uint64_t window_ns;
	uint64_t suppressed; /* lines, of all messages ever */
	struct log_rate_message {
		uint64_t hash; /* 0: free */
		uint64_t began_ns;
		uint32_t lines;
		uint32_t suppressed; /* since the last line of it */
	} messages[LOG_RATE_MESSAGES];
};

/*
 * Whether a line may be written now (of a clock that only goes forward). `*suppressed`: lines of
 * this message that were not, since the last one that was.
 */
bool log_rate_take(struct log_rate *rate, const char *message, uint64_t now_ns,
		   uint32_t *suppressed);

#endif
