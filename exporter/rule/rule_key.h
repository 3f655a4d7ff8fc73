/*
 * rule_key: the bytes that a series is found by: what the fields of a rule's labels hold, not yet
 * made into text.
 *
 * A key is whole 8-byte words: a number is one, a name of the trace's state is one (its address: it
 * is there once), anything else is a length and its bytes. Values can be taken out again, in the
 * order in which they were put in, to make the text from. Used by one thread.
 */
#ifndef EXPORTER_RULE_KEY_H
#define EXPORTER_RULE_KEY_H

#include "exporter/base/bytes.h"
#include "exporter/rule/rule_field.h"

struct rule_key {
	uint64_t *words;
	size_t count;
	size_t capacity;
	bool failed; /* no memory */
};

/* All zeros is an empty key. */
void rule_key_done(struct rule_key *key);

static inline void rule_key_clear(struct rule_key *key)
{
	key->count = 0;
	key->failed = false;
}

/* Makes room for so many words more. False: no memory, and the key has failed. */
bool rule_key_reserve(struct rule_key *key, size_t words);

static inline bool rule_key_has_room(struct rule_key *key, size_t words)
{
	return key->count + words <= key->capacity || rule_key_reserve(key, words);
}

static inline void rule_key_word(struct rule_key *key, uint64_t word)
{
	if (rule_key_has_room(key, 1))
		key->words[key->count++] = word;
}

/* Words of another key. */
static inline void rule_key_words(struct rule_key *key, const uint64_t *words, size_t count)
{
	if (!rule_key_has_room(key, count))
		return;
	for (; count; count--)
		key->words[key->count++] = *words++;
}

/* Appends a value's bytes behind their length. */
void rule_key_bytes(struct rule_key *key, const struct value *value);

/* How a field stands in a key; decided once for each event type. */
enum rule_key_form {
	KEY_FORM_NOTHING, /* all events of the type have the same, or none has it */
	KEY_FORM_NUMBER,
	KEY_FORM_NAME,
	KEY_FORM_BYTES,
};

enum rule_key_form rule_key_form(const struct rule_field *field,
				 const struct extraction *extraction);

/*
 * What KEY_FORM_NUMBER makes of a value of at most 8 bytes. The same number is the same word,
 * however wide it is: keys of pairs are of different events.
 */
static inline uint64_t rule_key_number(const uint8_t *bytes, size_t length, uint8_t type)
{
	uint64_t word = 0;

	switch (length) {
	case 4:
		word = le32(bytes);
		return type == VALUE_I32 ? (uint64_t)(int32_t)word : word;
	case 8:
		return le64(bytes);
	case 2:
		word = le16(bytes);
		return type == VALUE_I16 ? (uint64_t)(int16_t)word : word;
	case 1:
		return type == VALUE_I8 ? (uint64_t)(int8_t)bytes[0] : bytes[0];
	default:
		memcpy(&word, bytes, length < 8 ? length : 8);
		return BYTES_LE64(word);
	}
}

/* Appends a field's value; false: the event has none, and nothing is appended. */
bool rule_key_add(struct rule_key *key, const struct rule_field *field, enum rule_key_form form,
		  struct event_view *view, const struct extraction *extraction);

/*
 * The next value of a key that rule_key_add() made in this form of this field; *words moves past
 * it. Points into the key or into `made`. Not for KEY_FORM_NOTHING.
 */
const struct value *rule_key_take(const uint64_t **words, const struct rule_field *field,
				  enum rule_key_form form, const struct extraction *extraction,
				  struct made_value *made);

#endif
