/*
 * service: the program as a service of Windows' service control manager (SCM), or of systemd, which
 * start it, want to know how far it is, and tell it to stop. Where nobody does, nothing of this has
 * an effect.
 *
 * service_run() is called once, by main(); the rest by the thread that its `body` runs on.
 */
#ifndef EXPORTER_SERVICE_H
#define EXPORTER_SERVICE_H

#include <stdbool.h>

/* What a service is called unless its own command line says otherwise. */
#define SERVICE_NAME "etw_exporter"

/* How long its stop may take, also when the system shuts down. */
#define SERVICE_STOP_MS 30000

/* Does the program's work; an enum exit_code. */
typedef int (*service_body)(int argument_count, char **arguments);

/*
 * Where the SCM has started the program: runs `body` on a thread of the service, in the folder of
 * the program's file, until it ends; *code is what it returned, which the SCM is told, too. False:
 * it was started by anybody else, and nothing has happened.
 */
bool service_run(service_body body, int argument_count, char **arguments, int *code);

/* Any thread: whether this is within service_run(). */
bool service_is_active(void);

/* The start, or the stop, goes on: whoever waits for it waits for so long again. */
void service_progress(void);

/* The start has come to its end. From now on the service may be told to stop: see ending.h. */
void service_ready(void);

/* It has begun to reload its configuration; service_ready() says when that is done. */
void service_reloading(void);

/* It still does its work: to be called each second (systemd's watchdog). */
void service_alive(void);

/* It has begun to stop. */
void service_stopping(void);

#endif
