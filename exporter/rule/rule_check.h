/*
 * rule_check: what can be said of a rule before any trace is read: which known event types it
 * takes, whether they have the fields that it names, and whether its labels have an end.
 *
 * Used by one thread.
 */
#ifndef EXPORTER_RULE_CHECK_H
#define EXPORTER_RULE_CHECK_H

#include "config/report.h"
#include "exporter/decoder/catalogue.h"
#include "metrics/text.h"

/* The known event types of one side of a rule. */
struct rule_events {
	const struct catalogue_entry **list;
	size_t count;
	bool *taken; /* by index in the catalogue */
	bool open;   /* there may be others, of which no schema is known */
};

struct rule_check {
	const struct rule_config *rule; /* borrowed; likewise the catalogue */
	const struct catalogue *catalogue;
	struct report report;	      /* for errors and warnings */
	struct rule_events events[2]; /* by enum rule_side */
	struct text notes; /* what is worth knowing but not wrong: sentences, a line each */
};

/*
 * Resolves a rule. Errors and warnings go to `problems`, with their places. -1: no memory. In any
 * case rule_check_done() is called afterwards.
 */
int rule_check_run(struct rule_check *check, const struct rule_config *rule,
		   const struct catalogue *catalogue, struct problems *problems);
void rule_check_done(struct rule_check *check);

/*
 * Appends what the rule makes and takes, one line without its end: "histogram, 26 buckets, labels
 * qtype, process; matches Microsoft-Windows-DNS-Client 3008 (v0); pairs with 3006".
 */
void rule_check_describe(const struct rule_check *check, struct text *to);

#endif
