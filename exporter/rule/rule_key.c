#include "exporter/rule/rule_key.h"

#include <stdlib.h>

#define FIRST_WORDS 64

void rule_key_done(struct rule_key *key)
{
	free(key->words);
	*key = (struct rule_key){0};
}

bool rule_key_reserve(struct rule_key *key, size_t words)
{
	size_t capacity = key->capacity ? key->capacity : FIRST_WORDS;
	uint64_t *bigger;

	if (key->count + words <= key->capacity)
		return true;
	while (capacity < key->count + words)
		capacity *= 2;
	bigger = realloc(key->words, capacity * sizeof(*bigger));
	if (!bigger) {
		key->failed = true;
		return false;
	}
	key->words = bigger;
	key->capacity = capacity;
	return true;
}

void rule_key_bytes(struct rule_key *key, const struct value *value)
{
	size_t words = (value->length + 7) / 8;
	uint64_t *to;

	if (!rule_key_has_room(key, 1 + words))
		return;
	to = key->words + key->count;
	to[0] = value->length;
	if (words) {
		to[words] = 0;
		memcpy(to + 1, value->bytes, value->length);
	}
	key->count += 1 + words;
}

enum rule_key_form rule_key_form(const struct rule_field *field,
				 const struct extraction *extraction)
{
	if (field->kind == RULE_FIELD_NONE)
		return KEY_FORM_NOTHING;
	if (field->kind == RULE_FIELD_HEADER && header_field_is_constant(field->header) &&
	    field->state == LABEL_PURE)
		return KEY_FORM_NOTHING;
	if (field->state != LABEL_PURE ||
	    (field->kind == RULE_FIELD_HEADER && field->header == HEADER_PROCESS))
		return KEY_FORM_NAME;
	if (field->kind == RULE_FIELD_HEADER)
		return field->header == HEADER_ACTIVITY_ID ? KEY_FORM_BYTES : KEY_FORM_NUMBER;
	return extraction_fixed_bytes(extraction, field->slot) ? KEY_FORM_NUMBER : KEY_FORM_BYTES;
}

static const struct state_name *name_of(const struct rule_field *field, struct event_view *view,
					const struct extraction *extraction)
{
	const struct rule_field pure = {field->kind, LABEL_PURE, field->header, field->slot};
	const struct value *value;
	struct made_value made;

	if (field->state == LABEL_PURE)
		return event_view_process(view);
	value = rule_field_value(&pure, view, extraction, &made);
	return value ? rule_field_state(field, view, value) : NULL;
}

static bool add_name(struct rule_key *key, const struct state_name *name)
{
	if (!name)
		return false;
	rule_key_word(key, (uint64_t)(uintptr_t)name);
	return true;
}

bool rule_key_add(struct rule_key *key, const struct rule_field *field, enum rule_key_form form,
		  struct event_view *view, const struct extraction *extraction)
{
	const struct value *value;
	struct made_value made;

	if (field->kind == RULE_FIELD_NONE)
		return false;
	if (form == KEY_FORM_NOTHING)
		return true;
	if (form == KEY_FORM_NAME)
		return add_name(key, name_of(field, view, extraction));
	value = rule_field_value(field, view, extraction, &made);
	if (!value)
		return false;
	if (form == KEY_FORM_NUMBER)
		rule_key_word(key, rule_key_number(value->bytes, value->length, value->type));
	else
		rule_key_bytes(key, value);
	return true;
}

static const struct value *take_name(uint64_t word, struct made_value *made)
{
	const struct state_name *name = (const struct state_name *)(uintptr_t)word;

	made_value_text(made, name->text, name->length);
	return &made->value;
}

/* The header's or the payload's field, as it says how the bytes are to be read. */
static void set_template(const struct rule_field *field, const struct extraction *extraction,
			 struct made_value *made)
{
	if (field->kind == RULE_FIELD_HEADER)
		header_field_template(field->header, &made->value);
	else
		made->value = *extraction_template(extraction, field->slot);
}

/* The template has the width of the last payload's pointers: this one's may have been wider. */
static void set_width(const struct rule_field *field, const struct extraction *extraction,
		      struct made_value *made)
{
	if (field->kind == RULE_FIELD_HEADER)
		return;
	made->value.length = (uint32_t)extraction_fixed_bytes(extraction, field->slot);
	made->value.pointer_bytes = 8;
}

const struct value *rule_key_take(const uint64_t **words, const struct rule_field *field,
				  enum rule_key_form form, const struct extraction *extraction,
				  struct made_value *made)
{
	uint64_t word = *(*words)++;

	if (form == KEY_FORM_NAME)
		return take_name(word, made);
	set_template(field, extraction, made);
	if (form == KEY_FORM_NUMBER) {
		set_width(field, extraction, made);
		put_le32(made->bytes, (uint32_t)word);
		put_le32(made->bytes + 4, (uint32_t)(word >> 32));
		made->value.bytes = made->bytes;
		return &made->value;
	}
	made->value.bytes = (const uint8_t *)*words;
	made->value.length = (uint32_t)word;
	*words += (word + 7) / 8;
	return &made->value;
}
