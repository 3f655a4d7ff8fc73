/*
 * host: what the machine that we run on is: host_linux.c and so on. Any thread; nothing is kept.
 */
#ifndef EXPORTER_BASELINE_HOST_H
#define EXPORTER_BASELINE_HOST_H

#include "exporter/baseline/baseline.h"

/* What can be found out; strings are the caller's to free. */
void host_look(struct baseline_host *host);
void host_done(struct baseline_host *host);

#endif
