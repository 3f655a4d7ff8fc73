/*
 * trace_events_version: tells whether the IDs of an instance's events still mean the same events.
 *
 * Any thread.
 */
#ifndef EXPORTER_TRACEFS_TRACE_EVENTS_VERSION_LINUX_H
#define EXPORTER_TRACEFS_TRACE_EVENTS_VERSION_LINUX_H

#include <stdint.h>

/*
 * A hash of which events are enabled in the instance that `directory` is open on, and of their IDs:
 * the same for the same, and all but surely another for others.
 */
uint16_t trace_events_version(int directory);

#endif
