/*
 * sessions_private: what starting and stopping sessions (sessions.c) and changing which there are
 * (sessions_reload.c) share.
 */
#ifndef EXPORTER_SESSIONS_PRIVATE_H
#define EXPORTER_SESSIONS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "exporter/session/sessions.h"

struct member {
	struct session *session;
	const struct session_config *from;  /* as configured */
	struct session_config *file_config; /* of a session for one file; NULL for others */
	const struct config *made_by;	    /* whose strings it uses */
	bool waits;			    /* it could not be started so far */
};

struct sessions {
	const struct config *config;
	struct session_context context;
	struct member *list; /* there is room for limits.sessions of them, or for more */
	_Atomic size_t count;
	_Atomic uint64_t refused;
	uint64_t refused_for_good; /* of them, those of sessions that do not follow */
	atomic_bool started;
	bool failing; /* a session could not be started when it looked around last; logged */
	pthread_mutex_t *looking;
};

int sessions_start_member(struct sessions *sessions, struct member *member, struct error *error);

/*
 * The files of one configured session that have no session yet. Adds to *refused those without
 * room.
 */
int sessions_add_files(struct sessions *sessions, const struct session_config *config,
		       uint64_t *refused, struct error *error);

void sessions_file_config_free(struct session_config *config);

#endif
