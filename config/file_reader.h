/*
 * file_reader: reads one file of a configuration: the file itself, or one that it includes. Used
 * while a configuration is read, by one thread.
 */
#ifndef CONFIG_FILE_READER_H
#define CONFIG_FILE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "config/file_text.h"

/* What all files of a configuration have in common while they are read. */
struct files_reading {
	struct config *config;
	struct problems *problems;
	bool disk;	  /* look whether files are there; without it nothing is included */
	bool rules_alone; /* sessions are not going to run */
	struct file_identity *seen; /* of the files that were included */
	size_t seen_count;
	size_t other_errors; /* those which do not keep schemas from being known */
};

/* A file while it is read; all borrowed. */
struct file_reading {
	const struct file_reading *parent; /* what includes it; NULL: the configuration itself */
	struct place place;		   /* where */
	const char *file;		   /* its name in messages; lives as long as the config */
	const char *folder; /* of relative paths, with the `/`; NULL: they stay as they are */
	const char *text;
	size_t length;
	const struct file_identity *identity; /* NULL: from memory */
};

/* Adds to the config what the file says, and the files that it includes. */
void file_reader_read(struct files_reading *reading, const struct file_reading *file);

#endif
