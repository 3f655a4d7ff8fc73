/*
 * manifests: schemas from instrumentation manifests (XML), of files and of EventSource providers.
 *
 * Source: eventman.xsd of the Windows SDK, and its documentation ("Writing an Instrumentation
 * Manifest"). The XML is hostile: no entities from outside, depth and sizes bounded. Filled by one
 * thread; once filled, any number may look things up.
 */
#ifndef EXPORTER_DECODER_MANIFESTS_H
#define EXPORTER_DECODER_MANIFESTS_H

#include "config/problems.h"
#include "exporter/base/error.h"
#include "exporter/record/event_record.h"
#include "exporter/decoder/known_event.h"
#include "exporter/schema/schema.h"

struct manifests;

/* `source` is what schemas say that they come from: "manifest" or "eventsource". NULL: no memory.
 */
struct manifests *manifests_new(const char *source);
void manifests_free(struct manifests *manifests);

/* A machine with Windows 11 has some 55,000, and folders may be of several versions. */
#define MANIFESTS_EVENTS_MAX 262144
#define MANIFESTS_BYTES_MAX  ((size_t)64 << 20)

/*
 * Adds the providers of a manifest. `name` is the manifest's in errors, which say line and column.
 * -1: see error, the first of them; nothing of what is not XML is added, and of the rest what is
 * right. Beyond MANIFESTS_EVENTS_MAX events or about MANIFESTS_BYTES_MAX of schemas, counted over
 * all manifests ever added, is an error, too.
 */
int manifests_add(struct manifests *manifests, const char *name, const char *xml, size_t length,
		  struct error *error);

enum manifests_added {
	MANIFESTS_ALL,	/* of the manifest */
	MANIFESTS_PART, /* what is right in it; the rest is in the notes */
	MANIFESTS_NONE, /* it is no XML, or of something else, as the notes say */
	MANIFESTS_FULL, /* a limit was reached, or memory is short: see error */
};

/*
 * The same; what is wrong goes to `notes`, as warnings with `name` as their file; XML whose
 * root is of no manifest is wrong, too.
 */
enum manifests_added manifests_add_right(struct manifests *manifests, const char *name,
					 const char *xml, size_t length, struct problems *notes,
					 struct error *error);

/* How many schemas were added. */
size_t manifests_count(const struct manifests *manifests);

/* Of how many manifests not all was added. */
size_t manifests_flawed(const struct manifests *manifests);

/*
 * The schema of an event by provider GUID, ID and version; NULL: none. Where several manifests have
 * one, it is the last added that fits this record's payload, else the last added. Borrowed, until
 * manifests_free().
 */
const struct schema *manifests_find(const struct manifests *manifests,
				    const struct event_record *record);

/* The provider's name by its GUID (16 bytes); NULL: not in any manifest. Borrowed, likewise. */
const char *manifests_provider(const struct manifests *manifests, const uint8_t *guid);

/* Whether any manifest has a provider of just this name. */
bool manifests_has_provider(const struct manifests *manifests, const char *name);

/* A value map of a provider (GUID, 16 bytes) by its name; NULL: none. Borrowed, likewise. */
const struct value_map *manifests_map(const struct manifests *manifests, const uint8_t *guid,
				      const char *name);

/*
 * All events; one of which several manifests have a schema comes with each of them. What is handed
 * out is valid until manifests_free(). False: the visitor wanted no more.
 */
bool manifests_each(const struct manifests *manifests, known_event_visit *visit, void *context);

#endif
