/*
 * operand: what commands are given to read.
 */
#ifndef EXPORTER_COMMAND_OPERAND_H
#define EXPORTER_COMMAND_OPERAND_H

#include "exporter/base/error.h"
#include "exporter/decoder/manifests.h"

/*
 * Whether a path names one file, and not what a session takes for a pattern or a directory. `what`
 * is what cannot be done else: "inspect", ... -1: see error.
 */
int operand_check_file(const char *path, const char *what, struct error *error);

/*
 * The manifests that a path means, as manifest_files_load() does; says on standard error what is
 * wrong in them. NULL: see error.
 */
struct manifests *operand_manifests(const char *path, struct error *error);

#endif
