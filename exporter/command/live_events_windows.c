#include <stddef.h>

#include "exporter/command/live_events.h"

struct live_events *live_events_add(const struct config *config, struct catalogue *catalogue,
				    struct problems *problems)
{
	(void)config;
	(void)catalogue;
	(void)problems;
	return NULL;
}

void live_events_free(struct live_events *events)
{
	(void)events;
}
