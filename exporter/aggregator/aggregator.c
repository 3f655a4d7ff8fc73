#include "exporter/aggregator/aggregator.h"

#include <stdlib.h>

#include "exporter/aggregator/buffer_walk.h"
#include "exporter/system/clock_ns.h"
#include "exporter/aggregator/record_merge.h"
#include "exporter/rule/rules_handover.h"

/*
 * How often rules are looked for anew because an event type got another name or a schema. Twice is
 * enough for any trace that was not made up; each time costs memory until the session ends.
 */
#define BINDINGS_MAX 8

struct aggregator {
	struct aggregator_config config;
	struct shard *shard;
	struct decoding *decoding;
	struct event_types types;
	struct rules *rules;	   /* NULL: none */
	struct trace_state *state; /* of the rules; NULL: they need none */
	struct buffer_walk walk;
	struct record_merge merge;	     /* of records that are to come in order */
	const struct trace_buffer *ordering; /* the buffer at hand, while its records are merged */
	struct buffer_walk learning;	     /* of passes that count nothing */
	struct session_health unheard;	     /* of these */
	bool types_refused;		     /* and logged */
	bool bindings_refused;		     /* likewise */
	bool learnt; /* what may name event types, from the buffer at hand */
	bool looks_at_machine;
	bool knows_machine; /* rules were told to look at it */
	struct rules_handover handover;
};

/* What one pass over a buffer's records found. */
struct tally {
	uint64_t events;
	uint64_t first, last; /* timestamps, in the session's clock; first > last: none */
};

/* Once for each limit; that of series is of all sessions together. */
static void log_limits(struct aggregator *aggregator, const struct event_type *type)
{
	const struct aggregator_config *config = &aggregator->config;

	if (registry_limit_news(config->registry))
		log_line(config->log, LOG_WARN,
			 "limit of series reached, further event types are counted as \"other\"",
			 "session", config->session, "raise", "limits.series", NULL);
	if (type != &aggregator->types.overflow || aggregator->types_refused)
		return;
	aggregator->types_refused = true;
	log_line(config->log, LOG_WARN,
		 "limit of event types reached, further ones are counted as \"other\"", "session",
		 config->session, "raise", "limits.event_types", NULL);
}

/* Rules keep to what they know of a type that changes for ever. */
static void refuse_binding(struct aggregator *aggregator, const struct event_type *type)
{
	if (!aggregator->bindings_refused)
		log_line(aggregator->config.log, LOG_WARN,
			 "event types change their names again and again, rules keep to the first",
			 "session", aggregator->config.session, "provider", type->provider, NULL);
	aggregator->bindings_refused = true;
}

/* What is known of an event type has changed. */
static void bind_rules(struct aggregator *aggregator, struct event_type *type,
		       const struct event_record *record)
{
	type->is_new = false;
	if (aggregator->state)
		type->state_kind = trace_state_kind(record, type->schema);
	if (type->bindings == BINDINGS_MAX) {
		refuse_binding(aggregator, type);
	} else if (aggregator->rules && type != &aggregator->types.overflow) {
		type->rules = rules_bind(aggregator->rules, type, type->schema);
		type->rules_revision = rules_revision(aggregator->rules);
	}
	type->bindings += type->bindings < BINDINGS_MAX;
	event_type_set_special(type);
}

/* There have been other rules since its last event. */
static void catch_up(struct aggregator *aggregator, struct event_type *type,
		     const struct event_record *record)
{
	type->is_behind = false;
	type->state_kind = aggregator->state ? trace_state_kind(record, type->schema) : 0;
	type->rules = rules_bind_more(aggregator->rules, type, type->rules, type->rules_revision);
	type->rules_revision = rules_revision(aggregator->rules);
	event_type_set_special(type);
}

static void learn_state(struct aggregator *aggregator, const struct event_type *type,
			const struct event_record *record, const struct trace_clock *clock)
{
	int64_t time_ns;

	if (!record->has_time || !trace_clock_unix_ns(clock, record->timestamp, &time_ns))
		return;
	trace_state_learn(aggregator->state, type->state_kind, record, type->schema, time_ns);
}

/* What a record says of others. */
static void learn(struct aggregator *aggregator, const struct event_type *type,
		  const struct event_record *record, const struct trace_clock *clock)
{
	if (type->is_metadata && decoding_learn(aggregator->decoding, record))
		aggregator->learnt = true;
	if (type->state_kind)
		learn_state(aggregator, type, record, clock);
}

/* What is to be done with a type before its events can tell, or be told, anything. */
static void look_again(struct aggregator *aggregator, struct event_type *type,
		       const struct event_record *record)
{
	if (type->rename)
		event_type_rename(&aggregator->types, type, record);
	if (type->is_behind)
		catch_up(aggregator, type, record);
	if (type->is_new)
		bind_rules(aggregator, type, record);
}

/* What few event types ask for beyond being counted. */
static void count_rare(struct aggregator *aggregator, struct event_type *type,
		       const struct event_record *record, const struct recording *recording)
{
	const struct aggregator_config *config = &aggregator->config;
	enum loss_sign sign = type->loss_sign;

	look_again(aggregator, type, record);
	if (!recording->is_learnt)
		learn(aggregator, type, record, &recording->header.clock);
	if (type == &aggregator->types.overflow)
		sign = event_loss_sign(record);
	if (sign != LOSS_SIGN_COUNT)
		health_add(&config->health->loss_signs[sign], 1);
	if (type->events_overflow)
		shard_count_overflow(aggregator->shard, config->families->events);
	if (type->bytes_overflow)
		shard_count_overflow(aggregator->shard, config->families->bytes);
	if (type->events_overflow || type->bytes_overflow)
		log_limits(aggregator, type);
}

static void log_rule_limit(struct aggregator *aggregator, const struct event_type *type,
			   const struct rule *rule)
{
	log_limits(aggregator, type);
	log_line(aggregator->config.log, LOG_WARN,
		 "a rule's limit of series, or that of all series, is reached; what is new is "
		 "counted as \"other\"",
		 "session", aggregator->config.session, "rule", rule->config->name, NULL);
}

static enum payload_result count_by_rules(struct aggregator *aggregator, struct event_type *type,
					  const struct event_record *record,
					  const struct trace_clock *clock)
{
	struct event_view view = {.record = record, .type = type, .clock = clock};
	enum payload_result result = rules_count(aggregator->rules, type->rules, &view);
	const struct rule *news = rules_overflow_news(aggregator->rules);

	if (news)
		log_rule_limit(aggregator, type, news);
	return result;
}

static enum payload_result count_special(struct aggregator *aggregator, struct event_type *type,
					 const struct event_record *record,
					 const struct recording *recording)
{
	if (type->rare)
		count_rare(aggregator, type, record, recording);
	if (!type->rules)
		return PAYLOAD_OK;
	return count_by_rules(aggregator, type, record, &recording->header.clock);
}

/* What rules have found counts; without any, what the size tells. */
__attribute__((cold)) static void count_misfit(struct aggregator *aggregator,
					       struct event_type *type,
					       const struct event_record *record,
					       enum payload_result result)
{
	if (result == PAYLOAD_OK)
		result = record->payload_bytes < event_type_size(type, record)->least
				 ? PAYLOAD_SHORT
				 : PAYLOAD_LEFTOVER;
	event_type_count_error(&aggregator->types, type, result);
}

/* The per-event work; compiled into each of the loops over events. */
__attribute__((always_inline)) static inline void count(struct aggregator *aggregator,
							const struct event_record *record,
							const struct recording *recording,
							struct tally *tally)
{
	struct event_type *type = event_types_find(&aggregator->types, record);
	enum payload_result result = PAYLOAD_OK;

	if (type->special)
		result = count_special(aggregator, type, record, recording);
	if (result != PAYLOAD_OK ||
	    !payload_size_fits(event_type_size(type, record), record->payload_bytes))
		count_misfit(aggregator, type, record, result);
	cell_add(type->events, 1);
	cell_add(type->bytes, record->payload_bytes);
	tally->events++;
	if (!record->has_time)
		return;
	if (record->timestamp < tally->first)
		tally->first = record->timestamp;
	if (record->timestamp > tally->last)
		tally->last = record->timestamp;
}

/* This thread alone writes the times. One that cannot be converted does not hide the other. */
static void note_times(struct session_health *health, const struct recording *recording,
		       const struct tally *tally, int64_t shift_ns)
{
	const struct trace_clock *clock = &recording->header.clock;
	int64_t first, last, due, lag;

	if (tally->first > tally->last)
		return;
	if (trace_clock_unix_ns(clock, tally->first, &first) &&
	    (first < atomic_load(&health->first_event_time) ||
	     atomic_load(&health->first_event_time) == NO_TIME))
		atomic_store(&health->first_event_time, first);
	if (!trace_clock_unix_ns(clock, tally->last, &last))
		return;
	if (last > atomic_load(&health->last_event_time))
		atomic_store(&health->last_event_time, last);
	if (!__builtin_add_overflow(last, shift_ns, &due) &&
	    !__builtin_sub_overflow(clock_ns(CLOCK_REALTIME), due, &lag))
		atomic_store(&health->lag_ns, lag);
}

/* After a buffer that had metadata of others. */
static void rename_types(struct aggregator *aggregator)
{
	if (aggregator->learnt)
		event_types_rename(&aggregator->types);
	aggregator->learnt = false;
}

static void learn_records(void *context, const struct recording *recording,
			  struct record_cursor *cursor, int64_t shift_ns)
{
	struct aggregator *aggregator = context;
	struct event_record record;

	(void)shift_ns;
	while (buffer_walk_next(&aggregator->learning, cursor, &record)) {
		struct event_type *type = event_types_find(&aggregator->types, &record);

		if (!type->rare)
			continue;
		look_again(aggregator, type, &record);
		learn(aggregator, type, &record, &recording->header.clock);
	}
	rename_types(aggregator);
}

/* Behind records that were counted. */
static void note_tally(struct aggregator *aggregator, const struct recording *recording,
		       const struct tally *tally, int64_t shift_ns)
{
	rename_types(aggregator);
	health_add(&aggregator->config.health->events, tally->events);
	note_times(aggregator->config.health, recording, tally, shift_ns);
	if (aggregator->rules)
		rules_expire(aggregator->rules,
			     atomic_load(&aggregator->config.health->last_event_time));
}

/* Bytes that are not the trace buffer's were decompressed, and the next buffer's come there. */
static bool is_passing(const struct trace_buffer *buffer, const struct record_cursor *cursor)
{
	return !cursor->is_ftrace &&
	       (cursor->etl.at < buffer->bytes || cursor->etl.at > buffer->bytes + buffer->length);
}

static void count_merged(struct aggregator *aggregator, const struct trace_buffer *buffer,
			 uint64_t until)
{
	struct tally tally = {.first = UINT64_MAX};
	const struct event_record *record;

	while ((record = record_merge_next(&aggregator->merge, until)))
		count(aggregator, record, buffer->recording, &tally);
	note_tally(aggregator, buffer->recording, &tally, buffer->shift_ns);
}

/* The same, with cuts where somebody wants them. */
static void count_due(struct aggregator *aggregator, const struct trace_buffer *buffer,
		      uint64_t until)
{
	struct event_cuts *cuts = aggregator->config.cuts;

	while (cuts) {
		count_merged(aggregator, buffer, event_cuts_until(cuts, buffer->recording, until));
		if (!event_cuts_make(cuts, buffer->recording, &aggregator->merge, until))
			break;
	}
	count_merged(aggregator, buffer, until);
}

/* False: there is no memory for that. */
static bool add_to_merge(struct aggregator *aggregator, const struct record_cursor *cursor)
{
	const struct trace_buffer *buffer = aggregator->ordering;
	bool passing = is_passing(buffer, cursor);

	if (!record_merge_add(&aggregator->merge, cursor, passing))
		return true;
	count_due(aggregator, buffer, UINT64_MAX);
	return !record_merge_add(&aggregator->merge, cursor, passing);
}

static void count_records(void *context, const struct recording *recording,
			  struct record_cursor *cursor, int64_t shift_ns)
{
	struct aggregator *aggregator = context;
	struct tally tally = {.first = UINT64_MAX};
	struct event_record record;

	if (aggregator->ordering && add_to_merge(aggregator, cursor))
		return;
	while (buffer_walk_next(&aggregator->walk, cursor, &record))
		count(aggregator, &record, recording, &tally);
	note_tally(aggregator, recording, &tally, shift_ns);
}

/* Counts what is due by now of this buffer and those before. */
static void feed_in_order(struct aggregator *aggregator, const struct trace_buffer *buffer)
{
	bool is_end = buffer->flags & TRACE_BUFFER_RECORDING_END;
	/* To be cut, but not known to be complete: as it comes. */
	bool is_all = is_end || (aggregator->config.cuts && !buffer->complete_until);

	aggregator->ordering = buffer;
	buffer_walk_feed(&aggregator->walk, buffer);
	aggregator->ordering = NULL;
	count_due(aggregator, buffer, is_all ? UINT64_MAX : buffer->complete_until);
	if (!record_merge_keep(&aggregator->merge))
		count_due(aggregator, buffer, UINT64_MAX);
	if (is_end || buffer->complete_until == UINT64_MAX)
		record_merge_restart(&aggregator->merge);
}

static bool add_rules(struct aggregator *aggregator)
{
	const struct aggregator_config *config = &aggregator->config;
	const struct rules_config rules = {
		.session = config->session,
		.set = config->rules,
		.shard = aggregator->shard,
		.decoding = aggregator->decoding,
		.manifests = config->manifests,
	};

	if (!config->rules)
		return true;
	aggregator->rules = rules_new(&rules);
	if (!aggregator->rules)
		return false;
	aggregator->state = rules_state(aggregator->rules);
	aggregator->types.has_rules = true;
	return true;
}

static void make_change(void *context, struct rules_change *change)
{
	struct aggregator *aggregator = context;
	struct trace_state *before = aggregator->state;

	rules_change_make(change, aggregator->rules);
	aggregator->state = rules_state(aggregator->rules);
	event_types_set_behind(&aggregator->types);
	if (aggregator->knows_machine && aggregator->state != before)
		rules_look_at_machine(aggregator->rules, aggregator->config.log);
}

struct aggregator *aggregator_new(const struct aggregator_config *config)
{
	struct aggregator *aggregator = calloc(1, sizeof(*aggregator));

	if (!aggregator)
		return NULL;
	aggregator->config = *config;
	rules_handover_init(&aggregator->handover, make_change, aggregator);
	aggregator->walk.health = config->health;
	aggregator->walk.records = count_records;
	aggregator->walk.context = aggregator;
	record_merge_init(&aggregator->merge, &aggregator->walk);
	session_health_init(&aggregator->unheard);
	aggregator->learning.health = &aggregator->unheard;
	aggregator->learning.records = learn_records;
	aggregator->learning.context = aggregator;
	aggregator->decoding = decoding_new(config->manifests);
	aggregator->shard = config->shard ? config->shard : shard_new(config->registry);
	if (!aggregator->shard || !aggregator->decoding ||
	    event_types_init(&aggregator->types, config->session, config->event_types_limit,
			     aggregator->shard, config->families, aggregator->decoding) ||
	    !add_rules(aggregator)) {
		aggregator_free(aggregator);
		return NULL;
	}
	return aggregator;
}

void aggregator_free(struct aggregator *aggregator)
{
	if (!aggregator)
		return;
	rules_free(aggregator->rules);
	event_types_done(&aggregator->types);
	record_merge_done(&aggregator->merge);
	buffer_walk_done(&aggregator->walk);
	buffer_walk_done(&aggregator->learning);
	decoding_free(aggregator->decoding);
	rules_handover_done(&aggregator->handover);
	free(aggregator);
}

struct shard *aggregator_shard(const struct aggregator *aggregator)
{
	return aggregator->shard;
}

void aggregator_succeed(struct aggregator *aggregator, struct aggregator *before)
{
	if (before->rules)
		rules_succeed(aggregator->rules, before->rules);
}

void aggregator_leave_shard(struct aggregator *aggregator)
{
	shard_leave(aggregator->shard);
}

bool aggregator_wants_learning(const struct aggregator *aggregator)
{
	return aggregator->rules && rules_want_learning(aggregator->rules);
}

bool aggregator_cuts(const struct aggregator *aggregator)
{
	return aggregator->config.cuts;
}

bool aggregator_wants_order(const struct aggregator *aggregator)
{
	return aggregator->rules && rules_want_order(aggregator->rules);
}

const struct rules *aggregator_rules(const struct aggregator *aggregator)
{
	return aggregator->rules;
}

const struct etl_header *aggregator_header(const struct aggregator *aggregator)
{
	return aggregator->walk.has_header ? &aggregator->walk.header : NULL;
}

const struct event_types *aggregator_event_types(const struct aggregator *aggregator)
{
	return &aggregator->types;
}

const struct schema *aggregator_schema(struct aggregator *aggregator, const struct event_type *type)
{
	struct event_record record;

	event_type_record(type, &record);
	return decoding_find(aggregator->decoding, &record);
}

void aggregator_name_event_types(struct aggregator *aggregator)
{
	struct event_types *types = &aggregator->types;
	struct event_record record;
	size_t i;

	for (i = 0; i <= types->mask; i++) {
		struct event_type *type = types->slots[i].type;

		if (type && !type->event[0]) {
			event_type_record(type, &record);
			event_type_rename(types, type, &record);
		}
	}
}

/* A live trace is of the machine that we run on: it has the schemas, and names of what there is. */
static void look_at_machine(struct aggregator *aggregator, const struct recording *recording)
{
	if (aggregator->looks_at_machine || (!recording->is_live && !recording->events_path))
		return;
	aggregator->looks_at_machine = true;
	if (recording->is_live)
		decoding_set_registered(aggregator->decoding, aggregator->config.health);
	if (!recording->events_path)
		return;
	decoding_set_formats(aggregator->decoding, recording->events_path);
	aggregator->knows_machine = true;
	if (aggregator->rules)
		rules_look_at_machine(aggregator->rules, aggregator->config.log);
}

static void feed(struct aggregator *aggregator, const struct trace_buffer *buffer)
{
	const struct recording *recording = buffer->recording;

	look_at_machine(aggregator, recording);
	if (recording->is_live &&
	    decoding_look_again(aggregator->decoding, clock_ns(CLOCK_MONOTONIC)))
		event_types_rename(&aggregator->types);
	if (recording->is_learning)
		buffer_walk_feed(&aggregator->learning, buffer);
	else if (buffer->complete_until || aggregator->merge.count || aggregator->config.cuts)
		feed_in_order(aggregator, buffer);
	else
		buffer_walk_feed(&aggregator->walk, buffer);
}

void aggregator_feed(struct aggregator *aggregator, const struct trace_buffer *buffer)
{
	bool is_end = buffer->flags & TRACE_BUFFER_RECORDING_END;

	feed(aggregator, buffer);
	if (is_end && aggregator->config.cuts)
		event_cuts_end(aggregator->config.cuts);
	if (is_end && buffer->recording->comes_again && aggregator->rules)
		rules_end(aggregator->rules);
	if (is_end)
		recording_free(buffer->recording);
}

void aggregator_begin(struct aggregator *aggregator)
{
	rules_handover_set_runs(&aggregator->handover, true);
}

void aggregator_end(struct aggregator *aggregator)
{
	rules_handover_set_runs(&aggregator->handover, false);
}

void aggregator_run(struct aggregator *aggregator, struct trace_queue *queue)
{
	for (;;) {
		struct trace_buffer *buffer = trace_queue_get(queue);

		rules_handover_look(&aggregator->handover);
		if (!buffer)
			continue;
		if (buffer->flags & TRACE_BUFFER_STOP)
			break;
		aggregator_feed(aggregator, buffer);
		trace_queue_recycle(queue, buffer);
	}
	if (aggregator->rules)
		rules_end(aggregator->rules);
	aggregator_end(aggregator);
}

struct rules_change *aggregator_prepare_rules(const struct aggregator *aggregator,
					      const struct rule_set *set)
{
	return rules_change_new(aggregator->rules, set);
}

void aggregator_change_rules(struct aggregator *aggregator, struct trace_queue *queue,
			     struct rules_change *change)
{
	rules_handover_offer(&aggregator->handover, change, queue);
}

void aggregator_publish_rules(struct aggregator *aggregator, struct rules_change *change)
{
	rules_change_publish(change, aggregator->rules);
}
