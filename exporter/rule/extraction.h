/*
 * extraction: takes the fields that rules want out of the payloads of one event type.
 *
 * Compiled once from a schema and paths. Where the layout allows it, as it nearly always does, what
 * has a fixed size is stepped over at once, and of what is behind the wanted fields only the size
 * is looked at; else all of the payload is visited. Used by one thread, as it holds the values.
 */
#ifndef EXPORTER_EXTRACTION_H
#define EXPORTER_EXTRACTION_H

#include "exporter/record/event_record.h"
#include "exporter/schema/field_path.h"
#include "exporter/schema/payload.h"

struct extraction;

/* `schema` is borrowed. NULL: no memory. */
struct extraction *extraction_new(const struct schema *schema);
void extraction_free(struct extraction *extraction);

/* The same path gives the same slot again. -1: no memory. Not once extraction_run() was called. */
int extraction_add(struct extraction *extraction, const struct field_path *path);

/*
 * Takes the values out of a payload; extraction_value() has them until the next run. With a result
 * other than PAYLOAD_OK those are there that stand before what does not fit, but for the length of
 * an array right before it. PAYLOAD_OK does not say that all of the payload is right:
 * extraction_fit() does.
 */
enum payload_result extraction_run(struct extraction *extraction,
				   const struct event_record *record);

/*
 * Whether the last payload was as its schema says. Of schemas that have a struct, or an array of
 * what has no fixed size, behind the wanted fields, only these are known to be.
 */
enum payload_result extraction_fit(const struct extraction *extraction);

/* Payloads in which all fields are at fixed places. */
struct fixed_layout {
	uint32_t bytes; /* what they have at least */
	bool is_exact;	/* and at most */
	bool is_narrow; /* pointers have 4 bytes */
};

/* As it was in the last run. False: fields do not stand at fixed places, or did not fit. */
bool extraction_layout(const struct extraction *extraction, struct fixed_layout *layout);

/* Where a slot is in a payload of that layout. */
uint32_t extraction_place(const struct extraction *extraction, int slot);

static inline bool fixed_layout_fits(const struct fixed_layout *layout,
				     const struct event_record *record)
{
	return (record->pointer_bytes == 4) == layout->is_narrow &&
	       (layout->is_exact ? record->payload_bytes == layout->bytes
				 : record->payload_bytes >= layout->bytes);
}

/* NULL: the payload at hand has no such value (it ended before; there are fewer elements). */
const struct value *extraction_value(const struct extraction *extraction, int slot);

/* How a slot's bytes are read: its value in the last payload, whether it was there or not. */
const struct value *extraction_template(const struct extraction *extraction, int slot);

/* The width of what a slot holds where that is fixed and at most 8 bytes, else 0. */
size_t extraction_fixed_bytes(const struct extraction *extraction, int slot);

#endif
