/*
 * etw_enable: turns providers on and off in a session, with the filters that Windows itself looks
 * at. One thread at a time.
 */
#ifndef EXPORTER_ETW_ETW_ENABLE_WINDOWS_H
#define EXPORTER_ETW_ETW_ENABLE_WINDOWS_H

#include "exporter/error.h"
#include "exporter/etw/etw_session_windows.h"

/* All of the session's configuration, and the one that tells who stops sessions. -1: see error. */
int etw_enable_providers(struct etw_session *session, struct error *error);

void etw_disable_providers(struct etw_session *session);

#endif
