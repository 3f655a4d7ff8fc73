/*
 * cardinality: which fields would give labels without bound.
 *
 * By what is known of a field: its type, how it is meant, its name. Pure functions, any thread.
 */
#ifndef EXPORTER_CARDINALITY_H
#define EXPORTER_CARDINALITY_H

#include "config/rule_config.h"
#include "exporter/schema/schema.h"

/*
 * What a payload field holds of which there is no end, as "addresses"; NULL: it is not known to.
 * `field` is NULL where the schema is not known: then its name tells, or nothing.
 */
const char *cardinality_of_field(const char *path, const struct field *field);

/* Likewise of a header field, by its name with the `$`. */
const char *cardinality_of_header(const char *name);

/* Whether label functions make few values of many, whatever the field holds. */
bool cardinality_is_reduced(const struct function_list *functions);

#endif
