/*
 * tdh_types: TDH's numbers for in-types and out-types, made fields.
 *
 * Source: TDH_INTYPE_* and TDH_OUTTYPE_* of tdh.h. Pure functions, any thread.
 */
#ifndef EXPORTER_TDH_TYPES_H
#define EXPORTER_TDH_TYPES_H

#include <stdbool.h>

#include "exporter/schema/schema.h"

/* Sets type, out type and length kind (prefixed or natural); false: there is no such in-type. */
bool tdh_field(uint16_t in_type, uint16_t out_type, struct field *field);

#endif
