/*
 * fields_text: the fields of a payload as JSON without blanks, to compare with what is expected.
 *
 * In the form of the reference's decoded.json files for kernel events: numbers by their type, those
 * beyond 2^53 in quotes, addresses as text, ports in the machine's order, SIDs as S-1-..., null
 * where there is none; binary in hexadecimal. For tests; aborts where memory is short.
 */
#ifndef TESTS_SUPPORT_FIELDS_TEXT_H
#define TESTS_SUPPORT_FIELDS_TEXT_H

#include "exporter/schema/payload.h"

/* What was visited, also where the result is not PAYLOAD_OK; the caller frees it. */
char *fields_text(const struct schema *schema, const uint8_t *payload, size_t payload_bytes,
		  size_t pointer_bytes, enum payload_result *result);

#endif
