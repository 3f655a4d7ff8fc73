/*
 * payload_size: how many bytes payloads of a schema can have.
 *
 * What can be told of a payload without looking at it: where all fields have fixed sizes, whether
 * it is as its schema says. A pure function of the schema, any thread.
 */
#ifndef EXPORTER_PAYLOAD_SIZE_H
#define EXPORTER_PAYLOAD_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/schema/schema.h"

/* From `least` bytes on, so many more. */
struct payload_size {
	uint32_t least;
	uint32_t spare;
};

/* Of payloads by a writer with such pointers, 4 or 8 bytes; NULL: any. */
struct payload_size payload_size_of(const struct schema *schema, size_t pointer_bytes);

static inline bool payload_size_fits(const struct payload_size *size, uint32_t payload_bytes)
{
	return payload_bytes - size->least <= size->spare;
}

#endif
