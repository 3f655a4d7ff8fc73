/*
 * condition: what a rule's where: asks of an event, compiled.
 *
 * A tree of all, any and not, whose leaves compare a field. The leaves are numbered; for each event
 * type their fields are resolved apart. Used by one thread, as it holds room for texts.
 */
#ifndef EXPORTER_CONDITION_H
#define EXPORTER_CONDITION_H

#include "config/problems.h"
#include "config/rule_config.h"
#include "exporter/rule/rule_field.h"

struct condition;

/* `config` is borrowed. NULL: see problems. */
struct condition *condition_new(const struct condition_config *config, const char *file,
				struct problems *problems);
void condition_free(struct condition *condition);

size_t condition_leaf_count(const struct condition *condition);
const struct field_config *condition_leaf(const struct condition *condition, size_t leaf);
/* What the leaf's functions ask of the trace's state. */
enum label_state condition_leaf_state(const struct condition *condition, size_t leaf);

/*
 * Whether the event fulfils it. `fields` are those of the leaves for its type. A comparison with a
 * field that the event does not have does not hold, whatever it is.
 */
bool condition_holds(struct condition *condition, const struct rule_field *fields,
		     struct event_view *view, const struct extraction *extraction);

/*
 * Whether a function could not take a value of the event that was asked about last, or an
 * expression was given up: a comparison with that does not hold.
 */
bool condition_was_unfit(const struct condition *condition);

#endif
