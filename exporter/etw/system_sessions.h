/*
 * system_sessions: all trace sessions of this machine, ours and others', as metrics: how many there
 * are, how many there can be, and what each has lost.
 *
 * Whoever renders a page asks Windows, at most once a second. Renders are serialised.
 */
#ifndef EXPORTER_ETW_SYSTEM_SESSIONS_H
#define EXPORTER_ETW_SYSTEM_SESSIONS_H

#include "metrics/exposition.h"

struct system_sessions;

/* NULL: this system has no such sessions, or no memory. */
struct system_sessions *system_sessions_new(void);
void system_sessions_free(struct system_sessions *system);

/* Asks Windows now. */
void system_sessions_read(struct system_sessions *system);

/*
 * A collector; `system` is a struct system_sessions, or NULL. Nothing is written where Windows does
 * not tell, to those who may not look.
 */
void system_sessions_collect(struct exposition *exposition, void *system);

#endif
