/*
 * baseline_file: baselines as files of JSON. `docs baseline-schema` prints their schema; a series
 * is a line, in a stable order, so that they can be kept in git. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_FILE_H
#define EXPORTER_BASELINE_FILE_H

#include "exporter/baseline/baseline.h"
#include "metrics/text.h"

#define BASELINE_FILE_BYTES_MAX ((size_t)256 << 20)

/* Reads a file and checks all of it. The caller's; NULL: see error, which says the place. */
struct baseline *baseline_file_read(const char *path, struct error *error);

/* The same from memory; `name` is the file's in messages. */
struct baseline *baseline_parse(const char *name, const char *text, size_t length,
				struct error *error);

/* Appends it as it stands in a file (baseline_json.c). */
void baseline_json(const struct baseline *baseline, struct text *to);

/*
 * Writes the file as a whole or not at all: what was there before stays until the new one is on the
 * disk. -1: see error.
 */
int baseline_file_write(const struct baseline *baseline, const char *path, struct error *error);

/* Appends the schema of such files: JSON Schema, draft 7 (baseline_schema.c). */
void baseline_schema(struct text *to);

#endif
