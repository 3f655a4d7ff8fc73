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
#include "exporter/aggregator/event_types.h"
#include "exporter/schema/schema.h"

/* Whether `name` is meant by a pattern with `*`, `?` and `[...]`; case does not matter. */
bool match_glob(const char *pattern, const char *name);

/* Whether `provider` (a name or a GUID, as in `match: {provider: ...}`) means this one. */
bool match_provider(const struct scalar_config *provider, const char *name,
		    const struct guid *guid);

/* Whether its providers are, or one of them is, that of the event type. */
bool match_type_provider(const struct match_config *match, const struct event_type *type);

/* Whether events of the type may be meant; see match_rest(). `schema` may be NULL. */
bool match_type(const struct match_config *match, const struct event_type *type,
		const struct schema *schema);

/* What single events of a type that match_type() takes are asked for. Borrows from the match. */
struct match_rest {
	const struct scalar_list *tasks; /* one of its numbers; NULL: whatever */
	uint64_t keywords;		 /* any of these bits; 0: whatever */
	uint64_t levels[4];		 /* a bit for each that is taken */
	bool has_levels;		 /* else whatever */
};

/* False: nothing, all events of the type are taken. `schema` may be NULL. */
bool match_rest(const struct match_config *match, const struct schema *schema,
		struct match_rest *rest);

bool match_record(const struct match_rest *rest, const struct event_record *record);

#endif
