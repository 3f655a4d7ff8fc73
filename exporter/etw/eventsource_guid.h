/*
 * eventsource_guid: the GUID of an EventSource, and by custom of a TraceLogging provider, that has
 * only a name: a hash of it. Any thread; nothing is kept.
 *
 * Source: EventSource.GenerateGuidFromName() of .NET, TraceLoggingProvider.h.
 */
#ifndef EXPORTER_ETW_EVENTSOURCE_GUID_H
#define EXPORTER_ETW_EVENTSOURCE_GUID_H

#include "exporter/base/guid.h"

/* `name` is valid UTF-8; its case does not matter. */
void eventsource_guid(const char *name, struct guid *guid);

#endif
