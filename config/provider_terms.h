/*
 * provider_terms: how providers and levels are written, where rules match them and where sessions
 * enable them. Used while a configuration is read, by one thread.
 */
#ifndef CONFIG_PROVIDER_TERMS_H
#define CONFIG_PROVIDER_TERMS_H

#include <stdbool.h>

#include "config/report.h"
#include "config/rule_config.h"

/* 8-4-4-4-12 hexadecimal digits, with or without braces. */
bool provider_term_is_guid(const char *text);

/* In braces, or hexadecimal digits in five groups: it was meant to be a GUID, well formed or not.
 */
bool provider_term_is_like_guid(const char *text);

/* A number from 0 to 255 or one of the words; false: the report says why not. */
bool provider_term_level(const struct scalar_config *level, unsigned int *number,
			 const struct report *report);

#endif
