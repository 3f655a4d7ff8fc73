/*
 * manifest_files: loads the instrumentation manifests that paths name.
 */
#ifndef EXPORTER_MANIFEST_FILES_H
#define EXPORTER_MANIFEST_FILES_H

#include "exporter/decoder/manifests.h"
#include "exporter/base/error.h"

/*
 * All manifests that `count` paths mean: a file, a glob's matches, a directory's .man and .xml
 * files. NULL: see error, which names the file. What is wrong in a manifest goes to `notes`, as
 * warnings, and what is right in it is used; so with a file of a glob or a directory that is no XML
 * at all. One that is the path itself is an error then.
 */
struct manifests *manifest_files_load(const char *const *paths, size_t count,
				      struct problems *notes, struct error *error);

/* The same; `*hash` is FNV-1a of their paths and bytes. */
struct manifests *manifest_files_load_hash(const char *const *paths, size_t count, uint64_t *hash,
					   struct problems *notes, struct error *error);

#endif
