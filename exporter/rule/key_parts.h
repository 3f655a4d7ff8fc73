/*
 * key_parts: what a rule_key is made of for events of one type, prepared so that most parts are
 * quick: numbers of the payload, names of such, and short texts of a fixed place are taken from
 * where the extraction has put them, numbers of the header from the record.
 *
 * Owned by a struct rule_binding, used by its thread.
 */
#ifndef EXPORTER_KEY_PARTS_H
#define EXPORTER_KEY_PARTS_H

#include "exporter/rule/rule_key.h"

struct key_part {
	/* In the payload, as the extraction puts it there; NULL: the field says how to get it. */
	const struct value *value;
	const struct rule_field *field;
	enum rule_key_form form;
	uint32_t at; /* where it is, and how long, in payloads that are direct */
	uint8_t length;
	uint8_t type;	      /* of a number */
	uint8_t label;	      /* its number, as given */
	uint8_t record_bytes; /* of a number that stands in struct event_record; 0: it does not */
	uint8_t record_at;
	bool is_quick;
};

struct key_parts {
	struct key_part *list; /* borrowed */
	uint16_t count;
	uint16_t words; /* that quick ones take at most */
	bool quick;   /* all of them are: taken from where they are in the payload or the record */
	bool numbers; /* and all of these are numbers */
};

/* `list` has room for all parts. */
void key_parts_init(struct key_parts *parts, struct key_part *list);

/* Borrows the field and the extraction's values: once extraction_run() was called these stay. */
void key_parts_add(struct key_parts *parts, const struct rule_field *field, enum rule_key_form form,
		   size_t label, const struct extraction *extraction);

/* Whether events need no extraction, being of the layout that was extracted last. */
bool key_parts_set_direct(struct key_parts *parts, const struct extraction *extraction);

/* Does what key_parts_append() does, whatever the parts are. */
uint64_t key_parts_append_any(const struct key_parts *parts, struct event_view *view,
			      const struct extraction *extraction, struct rule_key *key);

/* A number of the header; false: this record has none. */
static inline bool key_part_record_number(const struct key_part *part,
					  const struct event_record *record, uint64_t *word)
{
	const uint8_t *at = (const uint8_t *)record + part->record_at;
	uint16_t narrow;
	uint32_t number;

	if (part->record_bytes == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		*word = narrow;
		return true;
	}
	memcpy(&number, at, sizeof(number));
	*word = number;
	return number != UINT32_MAX;
}

/* False: there is none. */
static inline bool key_part_number(const struct key_part *part, const struct event_view *view,
				   uint64_t *word)
{
	if (part->record_bytes)
		return key_part_record_number(part, view->record, word);
	if (view->is_direct) {
		*word = rule_key_number(view->record->payload + part->at, part->length, part->type);
		return true;
	}
	if (!part->value->bytes)
		return false;
	*word = rule_key_number(part->value->bytes, part->value->length, part->type);
	return true;
}

/*
 * The values of parts that are numbers, one behind the other; how many. `*missing`: as of
 * key_parts_append().
 */
static inline size_t key_parts_take_numbers(const struct key_parts *parts,
					    const struct event_view *view, uint64_t *words,
					    uint64_t *missing)
{
	const struct key_part *part = parts->list, *end = part + parts->count;
	uint64_t *to = words;

	*missing = 0;
	for (; part < end; part++) {
		if (key_part_number(part, view, to))
			to++;
		else
			*missing |= (uint64_t)1 << part->label;
	}
	return (size_t)(to - words);
}

/*
 * Appends the values of an event to a key, which has room for the words of the parts. Bits of the
 * result: labels of which it has none, which are left out. Where there is no memory for values that
 * are not quick the key has failed.
 */
static inline uint64_t key_parts_append(const struct key_parts *parts, struct event_view *view,
					const struct extraction *extraction, struct rule_key *key)
{
	uint64_t missing;

	if (parts->numbers) {
		key->count +=
			key_parts_take_numbers(parts, view, key->words + key->count, &missing);
		return missing;
	}
	return key_parts_append_any(parts, view, extraction, key);
}

#endif
