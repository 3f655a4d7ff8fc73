/*
 * etw_reader: reads what only live sessions of Windows have. Used while a configuration is read, by
 * one thread. Whether the machine has what is named is not looked at: it may be another one.
 */
#ifndef CONFIG_ETW_READER_H
#define CONFIG_ETW_READER_H

#include "config/etw_config.h"
#include "config/mapping.h"
#include "config/report.h"

/*
 * Completes `into`, of which the keys that are simple were read already. `name` is the session's;
 * NULL: it has none, which was said.
 */
void etw_reader_read(const struct mapping *session, const char *name, struct etw_config *into,
		     const struct report *report);

#endif
