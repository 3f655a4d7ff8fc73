#include "exporter/rule/key_parts.h"

#include "exporter/value/value_number.h"

/* Texts of at most so many bytes are quick, as names of tasks are; in a key behind their length. */
#define TEXT_BYTES 16
#define TEXT_WORDS (1 + TEXT_BYTES / 8)

static bool is_short_text(const struct field *field)
{
	return field->type == VALUE_ANSI && field->length_kind == LENGTH_FIXED &&
	       field->count_kind == COUNT_ONE && !field->optional && field->length <= TEXT_BYTES;
}

void key_parts_init(struct key_parts *parts, struct key_part *list)
{
	*parts = (struct key_parts){.list = list, .quick = true, .numbers = true};
}

/* Of the header what is a number of a fixed place; all ones of 4 bytes mean that there is none. */
static void set_record_number(struct key_part *part, enum header_field field)
{
	switch (field) {
	case HEADER_CPU:
		part->record_at = offsetof(struct event_record, cpu);
		part->record_bytes = sizeof(uint16_t);
		break;
	case HEADER_PID:
		part->record_at = offsetof(struct event_record, pid);
		part->record_bytes = sizeof(uint32_t);
		break;
	case HEADER_TID:
		part->record_at = offsetof(struct event_record, tid);
		part->record_bytes = sizeof(uint32_t);
		break;
	default:
		break;
	}
}

static bool is_process(const struct rule_field *field)
{
	return field->kind == RULE_FIELD_HEADER && field->header == HEADER_PROCESS;
}

/* Whether a value of the payload, as its template shows it, is taken as a number, or a short text.
 */
static bool is_quick_value(const struct key_part *part, const struct value *value)
{
	if (part->form == KEY_FORM_NAME)
		return value_is_integer(value);
	return part->form == KEY_FORM_NUMBER || is_short_text(value->field);
}

void key_parts_add(struct key_parts *parts, const struct rule_field *field, enum rule_key_form form,
		   size_t label, const struct extraction *extraction)
{
	struct key_part *part = &parts->list[parts->count++];
	const struct value *value;

	*part = (struct key_part){.field = field, .form = form, .label = (uint8_t)label};
	if (field->kind == RULE_FIELD_PAYLOAD) {
		value = extraction_template(extraction, field->slot);
		part->type = value->type;
		part->is_quick = is_quick_value(part, value);
		part->value = part->is_quick || form == KEY_FORM_BYTES ? value : NULL;
	} else if (field->kind == RULE_FIELD_HEADER &&
		   (form == KEY_FORM_NUMBER || form == KEY_FORM_NAME)) {
		set_record_number(part, field->header);
		part->is_quick = part->record_bytes || is_process(field);
	}
	parts->words += form == KEY_FORM_BYTES ? TEXT_WORDS : 1;
	parts->quick = parts->quick && part->is_quick;
	parts->numbers = parts->numbers && parts->quick && form == KEY_FORM_NUMBER;
}

/* The name of a number that the trace's state knows, as a key has it; false: there is no number. */
static bool take_name(const struct key_part *part, struct event_view *view, uint64_t *word)
{
	const struct state_name *name;
	uint64_t number;

	if (is_process(part->field))
		name = event_view_process(view);
	else if (key_part_number(part, view, &number))
		name = rule_field_number_state(part->field, view, number);
	else
		return false;
	*word = (uint64_t)(uintptr_t)name;
	return true;
}

/* How many bytes there are before the first zero; the others become zeros. */
static size_t cut(uint64_t *word)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t zeros = (*word - ones) & ~*word & ones << 7;
	size_t length;

	if (!zeros)
		return sizeof(*word);
	length = (size_t)__builtin_ctzll(zeros) / 8;
	*word &= ((uint64_t)1 << 8 * length) - 1;
	return length;
}

/* As rule_key_add() does it. */
static size_t add_text(uint64_t first, uint64_t second, uint64_t *words)
{
	size_t length = cut(&first);

	if (length == sizeof(first))
		length += cut(&second);
	words[0] = length;
	words[1] = BYTES_LE64(first);
	words[2] = BYTES_LE64(second);
	return 1 + (length + 7) / 8;
}

/* A short text, as a key has it; how many words. 0: there is none. */
static size_t take_text(const struct key_part *part, const struct event_view *view, uint64_t *words)
{
	const uint8_t *at = view->is_direct ? view->record->payload + part->at : part->value->bytes;
	size_t length = view->is_direct ? part->length : part->value->length;
	uint8_t bytes[TEXT_BYTES] = {0};

	if (!at)
		return 0;
	if (length == TEXT_BYTES)
		return add_text(le64(at), le64(at + 8), words);
	memcpy(bytes, at, length);
	return add_text(le64(bytes), le64(bytes + 8), words);
}

/* How many words. 0: there is no value. */
static inline size_t take(const struct key_part *part, struct event_view *view, uint64_t *words)
{
	if (part->form == KEY_FORM_NUMBER)
		return key_part_number(part, view, words);
	if (part->form == KEY_FORM_NAME)
		return take_name(part, view, words);
	return take_text(part, view, words);
}

static uint64_t append_quick(const struct key_parts *parts, struct event_view *view,
			     struct rule_key *key)
{
	const struct key_part *part = parts->list, *end = part + parts->count;
	uint64_t missing = 0, *to = key->words + key->count;

	for (; part < end; part++) {
		size_t words = take(part, view, to);

		if (!words)
			missing |= (uint64_t)1 << part->label;
		to += words;
	}
	key->count = (size_t)(to - key->words);
	return missing;
}

static bool set_direct(struct key_part *part, const struct extraction *extraction)
{
	if (part->field->kind != RULE_FIELD_PAYLOAD)
		return true;
	if (!part->is_quick || !part->value->bytes)
		return false;
	part->at = extraction_place(extraction, part->field->slot);
	part->length = part->form == KEY_FORM_BYTES ? (uint8_t)part->value->field->length
						    : (uint8_t)part->value->length;
	return true;
}

bool key_parts_set_direct(struct key_parts *parts, const struct extraction *extraction)
{
	size_t i;

	for (i = 0; i < parts->count; i++)
		if (!set_direct(&parts->list[i], extraction))
			return false;
	return true;
}

static bool append(const struct key_part *part, struct event_view *view,
		   const struct extraction *extraction, struct rule_key *key)
{
	uint64_t words[TEXT_WORDS] = {0};
	size_t count;

	if (part->is_quick) {
		count = take(part, view, words);
		rule_key_words(key, words, count);
		return count != 0;
	}
	if (!part->value)
		return rule_key_add(key, part->field, part->form, view, extraction);
	if (!part->value->bytes)
		return false;
	rule_key_bytes(key, part->value);
	return true;
}

uint64_t key_parts_append_any(const struct key_parts *parts, struct event_view *view,
			      const struct extraction *extraction, struct rule_key *key)
{
	uint64_t missing = 0;
	size_t i;

	if (parts->quick)
		return append_quick(parts, view, key);
	for (i = 0; i < parts->count; i++)
		if (!append(&parts->list[i], view, extraction, key))
			missing |= (uint64_t)1 << parts->list[i].label;
	return missing;
}
