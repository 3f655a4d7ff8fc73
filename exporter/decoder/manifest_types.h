/*
 * manifest_types: the names of types in manifests.
 *
 * Source: inTypes and outTypes of winmeta.xml of the Windows SDK. Pure functions, any thread.
 */
#ifndef EXPORTER_DECODER_MANIFEST_TYPES_H
#define EXPORTER_DECODER_MANIFEST_TYPES_H

#include <stdbool.h>

#include "exporter/schema/schema.h"

/*
 * Sets type, out type, and length kind of a field, by names with any prefix or none. `out` may be
 * NULL; one that is not known is taken for the default. False: there is no such in-type.
 */
bool manifest_type(const char *in, const char *out, struct field *field);

#endif
