/*
 * sessions: all sessions of a configuration, and those that come with new files.
 *
 * One thread owns it and starts, changes, stops and frees sessions; any thread may look at the
 * sessions there are.
 */
#ifndef EXPORTER_SESSIONS_H
#define EXPORTER_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "exporter/session/session.h"

struct sessions;

/* None runs yet. `config` and the context's things are borrowed. NULL: out of memory. */
struct sessions *sessions_new(const struct config *config, const struct session_context *context);

/* Before that: the one session that there is to be cuts what it counts. Borrowed. */
void sessions_set_cuts(struct sessions *sessions, struct event_cuts *cuts);

/* Starts them all. -1: see error; none runs then. */
int sessions_start(struct sessions *sessions, struct error *error);

/* Starts sessions for new files where each file is a session. To be called now and then. */
void sessions_look_around(struct sessions *sessions);

/* Waits until all have ended. */
void sessions_wait(struct sessions *sessions);

/*
 * Stops all and waits for them for at most `seconds`. False: some thread hangs (in a read from a
 * dead network share, say), and nothing that it may use must be freed.
 */
bool sessions_stop(struct sessions *sessions, int seconds);

/* What a reload has done. */
struct sessions_news {
	size_t added, changed, removed, kept;
};

/*
 * Goes over to another configuration, with the context's things: what differs is stopped and begins
 * anew, the rest goes on, by the new rules. -1: see error; a session did not stop in time, and the
 * configuration stays what it was.
 */
int sessions_reload(struct sessions *sessions, const struct config *config,
		    const struct session_context *context, struct sessions_news *news,
		    struct error *error);

/* Whether anything still runs by this configuration or these rules of it. */
bool sessions_use(const struct sessions *sessions, const struct config *config,
		  const struct rule_set *rules);

/* When none runs (any more). */
void sessions_free(struct sessions *sessions);

/* Any thread: whether sessions_start() has come to its end. */
bool sessions_started(const struct sessions *sessions);
/*
 * Any thread: between the two, which belong around all of what follows, sessions stay what they
 * are, but for new ones behind the others. The thread that owns them needs neither.
 */
void sessions_look(const struct sessions *sessions);
void sessions_looked(const struct sessions *sessions);

/* None before the start. */
size_t sessions_count(const struct sessions *sessions);
const struct session *sessions_get(const struct sessions *sessions, size_t index);
/* NULL: none. */
const struct rule_set *sessions_rules(const struct sessions *sessions);
/* Files that limits.sessions or limits.files left without a session of their own. */
uint64_t sessions_refused(const struct sessions *sessions);

#endif
