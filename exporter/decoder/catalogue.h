/*
 * catalogue: the event types whose schemas are known before any trace is read: those of configured
 * manifests, the kernel's documented classes, and what is added to them; and which providers are
 * known by name.
 *
 * Made once, read-only then, any thread.
 */
#ifndef EXPORTER_CATALOGUE_H
#define EXPORTER_CATALOGUE_H

#include "config/rule_config.h"
#include "exporter/decoder/manifests.h"
#include "exporter/aggregator/event_types.h"
#include "exporter/decoder/known_event.h"

struct catalogue_entry {
	struct event_type type; /* no more than what match_type() looks at; its first version */
	uint16_t last_version;
	const struct schema *schema; /* NULL: no more than its name is known */
	struct schema *owned;	     /* the same, where nobody else has it */
};

struct catalogue;

/* `manifests` (NULL: none) are borrowed. NULL: no memory. */
struct catalogue *catalogue_new(const struct manifests *manifests);
void catalogue_free(struct catalogue *catalogue);

/*
 * Adds an event of Linux by its schema, which becomes the catalogue's; one that is there is
 * dropped. False: no memory. Afterwards catalogue_sort() is called.
 */
bool catalogue_add_format(struct catalogue *catalogue, uint16_t id, struct schema *schema);
void catalogue_sort(struct catalogue *catalogue);

/*
 * Likewise an event of a provider of Windows, whose event->schema is not looked at; the schema may
 * be NULL. One that the configured manifests have is dropped.
 */
bool catalogue_add_event(struct catalogue *catalogue, const struct known_event *event,
			 struct schema *schema);

/* There is a provider of this name (borrowed), whatever its events are. False: no memory. */
bool catalogue_add_name(struct catalogue *catalogue, const char *name);

/* Sorted by provider, ID, version. */
size_t catalogue_count(const struct catalogue *catalogue);
const struct catalogue_entry *catalogue_at(const struct catalogue *catalogue, size_t index);

enum catalogue_knowledge {
	CATALOGUE_NOTHING,
	CATALOGUE_NAME,	  /* there is such a provider: in the table of names */
	CATALOGUE_EVENTS, /* with events of it */
};

/* What is known of a provider, as `match: {provider: ...}` has it. */
enum catalogue_knowledge catalogue_provider(const struct catalogue *catalogue,
					    const struct scalar_config *provider);

/* The known provider whose name is nearest to a misspelt one; NULL: none is near. Borrowed. */
const char *catalogue_nearest(const struct catalogue *catalogue, const char *name);

/* Whether a provider, by its GUID, has a value map of this name. */
bool catalogue_has_map(const struct catalogue *catalogue, const struct guid *guid,
		       const char *name);

#endif
