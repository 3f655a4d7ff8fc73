/*
 * status_private: what taking samples (status.c) and rendering (status_json.c, status_page.c)
 * share.
 */
#ifndef EXPORTER_STATUS_STATUS_PRIVATE_H
#define EXPORTER_STATUS_STATUS_PRIVATE_H

#include <pthread.h>
#include <time.h>

#include "exporter/status/event_history.h"
#include "exporter/status/status.h"

struct session_history {
	const struct session *session; /* only to be compared */
	uint64_t events, lost;	       /* by the last step */
	struct rate_history rates;
	struct rate_history losses; /* not a second, but in all of the step */
};

struct status {
	struct status_config config;
	time_t start_time;
	pthread_mutex_t lock; /* of what follows; rendering takes it, counting never */
	bool begun;
	int64_t step_began_ns;
	uint64_t steps;
	struct session_history *sessions; /* of sessions_get(), as many as there were then */
	size_t session_count;
	struct event_history *events;
};

/* How all sessions do, together; see status_verdict(). */
enum verdict {
	VERDICT_OK,
	VERDICT_WARNING,
	VERDICT_FAILED,
};

/* "ok", "warning", "failed". */
const char *verdict_name(enum verdict verdict);

/* Appends what is worst in a few words. Under the lock, as the next. */
enum verdict status_verdict(const struct status *status, struct text *why);
enum verdict status_session_verdict(const struct status *status, size_t index);

/* Whether it lost anything in the steps that are remembered. Under the lock. */
bool status_session_is_losing(const struct status *status, size_t index);

#endif
