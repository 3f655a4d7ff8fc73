/*
 * session_reader: reads the list of sessions. Used while a configuration is read, by one thread.
 */
#ifndef CONFIG_SESSION_READER_H
#define CONFIG_SESSION_READER_H

#include <stdbool.h>

#include "config/config.h"
#include "config/report.h"
#include "config/yaml.h"

/* All borrowed. */
struct session_reader {
	struct config *config; /* its limits are read already */
	const char *folder;    /* of relative paths, with the `/`; NULL: they stay as they are */
	bool disk;	       /* look whether files are there */
	const struct report *report;
	const struct yaml_node *standard_input; /* where it is used; NULL: not yet */
};

/* Fills the config's sessions from the value of the key. All that is wrong goes to the report. */
void session_reader_read(struct session_reader *reader, const struct yaml_node *list);

#endif
