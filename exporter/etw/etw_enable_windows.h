/*
 * etw_enable: turns providers on and off in a session, with the filters that Windows itself looks
 * at. One thread at a time.
 */
#ifndef EXPORTER_ETW_ETW_ENABLE_WINDOWS_H
#define EXPORTER_ETW_ETW_ENABLE_WINDOWS_H

#include "exporter/base/error.h"
#include "exporter/etw/etw_session_windows.h"

/* All of the session's configuration, and the one that tells who stops sessions. -1: see error. */
int etw_enable_providers(struct etw_session *session, struct error *error);

/* Those that were enabled, whatever their names mean by now. */
void etw_disable_providers(struct etw_session *session);

/* Whether the configuration asks for an event: those that only tell of stops are our own. */
bool etw_enable_wants(const struct etw_session *session, const EVENT_RECORD *event);

/* Frees what it has put into the session. */
void etw_enable_done(struct etw_session *session);

#endif
