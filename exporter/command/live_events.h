/*
 * live_events: what live sessions of a configuration trace, as far as this machine can tell.
 */
#ifndef EXPORTER_COMMAND_LIVE_EVENTS_H
#define EXPORTER_COMMAND_LIVE_EVENTS_H

#include "config/config.h"
#include "config/problems.h"
#include "exporter/decoder/catalogue.h"

struct live_events;

/*
 * Adds the events of all live sessions, with their fields, to a catalogue. What a session names and
 * this machine does not have is a warning: the configuration may be another machine's. Of probes,
 * and of providers that nothing describes, the catalogue knows the names only. NULL: there are no
 * such sessions, or no memory. Freed after the catalogue.
 */
struct live_events *live_events_add(const struct config *config, struct catalogue *catalogue,
				    struct problems *problems);
void live_events_free(struct live_events *events);

#endif
