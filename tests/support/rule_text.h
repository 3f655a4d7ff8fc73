/*
 * rule_text: rules from the text of a configuration. For tests; ends the test where the text is
 * wrong.
 */
#ifndef TESTS_SUPPORT_RULE_TEXT_H
#define TESTS_SUPPORT_RULE_TEXT_H

#include "config/config.h"

/* `metrics` is what stands in the list of that name: "[{name: ...}, ...]". */
struct config *rule_text_config(const char *metrics);

/* One counter "a_total" with this line more: "match: {...}", "where: ..."; a match is provided. */
struct config *rule_text_match(const char *match);
struct config *rule_text_where(const char *where);

#endif
