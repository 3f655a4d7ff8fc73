/*
 * etw_session: a trace session of Windows as its controller sees it: started, asked for its
 * numbers, stopped. One thread at a time.
 */
#ifndef EXPORTER_ETW_ETW_SESSION_WINDOWS_H
#define EXPORTER_ETW_ETW_SESSION_WINDOWS_H

#include <stdbool.h>

#include "config/config.h"
#include "exporter/base/error.h"
#include "exporter/etw/etw_functions_windows.h"
#include "exporter/etw/etw_losses.h"
#include "exporter/log/log.h"
#include "exporter/session/session_health.h"

struct etw_session {
	const struct etw_functions *functions; /* borrowed; likewise the next three */
	const struct session_config *config;
	struct session_health *health;
	struct log *log;
	TRACEHANDLE handle; /* 0: there is none */
	ULONG clock;	    /* Wnode.ClientContext; 0: not known */
	bool is_others;	    /* it is left running */
	GUID *enabled;	    /* providers, of etw_enable, as the next four */
	size_t enabled_count;
	bool has_stops;				    /* stops of sessions are told */
	const struct etw_provider_config *stop_row; /* the configuration's for these; or NULL */
	uint64_t stop_any, stop_all;		    /* its keywords */
	struct etw_losses losses;
	WCHAR name[ETW_NAME_CHARS_MAX + 1];
	char name_text[3 * ETW_NAME_CHARS_MAX + 1]; /* in messages */
};

/* Starts it, or takes the one that is there, as the configuration says. -1: see error. */
int etw_session_open(struct etw_session *session, struct error *error);

/* Tells the session's health what Windows counts. False: there is no such session any more. */
bool etw_session_query(struct etw_session *session);

/* Has buffers that are not full handed on. */
void etw_session_flush(struct etw_session *session);

/* Stops it, unless it is others', with its last numbers. Once it has none it does nothing. */
void etw_session_close(struct etw_session *session);

#endif
