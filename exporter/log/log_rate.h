/*
 * log_rate: how often the same message may come in a log.
 *
 * A message is known by its text; of each so many lines are let through in each window of time, and
 * the next one behind it tells how many were not. A message whose window began long ago gives its
 * place to another, and is to be told of then, if lines of it were not let through. Not locked: the
 * log's lock is.
 */
#ifndef EXPORTER_LOG_RATE_H
#define EXPORTER_LOG_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define LOG_RATE_MESSAGES   64 /* that are told apart */
#define LOG_RATE_TEXT_BYTES 128

struct log_rate {
	uint32_t lines; /* of a message in a window; 0: all */
	uint64_t window_ns;
	uint64_t suppressed; /* lines, of all messages ever */
	struct log_rate_message {
		uint64_t hash; /* 0: free */
		uint64_t began_ns;
		uint32_t lines;
		uint32_t suppressed;		/* since the last line of it */
		char text[LOG_RATE_TEXT_BYTES]; /* its beginning, terminated */
	} messages[LOG_RATE_MESSAGES];
};

/* What no line of a message tells of any more. */
struct log_rate_gone {
	uint32_t suppressed; /* 0: nothing */
	char text[LOG_RATE_TEXT_BYTES];
};

/*
 * Whether a line may be written now (of a clock that only goes forward). `*suppressed`: lines of
 * this message that were not, since the last one that was. `gone`: of the message that gave its
 * place to this one.
 */
bool log_rate_take(struct log_rate *rate, const char *message, uint64_t now_ns,
		   uint32_t *suppressed, struct log_rate_gone *gone);

/* At the end, each message of which lines were not let through. False: there are no more. */
bool log_rate_next_gone(struct log_rate *rate, struct log_rate_gone *gone);

#endif
