/*
 * payload: takes a payload apart as a schema says.
 *
 * A pure function of payload and schema, any thread. Every length is checked against what is left.
 */
#ifndef EXPORTER_PAYLOAD_H
#define EXPORTER_PAYLOAD_H

#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"

struct value {
	const struct field *field;
	const uint8_t *bytes; /* into the payload; of strings without terminator, of counted ones
				 without count */
	uint32_t length;
	uint8_t type; /* enum value_type, as in the field */
	uint8_t pointer_bytes;
};

enum payload_result {
	PAYLOAD_OK,
	PAYLOAD_SHORT,	  /* a field reaches past the end */
	PAYLOAD_LEFTOVER, /* bytes are left behind the last field */
	PAYLOAD_COUNT,	  /* there are more elements of arrays or fields of structs in all than
			     PAYLOAD_ELEMENTS_MAX, PAYLOAD_FIELDS_MAX */
	PAYLOAD_RESULT_COUNT
};

const char *payload_result_name(enum payload_result result);

/* Fuzzers take fewer, as they try nearly nothing else. */
#ifndef PAYLOAD_ELEMENTS_MAX
#define PAYLOAD_ELEMENTS_MAX 65536
#endif
/* Fields may take no bytes at all; those that do are far fewer. */
#define PAYLOAD_FIELDS_MAX (4 * PAYLOAD_ELEMENTS_MAX)

/* What is told of the parts, in payload order; functions may be NULL. */
struct payload_visitor {
	void (*value)(void *context, const struct value *value);
	void (*begin_struct)(void *context, const struct field *field);
	void (*end_struct)(void *context);
	void (*begin_array)(void *context, const struct field *field);
	void (*end_array)(void *context);
	void *context;
};

/*
 * `*consumed` is how many bytes the fields took, also where the result is not PAYLOAD_OK. A payload
 * of no bytes may be NULL.
 */
enum payload_result payload_visit(const struct schema *schema, const uint8_t *payload,
				  size_t payload_bytes, size_t pointer_bytes,
				  const struct payload_visitor *visitor, size_t *consumed);

#endif
