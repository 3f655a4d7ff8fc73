/*
 * random_schema: schemas of any kind that builders take, and payloads that mostly fit them. The
 * same for the same seed. For tests.
 */
#ifndef TESTS_SUPPORT_RANDOM_SCHEMA_H
#define TESTS_SUPPORT_RANDOM_SCHEMA_H

#include "exporter/schema/schema.h"
#include "tests/support/random.h"

enum {
	RANDOM_PAYLOAD_MAX = 65536
};

/* NULL: the builder refused it. */
struct schema *random_schema(struct random *random);

/* A payload of it; how long it is, at most RANDOM_PAYLOAD_MAX. */
size_t random_payload(const struct schema *schema, struct random *random, size_t pointer_bytes,
		      uint8_t *payload);

#endif
