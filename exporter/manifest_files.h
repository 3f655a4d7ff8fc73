/*
 * manifest_files: loads the instrumentation manifests that paths name.
 */
#ifndef EXPORTER_MANIFEST_FILES_H
#define EXPORTER_MANIFEST_FILES_H

#include "exporter/decoder/manifests.h"
#include "exporter/error.h"

/*
 * The manifests of a file, of a glob's matches, or of a directory's .man and .xml files. NULL: see
 * error, which names the file.
 */
struct manifests *manifest_files_load(const char *path, struct error *error);

#endif
