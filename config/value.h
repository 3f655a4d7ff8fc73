/*
 * value: reads one value of the configuration file, as its key's row says. Any thread.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config/keys.h"
#include "config/report.h"
#include "config/yaml.h"

/*
 * Sets the key's member in `into`, the struct of its table, or leaves it as it is and reports why.
 * Not for KEY_MAPPING and KEY_OTHER.
 */
void value_read(const struct key *key, const struct yaml_node *node, void *into,
		const struct report *report);

/* Sets it to what the row's fallback says; a row without one leaves it as it is. */
void value_set_fallback(const struct key *key, void *into, const struct report *report);

#endif
