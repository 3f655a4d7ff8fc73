/*
 * rules: all rules of one session: binds them to event types, and lets them count events.
 *
 * Owned and used by the session's aggregator thread, but for the health of the rules.
 */
#ifndef EXPORTER_RULES_H
#define EXPORTER_RULES_H

#include "exporter/decoder/decoding.h"
#include "exporter/rule/rule.h"
#include "exporter/rule/rule_binding.h"

struct rules_config {
	const char *session;
	const struct rule_set *set;
	struct shard *shard;
	struct decoding *decoding;
	const struct manifests *manifests; /* NULL: none */
};

struct rules;

/* Everything is borrowed. NULL: no memory, or a rule cannot be compiled (rule_set_check()). */
struct rules *rules_new(const struct rules_config *config);
void rules_free(struct rules *rules);

/* NULL: no rule needs it. */
struct trace_state *rules_state(struct rules *rules);

/*
 * For a live session of this machine's own Linux kernel, before its first event: what the trace
 * does not say of tasks, devices and functions, this machine is asked for. What cannot be known is
 * logged.
 */
void rules_look_at_machine(struct rules *rules, struct log *log);

/*
 * Whether they need what may stand anywhere in a trace, also behind the events that need it: its
 * state, or schemas of providers that are neither the kernel's nor in a configured manifest.
 */
bool rules_want_learning(const struct rules *rules);

/* Whether they need events in the order of their times: for pairs, and for what came last. */
bool rules_want_order(const struct rules *rules);

/*
 * A change of the rules while the session goes on. The main thread prepares it, the aggregator
 * thread makes it between two events, and the main thread publishes it, when readers may not look,
 * and frees it. One at a time.
 */
struct rules_change;

/*
 * Rules that say the same stay as they are, with all that they know; those that only have the name
 * and the family of another go on with its numbers. `set` is borrowed. NULL: no memory.
 */
struct rules_change *rules_change_new(const struct rules *rules, const struct rule_set *set);
/* False: all rules stay. */
bool rules_change_is_one(const struct rules_change *change);
/* All event types are behind then: see rules_bind_more(). */
void rules_change_make(struct rules_change *change, struct rules *rules);
void rules_change_publish(struct rules_change *change, struct rules *rules);
/* What is not used: of one that was not made what is new, else what is gone. */
void rules_change_free(struct rules_change *change);

/*
 * For rules of a session that takes the place of another on its shard, before the first event; that
 * one has ended. Numbers of rules of the same name go on, series of those that are gone leave the
 * page. `rules` NULL: all are gone.
 */
void rules_succeed(struct rules *rules, struct rules *before);

/* Whether a rule is of this set. By the main thread. */
bool rules_use(const struct rules *rules, const struct rule_set *set);

/* How often they were changed. */
uint64_t rules_revision(const struct rules *rules);

/* What the rules are for one event type; NULL there: none takes its events. */
struct event_rules;

/*
 * Looks which rules take events of this type, by what is known of it now. The result is owned by
 * `rules`, and valid until rules_free(), also when another takes its place.
 */
struct event_rules *rules_bind(struct rules *rules, const struct event_type *type,
			       const struct schema *schema);

/*
 * Likewise those that came after a revision, in addition to `bound`, of which nothing is left but
 * what there still are rules for. The result takes its place.
 */
struct event_rules *rules_bind_more(struct rules *rules, const struct event_type *type,
				    struct event_rules *bound, uint64_t revision);

/* Counts an event whose type was bound. The result is of all of its payload. */
enum payload_result rules_count(struct rules *rules, struct event_rules *event_rules,
				struct event_view *view);

/* Gives up the series of processes that ended long ago; `now_ns` is the newest time of events. */
void rules_expire(struct rules *rules, int64_t now_ns);

/* At the end of the trace: what waits for its other side waits in vain, and times begin anew. */
void rules_end(struct rules *rules);

/* A rule whose first series was refused since the last call: that is to be logged. NULL: none. */
const struct rule *rules_overflow_news(struct rules *rules);

/* The same, for its numbers. Any thread that may look. */
const struct trace_state *rules_known_state(const struct rules *rules);

/* In the order of the configuration, those of other sessions left out. Any thread that may look. */
size_t rules_rule_count(const struct rules *rules);
const struct rule *rules_rule(const struct rules *rules, size_t index);

#endif
