/*
 * match: whether a rule's match: takes an event. Pure functions, any thread.
 *
 * Most of it is decided once for each event type; task, level and keywords as numbers are a matter
 * of each event.
 */
#ifndef EXPORTER_MATCH_H
#define EXPORTER_MATCH_H

#include <stdbool.h>

#include "config/rule_config.h"
#include "exporter/event_types.h"
#include "exporter/schema.h"

/* Whether `name` is meant by a pattern with `*`, `?` and `[...]`; case does not matter. */
bool match_glob(const char *pattern, const char *name);

/* Whether `provider` (a name or a GUID, as in `match: {provider: ...}`) means this one. */
bool match_provider(const struct scalar_config *provider, const char *name,
		    const struct guid *guid);

/* What depends on the event type alone. `schema` may be NULL. */
bool match_type(const struct match_config *match, const struct event_type *type,
		const struct schema *schema);

/* Whether match_record() has something to look at. */
bool match_has_record(const struct match_config *match);

/* The rest: what single events of a type differ in. */
bool match_record(const struct match_config *match, const struct event_record *record);

#endif
