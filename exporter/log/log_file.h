/*
 * log_file: a log's lines at the end of a file. Once the file is renamed or removed (rotated), the
 * next line goes to a new one.
 *
 * The log's own, which calls it by one thread at a time.
 */
#ifndef EXPORTER_LOG_FILE_H
#define EXPORTER_LOG_FILE_H

#include "exporter/base/error.h"
#include "exporter/log/log.h"

/* Opens the file, or makes it. -1: see error. */
int log_file_open(const char *path, struct log_output *output, struct error *error);

#endif
