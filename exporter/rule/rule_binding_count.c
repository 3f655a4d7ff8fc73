/* Events, single and in pairs: whether they are taken, their values and keys, and where these
 * count.
 */
#include <math.h>
#include <string.h>

#include "exporter/rule/rule_binding_private.h"
#include "exporter/value/value_number.h"

/*
 * The first words of a key: the value where it is ours, which is no part of what is looked up; and
 * which labels have no value.
 */
enum {
	KEY_VALUE,
	KEY_MISSING,
	KEY_FIRST
};

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

/* The sum of a histogram only grows, as a counter does, unless it has buckets for less than 0. */
static bool may_be_negative(const struct rule *rule)
{
	const struct family_info *info = &rule->family->info;

	return info->type == METRIC_GAUGE ||
	       (info->type == METRIC_HISTOGRAM && family_takes_negative(info));
}

/* Whether so much can be counted by the rule; `shown`: scaled. */
static bool is_fit(const struct rule *rule, double value, double shown)
{
	return isfinite(value) && isfinite(shown) && (value >= 0 || may_be_negative(rule));
}

static inline void add_value(const struct rule *rule, struct cell *cell, double value, double shown,
			     struct event_view *view)
{
	uint64_t pass = rule->pass;
	int64_t time_ns;

	switch (rule->config->type) {
	case RULE_COUNTER:
		cell_add_f64(cell, value);
		break;
	case RULE_GAUGE:
		/* Without a time, what comes last is the last. */
		if (!event_view_time(view, &time_ns))
			pass = UINT64_MAX;
		cell_set(cell, value, time_ns, pass);
		break;
	default:
		cell_observe_finite(cell, &rule->family->info, value, shown);
	}
}

__attribute__((cold)) static void count_overflow(struct rule *rule, struct rule_scratch *scratch)
{
	shard_count_overflow(scratch->shard, rule->family->family);
	scratch->overflow = rule->overflowed ? scratch->overflow : rule;
	rule->overflowed = true;
}

__attribute__((cold, noinline)) static struct cell *
add_cell(const struct rule_sides *sides, struct event_view *view, struct rule_scratch *scratch)
{
	bool overflow;
	struct cell *cell = rule_binding_ask_for_cell(sides, view, scratch, &overflow);

	series_cache_add(sides->end->cache, sides->words, sides->count, scratch->seed.words, cell,
			 overflow);
	if (overflow)
		count_overflow(sides->end->rule, scratch);
	return cell;
}

static inline struct cell *find_cell(const struct rule_sides *sides, struct event_view *view,
				     struct rule_scratch *scratch)
{
	struct series_cache *cache = sides->end->cache;
	uint64_t hash = series_cache_hash(sides->words, sides->count, scratch->seed.words);
	const struct series_cache_slot *slot =
		series_cache_find(cache, sides->words, sides->count, hash);

	if (!slot)
		return add_cell(sides, view, scratch);
	if (series_cache_is_overflow(slot))
		count_overflow(sides->end->rule, scratch);
	return series_cache_cell(slot);
}

/* Counts a value into the series that the words mean; one that is not fit is an error. */
__attribute__((always_inline)) static inline void count_value(const struct rule_sides *sides,
							      double value, struct event_view *view,
							      struct rule_scratch *scratch)
{
	const struct rule *rule = sides->end->rule;
	struct cell *cell;
	double shown;

	if (sides->end->only_counts) {
		cell = find_cell(sides, view, scratch);
		cell_add(cell, 1);
		if (sides->end->has_exemplar)
			rule_binding_put_exemplar(sides->end, cell, 1, view, scratch);
		return;
	}
	shown = metric_scale_apply(rule->family->info.scale, value);
	if (!is_fit(rule, value, shown)) {
		rule_binding_count_error(sides->end, RULE_ERROR_VALUE);
		return;
	}
	cell = find_cell(sides, view, scratch);
	add_value(rule, cell, value, shown, view);
	if (sides->end->has_exemplar)
		rule_binding_put_exemplar(sides->end, cell, shown, view, scratch);
}

static inline void set_words(struct rule_sides *sides, const struct rule_key *key)
{
	sides->words = key->words + KEY_MISSING;
	sides->count = key->count - KEY_MISSING;
}

/*
 * A note is a key, without what would be zeros at its begin, so that it takes less memory. With a
 * value of its own it is whole.
 */
static size_t note_begins(const struct rule_binding *binding)
{
	if (binding->has_value)
		return KEY_VALUE;
	return binding->label_parts.count ? KEY_MISSING : KEY_FIRST;
}

/* Appends to a key, which has room, the words of another's note; what the note says is its value.
 */
static double append_note(struct rule_key *key, const struct rule_binding *owner,
			  const struct paired *with)
{
	const uint8_t *at = with->note, *end = at + with->note_bytes;
	uint64_t value = 0;

	if (owner->has_value) {
		memcpy(&value, at, sizeof(value));
		at += sizeof(value);
	}
	if (at == end)
		key->words[key->count++] = 0;
	for (; at < end; at += sizeof(uint64_t))
		memcpy(&key->words[key->count++], at, sizeof(uint64_t));
	return double_of(value);
}

/* The time between the two. */
static double time_between(int64_t a_ns, int64_t b_ns)
{
	return (double)(a_ns > b_ns ? (uint64_t)a_ns - (uint64_t)b_ns
				    : (uint64_t)b_ns - (uint64_t)a_ns);
}

/* Its start waited: the start's words come behind those at hand. */
static bool join_start(struct rule_binding *end, struct rule_key *key, const struct paired *with,
		       struct rule_sides *sides, double *start_value)
{
	struct rule_binding *start;

	memcpy(&start, &with->owner, sizeof(start));
	if (!rule_key_has_room(key, 2 + with->note_bytes / 8))
		return false;
	key->words[key->count++] = start->id;
	*sides = (struct rule_sides){
		.end = end, .start = start, .start_at = key->count - KEY_MISSING};
	*start_value = append_note(key, start, with);
	return true;
}

/* Its end waited: the end's words come before those at hand. */
static bool join_end(struct rule_binding *start, struct rule_key *key, const struct rule_key *own,
		     const struct paired *with, struct rule_sides *sides, double *end_value)
{
	struct rule_binding *end;

	memcpy(&end, &with->owner, sizeof(end));
	rule_key_clear(key);
	if (!rule_key_has_room(key, KEY_FIRST + with->note_bytes / 8 + own->count))
		return false;
	key->count = KEY_MISSING;
	*end_value = append_note(key, end, with);
	key->words[key->count++] = start->id;
	*sides = (struct rule_sides){
		.end = end, .start = start, .start_at = key->count - KEY_MISSING};
	rule_key_words(key, own->words + KEY_MISSING, own->count - KEY_MISSING);
	return true;
}

/* The value, by the configuration, of one of the sides; or the time between them. */
static double pair_value(const struct rule_binding *binding, double own, double other,
			 int64_t time_ns, int64_t other_ns)
{
	const struct field_config *value = &binding->rule->config->value;

	if (value->path)
		return (enum rule_side)value->side == binding->side ? own : other;
	return time_between(time_ns, other_ns);
}

static void count_pair(struct rule_binding *binding, double value, struct event_view *view,
		       struct rule_scratch *scratch)
{
	struct rule_key *key = &scratch->key, *joined = key;
	size_t begin = note_begins(binding);
	struct rule_sides sides;
	struct paired with;
	int64_t time_ns;
	double other;
	bool good;

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
	if (binding->side == SIDE_END) {
		good = join_start(binding, key, &with, &sides, &other);
	} else {
		joined = &scratch->other;
		good = join_end(binding, joined, key, &with, &sides, &other);
	}
	if (!good)
		return;
	set_words(&sides, joined);
	count_value(&sides, pair_value(binding, value, other, time_ns, with.time_ns), view,
		    scratch);
}

static void count_single(struct rule_binding *binding, double value, struct event_view *view,
			 struct rule_scratch *scratch)
{
	struct rule_sides sides = {.end = binding};

	set_words(&sides, &scratch->key);
	count_value(&sides, value, view, scratch);
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

__attribute__((noinline)) static void count(struct rule_binding *binding, struct event_view *view,
					    enum payload_result result,
					    struct rule_scratch *scratch)
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

/*
 * What most rules want of most events, in as few instructions as it takes; false: it is another
 * event, and nothing was counted.
 */
static inline bool count_plain(const struct rule_binding *binding, const struct event_view *view,
			       const struct rule_scratch *scratch)
{
	uint64_t words[1 + RULE_PLAIN_MAX], missing, hash;
	const struct series_cache_slot *slot;
	size_t count;

	words[0] = 0;
	count = 1 + key_parts_take_numbers(&binding->label_parts, view, words + 1, &missing);
	if (missing)
		return false;
	hash = series_cache_hash(words, count, scratch->seed.words);
	slot = series_cache_find(binding->cache, words, count, hash);
	if (!slot || series_cache_is_overflow(slot))
		return false;
	rule_health_count(&binding->rule->health.matched);
	cell_add(series_cache_cell(slot), 1);
	return true;
}

void rule_bindings_count(struct rule_binding *const *bindings, size_t count_of,
			 struct event_view *view, enum payload_result result,
			 struct rule_scratch *scratch)
{
	size_t i;

	for (i = 0; i < count_of; i++)
		if (!view->is_direct || !bindings[i]->is_plain ||
		    !count_plain(bindings[i], view, scratch))
			count(bindings[i], view, result, scratch);
}
