/*
 * rule_binding_private: what the parts of rule_binding share: finding a type's fields in one file,
 * counting events in another, new series in a third, exemplars in a fourth. All that is done for
 * each event stands together in the second, so that it is compiled together.
 */
#ifndef EXPORTER_RULE_BINDING_PRIVATE_H
#define EXPORTER_RULE_BINDING_PRIVATE_H

#include "exporter/rule/rule_binding.h"

/* So many numbers at most make an event plain. */
#define RULE_PLAIN_MAX 8

/*
 * An event as its series sees it: the words that are looked up. They begin with a word that says
 * which labels have no value, then come the labels; of a pair these are those of the end, and
 * behind them, from `start_at` on, those of the start likewise. Of one that is no pair `end` is all
 * there is.
 */
struct rule_sides {
	struct rule_binding *end, *start;
	const uint64_t *words;
	size_t count, start_at;
};

/* At the first event: what its keys are made of. */
__attribute__((cold)) void rule_binding_make_parts(struct rule_binding *binding);

/* The cell of words that the cache does not have. */
__attribute__((cold)) struct cell *rule_binding_ask_for_cell(const struct rule_sides *sides,
							     struct event_view *view,
							     struct rule_scratch *scratch,
							     bool *overflow);

/* Makes the event the exemplar of where it was counted; `shown` is its value. */
void rule_binding_put_exemplar(const struct rule_binding *binding, struct cell *cell, double shown,
			       struct event_view *view, struct rule_scratch *scratch);

__attribute__((cold)) void rule_binding_count_error(struct rule_binding *binding,
						    enum rule_error error);

#endif
