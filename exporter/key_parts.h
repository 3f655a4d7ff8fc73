/*
 * key_parts: what a rule_key is made of for events of one type, prepared so that numbers of the
 * payload, which most parts are, are taken from where the extraction has put them.
 *
 * Owned by a struct rule_binding, used by its thread.
 */
#ifndef EXPORTER_KEY_PARTS_H
#define EXPORTER_KEY_PARTS_H

#include "exporter/rule_key.h"

struct key_part {
	const struct value *number; /* NULL: the field says how to get it */
	const struct rule_field *field;
	enum rule_key_form form;
	uint8_t label; /* its number, as given */
};

struct key_parts {
	struct key_part *list;
	size_t count;
};

/* Room for `most` parts. False: no memory. */
bool key_parts_init(struct key_parts *parts, size_t most);
void key_parts_done(struct key_parts *parts);

/* Borrows the field and the extraction's values: once extraction_run() was called these stay. */
void key_parts_add(struct key_parts *parts, const struct rule_field *field, enum rule_key_form form,
		   size_t label, const struct extraction *extraction);

/* Appends a part to a key; false: the event has no such value. */
static inline bool key_part_append(const struct key_part *part, struct event_view *view,
				   const struct extraction *extraction, struct rule_key *key)
{
	if (!part->number)
		return rule_key_add(key, part->field, part->form, view, extraction);
	if (!part->number->bytes)
		return false;
	rule_key_word(key, rule_key_number(part->number));
	return true;
}

#endif
