/*
 * tracefs_reader: reads what only sessions of tracefs have. Used while a configuration is read, by
 * one thread. Whether the machine has what is named is not looked at: it may be another one.
 */
#ifndef CONFIG_TRACEFS_READER_H
#define CONFIG_TRACEFS_READER_H

#include "config/mapping.h"
#include "config/report.h"
#include "config/tracefs_config.h"

/*
 * Completes `into`, of which the keys that are simple were read already. `folder` is put before
 * relative paths, with its `/`; NULL: they stay as they are.
 */
void tracefs_reader_read(const struct mapping *session, const char *folder,
			 struct tracefs_config *into, const struct report *report);

#endif
