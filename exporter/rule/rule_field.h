/*
 * rule_field: a field that a rule names, as it is to be had from the events of one type.
 *
 * Resolved once for each event type. What the first label function asks of the trace's state is
 * looked up with the field, so that all that follows sees a value.
 */
#ifndef EXPORTER_RULE_FIELD_H
#define EXPORTER_RULE_FIELD_H

#include "exporter/schema/event_view.h"
#include "exporter/rule/extraction.h"
#include "exporter/label/label.h"

enum rule_field_kind {
	RULE_FIELD_NONE, /* these events have no such field */
	RULE_FIELD_HEADER,
	RULE_FIELD_PAYLOAD,
};

struct rule_field {
	uint8_t kind;		  /* enum rule_field_kind */
	uint8_t state;		  /* enum label_state */
	enum header_field header; /* of RULE_FIELD_HEADER */
	int slot;		  /* of RULE_FIELD_PAYLOAD */
};

/*
 * `extraction` (NULL: no schema is known) is asked for what is needed from the payload. False: no
 * memory.
 */
bool rule_field_find(const char *path, enum label_state state, const struct schema *schema,
		     struct extraction *extraction, struct rule_field *field);

/* Its value, NULL: this event has none. Points into the view's things, the payload or `made`. */
const struct value *rule_field_value(const struct rule_field *field, struct event_view *view,
				     const struct extraction *extraction, struct made_value *made);

/* The name that the trace's state has for a value; NULL: that is no integer. */
const struct state_name *rule_field_state(const struct rule_field *field, struct event_view *view,
					  const struct value *value);

/* Likewise for a number, one with a sign as 64 bits. Never NULL. */
const struct state_name *rule_field_number_state(const struct rule_field *field,
						 struct event_view *view, uint64_t number);

#endif
