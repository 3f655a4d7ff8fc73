/* Events, single and in pairs: whether they are taken, their values and keys. */
#include <string.h>

#include "exporter/rule_binding_private.h"
#include "exporter/value_number.h"

void rule_binding_count_error(struct rule_binding *binding, enum rule_error error)
{
	rule_health_count(&binding->rule->health.errors[error]);
}

static bool takes(const struct rule_binding *binding, struct event_view *view)
{
	size_t i;

	if (!binding->by_record)
		return true;
	for (i = 0; i < binding->by_record_count; i++)
		if (match_record(&binding->by_record[i], view->record))
			return true;
	return false;
}

/* The key's part that this side knows. */
static void make_key(struct rule_binding *binding, struct event_view *view, struct rule_key *key)
{
	uint64_t missing;

	rule_key_clear(key);
	if (!rule_key_has_room(key, KEY_FIRST + binding->label_parts.words))
		return;
	key->words[KEY_VALUE] = 0;
	key->words[KEY_MISSING] = 0;
	key->count = KEY_FIRST;
	missing = key_parts_append(&binding->label_parts, view, binding->extraction, key);
	if (!missing || key->failed)
		return;
	key->words[KEY_MISSING] = missing;
	if (!binding->lacks_schema)
		rule_binding_count_error(binding, RULE_ERROR_FIELD);
}

/* Seconds; false: the frequency is not known. */
static bool ticks_to_seconds(double ticks, uint64_t frequency_hz, double *seconds)
{
	if (!frequency_hz)
		return false;
	*seconds = ticks / (double)frequency_hz;
	return true;
}

/* False: the time stamp is none, or it is later than the event. */
static bool seconds_since(const struct value_number *timestamp, const struct event_view *view,
			  double *seconds)
{
	const struct event_record *record = view->record;

	if (timestamp->kind == NUMBER_REAL || !record->has_time ||
	    view->clock->type == CLOCK_UNKNOWN || timestamp->u > record->timestamp)
		return false;
	return ticks_to_seconds((double)(record->timestamp - timestamp->u),
				view->clock->frequency_hz, seconds);
}

/* The number in the unit of the metric; false: the recording's clock does not give it. */
static bool convert(const struct rule *rule, const struct value_number *read,
		    const struct event_view *view, double *number)
{
	switch (rule->config->unit) {
	case VALUE_IS_TICKS:
		return ticks_to_seconds(value_number_double(read), view->clock->perf_frequency_hz,
					number);
	case VALUE_IS_SINCE:
		return seconds_since(read, view, number);
	default:
		*number = value_number_double(read);
		return true;
	}
}

/* What the value's field holds; false: no number, and that is counted. */
static bool read_value(struct rule_binding *binding, struct event_view *view, double *number)
{
	const struct value *value;
	struct value_number read;
	struct made_value made;

	*number = 1;
	if (!binding->has_value)
		return true;
	value = rule_field_value(&binding->value, view, binding->extraction, &made);
	if (value && value_number(value, &read)) {
		if (convert(binding->rule, &read, view, number))
			return true;
		rule_binding_count_error(binding, RULE_ERROR_TIME);
		return false;
	}
	if (!binding->lacks_schema)
		rule_binding_count_error(binding, value ? RULE_ERROR_VALUE : RULE_ERROR_FIELD);
	return false;
}

/* False: a part of it is missing, and that is counted. */
static bool make_pair_key(struct rule_binding *binding, struct event_view *view,
			  struct rule_key *key)
{
	rule_key_clear(key);
	if (!rule_key_has_room(key, binding->pair_parts.words))
		return false;
	if (!key_parts_append(&binding->pair_parts, view, binding->extraction, key))
		return !key->failed;
	if (!binding->lacks_schema)
		rule_binding_count_error(binding, RULE_ERROR_FIELD);
	return false;
}

static double double_of(uint64_t word)
{
	double number;

	memcpy(&number, &word, sizeof(number));
	return number;
}

static uint64_t word_of(double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof(word));
	return word;
}

static struct rule_sides sides_of(struct rule_binding *binding, const struct rule_key *key,
				  struct rule_binding *other, const struct rule_key *other_key)
{
	if (binding->side == SIDE_END)
		return (struct rule_sides){binding,	     other,	 key->words,
					   other_key->words, key->count, other_key->count};
	return (struct rule_sides){other,      binding,		 other_key->words,
				   key->words, other_key->count, key->count};
}

/* The value, by the configuration, of one of the sides; or the time between them. */
static double pair_value(const struct rule_sides *sides, int64_t time_ns, const struct paired *with)
{
	const struct field_config *value = &sides->end->rule->config->value;
	uint64_t between;

	if (value->path)
		return double_of(value->side == SIDE_END ? sides->end_words[KEY_VALUE]
							 : sides->start_words[KEY_VALUE]);
	between = time_ns > with->time_ns ? (uint64_t)time_ns - (uint64_t)with->time_ns
					  : (uint64_t)with->time_ns - (uint64_t)time_ns;
	return (double)between;
}

/* A note is a key, without what would be zeros at its begin, so that it takes less memory. */
static size_t note_begins(const struct rule_binding *binding)
{
	if (binding->has_value)
		return KEY_VALUE;
	return binding->label_parts.count ? KEY_MISSING : KEY_FIRST;
}

static void read_note(const struct rule_binding *owner, const struct paired *with,
		      struct rule_key *key)
{
	size_t left_out = note_begins(owner);

	rule_key_clear(key);
	for (; left_out; left_out--)
		rule_key_word(key, 0);
	rule_key_read(key, with->note, with->note_bytes);
}

static void count_pair(struct rule_binding *binding, double value, struct event_view *view,
		       struct rule_scratch *scratch)
{
	struct rule_key *key = &scratch->key, *other = &scratch->other;
	size_t begin = note_begins(binding);
	struct rule_binding *owner;
	struct paired with;
	struct rule_sides sides;
	int64_t time_ns;

	if (!event_view_time(view, &time_ns)) {
		rule_binding_count_error(binding, RULE_ERROR_TIME);
		return;
	}
	if (!make_pair_key(binding, view, &scratch->pair_key))
		return;
	key->words[KEY_VALUE] = word_of(value);
	pairs_set_event(binding->rule->pairs, scratch->event);
	if (!pairs_add(binding->rule->pairs, binding->side == SIDE_START ? PAIR_START : PAIR_END,
		       (const uint8_t *)scratch->pair_key.words, scratch->pair_key.count * 8,
		       time_ns, binding, (const uint8_t *)(key->words + begin),
		       (key->count - begin) * 8, &with))
		return;
	memcpy(&owner, &with.owner, sizeof(owner));
	read_note(owner, &with, other);
	if (other->failed)
		return;
	sides = sides_of(binding, key, owner, other);
	rule_binding_count_value(&sides, pair_value(&sides, time_ns, &with), view, scratch);
}

static void count_single(struct rule_binding *binding, double value, struct event_view *view,
			 struct rule_scratch *scratch)
{
	const struct rule_sides sides = {
		.end = binding,
		.end_words = scratch->key.words,
		.end_count = scratch->key.count,
	};

	rule_binding_count_value(&sides, value, view, scratch);
}

/* An event of which nobody can say whether it fulfils the condition is not passed over in silence.
 */
static void count_undecided(struct rule_binding *binding, enum payload_result result)
{
	if (binding->where_lacks_schema)
		rule_binding_count_error(binding, RULE_ERROR_SCHEMA);
	if (binding->where_has_payload && result != PAYLOAD_OK)
		rule_binding_count_error(binding, RULE_ERROR_PAYLOAD);
}

static bool fulfils(struct rule_binding *binding, struct event_view *view,
		    enum payload_result result)
{
	struct condition *where = binding->rule->where;
	bool holds = condition_holds(where, binding->conditions, view, binding->extraction);

	if (condition_was_unfit(where))
		rule_binding_count_error(binding, RULE_ERROR_LABEL);
	if (!holds)
		count_undecided(binding, result);
	return holds;
}

/* Whether the event is one of the rule's, which is counted. */
static bool is_taken(struct rule_binding *binding, struct event_view *view,
		     enum payload_result result)
{
	struct rule *rule = binding->rule;

	if (!takes(binding, view))
		return false;
	view->classic = binding->classic;
	if (binding->side == SIDE_START)
		return true;
	if (rule->config->where.child_count && !fulfils(binding, view, result))
		return false;
	rule_health_count(&rule->health.matched);
	return true;
}

void rule_binding_count(struct rule_binding *binding, struct event_view *view,
			enum payload_result result, struct rule_scratch *scratch)
{
	double value;

	if (!is_taken(binding, view, result))
		return;
	if (result != PAYLOAD_OK)
		rule_binding_count_error(binding, RULE_ERROR_PAYLOAD);
	if (binding->lacks_schema)
		rule_binding_count_error(binding, RULE_ERROR_SCHEMA);
	if (!read_value(binding, view, &value))
		return;
	if (!binding->has_parts)
		rule_binding_make_parts(binding);
	make_key(binding, view, &scratch->key);
	if (scratch->key.failed)
		return;
	if (binding->rule->pairs)
		count_pair(binding, value, view, scratch);
	else
		count_single(binding, value, view, scratch);
}
