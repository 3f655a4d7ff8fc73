/*
 * rule_binding_private: what the parts of rule_binding share: finding a type's fields in one file,
 * counting events in another, the series of a key in a third. All that is done for each event up to
 * its value and its keys stands together there, so that it is compiled together.
 */
#ifndef EXPORTER_RULE_BINDING_PRIVATE_H
#define EXPORTER_RULE_BINDING_PRIVATE_H

#include "exporter/rule_binding.h"

/*
 * The first words of a key: the value where it is ours, which is no part of what is looked up; and
 * which labels have no value.
 */
enum {
	KEY_VALUE,
	KEY_MISSING,
	KEY_FIRST
};

/* The two sides of an event. Of one that is no pair `end` is all there is. */
struct rule_sides {
	struct rule_binding *end, *start;
	const uint64_t *end_words, *start_words;
	size_t end_count, start_count;
};

/* At the first event: what its keys are made of. */
__attribute__((cold)) void rule_binding_make_parts(struct rule_binding *binding);

/* Counts a value into the series that the sides' keys mean; one that is not fit is an error. */
void rule_binding_count_value(const struct rule_sides *sides, double value, struct event_view *view,
			      struct rule_scratch *scratch);

__attribute__((cold)) void rule_binding_count_error(struct rule_binding *binding,
						    enum rule_error error);

#endif
