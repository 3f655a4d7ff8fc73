/*
 * rule_rig: rules, a recording to be written, and what the rules make of it: reader, queue and
 * aggregator are the exporter's own, in the thread that asks. For tests; ends the test where it
 * cannot be made.
 */
#ifndef TESTS_SUPPORT_RULE_RIG_H
#define TESTS_SUPPORT_RULE_RIG_H

#include "config/config.h"
#include "exporter/aggregator/aggregator.h"
#include "tests/support/etl_writer.h"
#include "tests/support/tl_writer.h"

#define RULE_RIG_NO_SAMPLE (-1.0)

struct rule_rig {
	const char *session;
	struct config *config;
	struct registry *registry;
	struct event_families families;
	struct rule_set *set;
	struct session_health health;
	struct aggregator *aggregator;
	struct etl_writer *writer; /* what rule_rig_run() reads */
	bool loops;		   /* the recordings come again */
	char *page;
};

/* `metrics` as of rule_text_config(); the session is called so. */
void rule_rig_init(struct rule_rig *rig, const char *session, const char *metrics);

/* One counter, "a_total", of the events of Test-1, with `more`; the session is called "test". */
void rule_rig_init_counter(struct rule_rig *rig, const char *more);

/* Another session of the name, with other rules (NULL: none), takes the place of the one there is.
 */
void rule_rig_succeed(struct rule_rig *rig, const struct rule_set *set);

void rule_rig_done(struct rule_rig *rig);

/* Milliseconds behind the start of the recording, in the writer's clock. */
uint64_t rule_rig_time(uint64_t ms);

/* Counts what was written, to its end; then another recording may be written. */
void rule_rig_run(struct rule_rig *rig);

const char *rule_rig_page(struct rule_rig *rig);

/* A sample, as on the page; or RULE_RIG_NO_SAMPLE. */
double rule_rig_value(struct rule_rig *rig, const char *sample);

/* Ends the test, and prints the page, where the sample has not this value. */
void rule_rig_check(struct rule_rig *rig, const char *sample, double expected);

/* The health of a rule of the session. */
const struct rule_health *rule_rig_health(const struct rule_rig *rig, size_t rule);
uint64_t rule_rig_errors(const struct rule_rig *rig, size_t rule, enum rule_error error);

/* Of all reasons. */
uint64_t rule_rig_all_errors(const struct rule_rig *rig, size_t rule);

#endif
