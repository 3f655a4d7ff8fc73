/*
 * session: one trace session: its two threads, its state, what is known of its health.
 *
 * The session thread runs the source, the aggregator thread counts. A session whose source fails is
 * tried again with back-off where it is meant to go on (it follows, or loops); else it has failed.
 */
#ifndef EXPORTER_SESSION_H
#define EXPORTER_SESSION_H

#include <stdbool.h>
#include <time.h>

#include "config/config.h"
#include "exporter/aggregator/aggregator.h"
#include "exporter/base/error.h"
#include "exporter/log/log.h"
#include "exporter/session/session_health.h"
#include "metrics/registry.h"

/* What all sessions share; borrowed. */
struct session_context {
	struct registry *registry;
	const struct event_families *families;
	const struct rule_set *rules;	   /* NULL: none */
	const struct manifests *manifests; /* NULL: none */
	const struct limits_config *limits;
	struct event_cuts *cuts; /* of the one session that there is; NULL: none */
	struct log *log;
};

struct session;

/* `config` is borrowed. Nothing runs yet. NULL: see error. */
struct session *session_new(const struct session_config *config,
			    const struct session_context *context, struct error *error);
/* After session_join(). */
void session_free(struct session *session);

/* Whether there is a source of the kind that the configuration names. -1: see error. */
int session_check(const struct session_config *config, struct error *error);

/*
 * The same as session_new(), in place of one that has ended and was joined. Where its numbers are
 * to go on, as those of a live session, they do; else they begin anew, as a recording's does that
 * is read again. That one's shard is gone then. NULL: see error, and it is as it was.
 */
struct session *session_new_after(struct session *before, const struct session_config *config,
				  const struct session_context *context, struct error *error);

/* When it has ended and was joined, for good: its series go. */
void session_leave(struct session *session);

/*
 * Other rules for a session that has some (session_rules()). The first NULL: no memory. A change
 * that is made is published when nobody looks, and freed then.
 */
struct rules_change *session_prepare_rules(const struct session *session,
					   const struct rule_set *set);
void session_change_rules(struct session *session, struct rules_change *change);
void session_publish_rules(struct session *session, struct rules_change *change);
/* -1: see error; nothing runs then, and it may be tried again. */
int session_start(struct session *session, struct error *error);

/* Asks it to stop: what was received is still counted. Any thread. */
void session_stop(struct session *session);
/* Whether it was asked to. */
bool session_is_stopping(const struct session *session);

/*
 * Waits until both threads have ended, at most until `deadline` (CLOCK_REALTIME; NULL: as long as
 * it takes). False: they have not.
 */
bool session_join(struct session *session, const struct timespec *deadline);

/* Any thread. */
const struct session_config *session_config(const struct session *session);
const struct session_health *session_health(const struct session *session);
enum session_state session_state(const struct session *session);
const struct trace_queue *session_queue(const struct session *session);
/* Runs, or has run to its end. */
bool session_is_up(const struct session *session);
/* Will not go on: finished, failed or stopped. */
bool session_has_ended(const struct session *session);

/* NULL: it has none. Any thread, as to their health. */
const struct rules *session_rules(const struct session *session);

/* Both after session_join(). Why it failed, where it did. */
const struct error *session_failure(const struct session *session);
struct aggregator *session_aggregator(struct session *session);

#endif
