/*
 * rule_units: whether a metric's name says a base unit, as promlint (client_golang's
 * testutil/promlint) has it. Any thread; nothing is kept.
 */
#ifndef CONFIG_RULE_UNITS_H
#define CONFIG_RULE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"

/* Warns of the first word of a name that is a unit other than a base unit. */
void rule_units_warn(const char *name, struct place place, const struct report *report);

/* Whether one of the words between a name's underscores is this. */
bool rule_units_has_word(const char *name, const char *word, size_t length);

#endif
