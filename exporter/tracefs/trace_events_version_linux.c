#include "exporter/tracefs/trace_events_version_linux.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/fnv.h"
#include "exporter/tracefs/trace_file_linux.h"

/* A line of set_event, SYSTEM:EVENT, and what the kernel behind it adds (:mod:NAME) in newer ones.
 */
static uint64_t add_event(uint64_t hash, int directory, char *line)
{
	char path[TRACE_PATH_SIZE + 16], id[32];
	char *colon = strchr(line, ':');

	if (!colon)
		return hash;
	*colon = '/';
	if (strchr(colon, ':'))
		*strchr(colon, ':') = '\0';
	snprintf(path, sizeof(path), "events/%.*s/id", TRACE_PATH_SIZE - 1, line);
	if (trace_file_read(directory, path, id, sizeof(id)) <= 0)
		return hash;
	return fnv_text(fnv_byte(fnv_text(hash, line), '='), id);
}

uint16_t trace_events_version(int directory)
{
	int fd = openat(directory, "set_event", O_RDONLY | O_CLOEXEC);
	char line[TRACE_PATH_SIZE];
	uint64_t hash = FNV_BEGIN;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		hash = add_event(hash, directory, line);
	}
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
	return (uint16_t)(hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48);
}
