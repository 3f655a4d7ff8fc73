/*
 * known_event: an event type as a source of schemas knows it before any trace is read: what checks
 * of rules are made against.
 */
#ifndef EXPORTER_KNOWN_EVENT_H
#define EXPORTER_KNOWN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/base/guid.h"
#include "exporter/schema/schema.h"

/* Pointers are borrowed; how long they are valid says who gives them. */
struct known_event {
	struct guid guid;     /* of the provider, or the class */
	const char *provider; /* never NULL; likewise event, which may be empty */
	const char *event;
	const struct schema *schema; /* NULL: no more than its name is known */
	uint16_t id;		     /* of classic events their type */
	uint16_t first_version, last_version;
	bool classic;
};

/* False: no more of them are wanted. */
typedef bool known_event_visit(void *context, const struct known_event *event);

#endif
