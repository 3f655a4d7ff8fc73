/*
 * trace_mount: where tracefs is mounted. Cold; any thread.
 */
#ifndef EXPORTER_TRACEFS_TRACE_MOUNT_LINUX_H
#define EXPORTER_TRACEFS_TRACE_MOUNT_LINUX_H

#include <limits.h>
#include <stdbool.h>

#include "exporter/base/error.h"

/*
 * Finds tracefs in the mount table: mounted itself, or as debugfs' folder `tracing`. Where nobody
 * has mounted it and `mount` is set, mounts it at /sys/kernel/tracing, and leaves it there. Returns
 * a descriptor of its directory, and `path` is that without `/` at the end; -1: see error.
 */
int trace_mount_open(bool mount, char path[PATH_MAX], struct error *error);

#endif
