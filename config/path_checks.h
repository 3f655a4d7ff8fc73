/*
 * path_checks: whether paths can be what was meant. Used while a configuration is read,
 * by one thread.
 */
#ifndef CONFIG_PATH_CHECKS_H
#define CONFIG_PATH_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/report.h"

/* Warns of what other programs would expand and this one takes as it is. */
void path_check_text(const char *path, struct place place, const struct report *report);

/*
 * Whether the files of a session that does not follow are there and can be read, no more than
 * `limit` of them; of one that follows, whether the folder is there where they are to appear.
 */
void path_check_disk(const char *path, bool follow, uint64_t limit, struct place place,
		     const struct report *report);

/* Whether the manifests of a file, a glob or a directory are there. */
void path_check_manifest(const char *path, struct place place, const struct report *report);

#endif
