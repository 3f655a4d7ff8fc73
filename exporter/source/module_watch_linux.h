/*
 * module_watch: notices that modules of the kernel came or went, and with them trace events.
 *
 * Used by one thread. A kernel without modules never changes.
 */
#ifndef EXPORTER_SOURCE_MODULE_WATCH_LINUX_H
#define EXPORTER_SOURCE_MODULE_WATCH_LINUX_H

#include <stdbool.h>
#include <stdint.h>

struct module_watch {
	uint64_t hash; /* of the modules' names */
};

void module_watch_init(struct module_watch *watch);

/* Whether others are there than at the call before. */
bool module_watch_changed(struct module_watch *watch);

#endif
