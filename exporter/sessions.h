/*
 * sessions: all sessions of a configuration, and those that come with new files.
 *
 * One thread owns it and starts, stops and frees sessions; any thread may look at the sessions
 * there are.
 */
#ifndef EXPORTER_SESSIONS_H
#define EXPORTER_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "exporter/session.h"

struct sessions;

/* None runs yet. `config` and the context's things are borrowed. NULL: out of memory. */
struct sessions *sessions_new(const struct config *config, const struct session_context *context);

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

/* When none runs (any more). */
void sessions_free(struct sessions *sessions);

/* Any thread: whether sessions_start() has come to its end. */
bool sessions_started(const struct sessions *sessions);
/* Any thread. There are never fewer later; none before the start. */
size_t sessions_count(const struct sessions *sessions);
const struct session *sessions_get(const struct sessions *sessions, size_t index);
/* Files that limits.sessions or limits.files left without a session of their own. */
uint64_t sessions_refused(const struct sessions *sessions);

#endif
