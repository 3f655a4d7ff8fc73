#include "exporter/tracefs/trace_events_version_linux.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exporter/tracefs/trace_file_linux.h"

#define FNV_FIRST UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t add_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	return hash * FNV_PRIME;
}

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
	return add_text(add_text(hash, line), id);
}

uint16_t trace_events_version(int directory)
{
	int fd = openat(directory, "set_event", O_RDONLY | O_CLOEXEC);
	char line[TRACE_PATH_SIZE];
	uint64_t hash = FNV_FIRST;
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
