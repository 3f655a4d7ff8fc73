#include <stdlib.h>
#include <string.h>

#include "exporter/status/status_private.h"

#define NS_PER_SECOND ((int64_t)1000000000)
/* Who samples each second may be a little early. */
#define EARLY_NS (NS_PER_SECOND / 10)

struct status *status_new(const struct status_config *config)
{
	struct status *status = calloc(1, sizeof(*status));

	if (!status)
		return NULL;
	status->config = *config;
	status->start_time = time(NULL);
	pthread_mutex_init(&status->lock, NULL);
	status->events = event_history_new();
	if (status->events)
		return status;
	status_free(status);
	return NULL;
}

void status_free(struct status *status)
{
	if (!status)
		return;
	event_history_free(status->events);
	free(status->sessions);
	pthread_mutex_destroy(&status->lock);
	free(status);
}

/* Whatever a session has lost: events, buffers, signs that something is missing. */
static uint64_t lost_by(const struct session *session)
{
	const struct session_health *health = session_health(session);
	uint64_t lost = health_get(&health->events_lost) + health_get(&health->buffers_lost) +
			health_get(&health->events_dropped);
	size_t i;

	for (i = 0; i < LOSS_SIGN_COUNT; i++)
		lost += health_get(&health->loss_signs[i]);
	return lost;
}

/* Sessions that came since the step before had counted nothing then. */
static void make_room(struct status *status, size_t count)
{
	struct session_history *sessions;

	if (count <= status->session_count)
		return;
	sessions = realloc(status->sessions, count * sizeof(*sessions));
	if (!sessions)
		return;
	memset(sessions + status->session_count, 0,
	       (count - status->session_count) * sizeof(*sessions));
	status->sessions = sessions;
	status->session_count = count;
}

static void step_session(struct status *status, size_t index, double seconds)
{
	const struct session *session = sessions_get(status->config.sessions, index);
	struct session_history *history = &status->sessions[index];
	uint64_t events = health_get(&session_health(session)->events);
	uint64_t lost = lost_by(session);

	if (history->session != session || events < history->events)
		*history = (struct session_history){.session = session};
	rate_history_set(&history->rates, status->steps,
			 (double)(events - history->events) / seconds);
	/* Of a session that began anew, an account of losses may, too. */
	rate_history_set(&history->losses, status->steps,
			 lost > history->lost ? (double)(lost - history->lost) : 0);
	history->events = events;
	history->lost = lost;
}

static void step(struct status *status, double seconds)
{
	const struct status_config *config = &status->config;
	size_t i;

	if (seconds > 0) {
		make_room(status, sessions_count(config->sessions));
		for (i = 0; i < status->session_count && i < sessions_count(config->sessions); i++)
			step_session(status, i, seconds);
	}
	event_history_step(status->events, config->registry, config->events, seconds);
	status->steps += seconds > 0;
}

void status_sample(struct status *status, int64_t now_ns)
{
	int64_t took_ns;

	pthread_mutex_lock(&status->lock);
	took_ns = status->begun ? now_ns - status->step_began_ns : 0;
	if (!status->begun || took_ns >= RATE_STEP_SECONDS * NS_PER_SECOND - EARLY_NS) {
		step(status, (double)took_ns / (double)NS_PER_SECOND);
		status->begun = true;
		status->step_began_ns = now_ns;
	}
	pthread_mutex_unlock(&status->lock);
}

bool status_session_is_losing(const struct status *status, size_t index)
{
	return index < status->session_count &&
	       status->sessions[index].session == sessions_get(status->config.sessions, index) &&
	       rate_history_sum(&status->sessions[index].losses) > 0;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_OK] = "ok",
		[VERDICT_WARNING] = "warning",
		[VERDICT_FAILED] = "failed",
	};

	return names[verdict];
}

enum verdict status_session_verdict(const struct status *status, size_t index)
{
	switch (session_state(sessions_get(status->config.sessions, index))) {
	case SESSION_FAILED:
		return VERDICT_FAILED;
	case SESSION_WAITING:
	case SESSION_STOPPED:
		return VERDICT_WARNING;
	default:
		return status_session_is_losing(status, index) ? VERDICT_WARNING : VERDICT_OK;
	}
}

/* What some of the sessions are, from the worst on, and how they are counted. */
struct tally {
	size_t sessions, failed, waiting, stopped, starting, losing;
};

static struct tally count_sessions(const struct status *status)
{
	struct tally tally = {.sessions = sessions_count(status->config.sessions)};
	size_t i;

	for (i = 0; i < tally.sessions; i++) {
		enum session_state state = session_state(sessions_get(status->config.sessions, i));

		tally.failed += state == SESSION_FAILED;
		tally.waiting += state == SESSION_WAITING;
		tally.stopped += state == SESSION_STOPPED;
		tally.starting += state == SESSION_STARTING;
		tally.losing += status_session_is_losing(status, i);
	}
	return tally;
}

enum verdict status_verdict(const struct status *status, struct text *why)
{
	const struct tally tally = count_sessions(status);
	const struct {
		size_t count;
		const char *what;
		enum verdict verdict;
	} rows[] = {
		{tally.failed, "failed", VERDICT_FAILED},
		{tally.waiting, "waiting to be tried again", VERDICT_WARNING},
		{tally.stopped, "stopped", VERDICT_WARNING},
		{tally.losing, "with losses lately", VERDICT_WARNING},
		{tally.starting, "starting", VERDICT_OK},
	};
	const char *plural = tally.sessions == 1 ? "" : "s";
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].count)
			continue;
		text_printf(why, "%zu of %zu session%s %s", rows[i].count, tally.sessions, plural,
			    rows[i].what);
		return rows[i].verdict;
	}
	if (!tally.sessions)
		text_string(why, "no session has been started");
	else
		text_printf(why, "%zu session%s up", tally.sessions, plural);
	return VERDICT_OK;
}
