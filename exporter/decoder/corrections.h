/*
 * corrections: fields that providers write otherwise than their published schemas say.
 *
 * The schema of an event is the same wherever it comes from: from a manifest, or from the metadata
 * that Windows makes of it. Pure function, any thread.
 */
#ifndef EXPORTER_DECODER_CORRECTIONS_H
#define EXPORTER_DECODER_CORRECTIONS_H

#include <stdint.h>

#include "exporter/schema/schema.h"

/*
 * Corrects a field of a provider (16 bytes) in place, where it is known to be wrong. Returns the
 * name of the field before it that holds its count, then a COUNT_FIELD is to be made of it; NULL:
 * none does.
 */
const char *field_correct(const uint8_t *provider, const char *name, struct field *field);

#endif
