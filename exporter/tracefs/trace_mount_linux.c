#include "exporter/tracefs/trace_mount_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "exporter/tracefs/trace_file_linux.h"

#define MOUNT_TABLE "/proc/self/mountinfo"
#define USUAL_PLACE "/sys/kernel/tracing"

/* Where a file system is mounted; both point into a line of the mount table. */
struct mounted {
	char *path;
	const char *type;
};

/* `\040` and the like, in place (proc_pid_mountinfo(5)). */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				       (text[3] - '0'));
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/*
 * `ID PARENT MAJOR:MINOR ROOT PATH OPTIONS [FIELD...] - TYPE SOURCE OPTIONS` (same page). False:
 * only a part of the file system is mounted there, or the line is none.
 */
static bool parse_line(char *line, struct mounted *mounted)
{
	char *rest = line, *word, *root = NULL;
	int i;

	mounted->path = NULL;
	for (i = 0; (word = strsep(&rest, " \n")) && strcmp(word, "-") != 0; i++) {
		if (i == 3)
			root = word;
		else if (i == 4)
			mounted->path = word;
	}
	mounted->type = word ? strsep(&rest, " \n") : NULL;
	if (!root || strcmp(root, "/") != 0 || !mounted->path || !mounted->type)
		return false;
	unescape(mounted->path);
	return true;
}

/* Keeps the directory open where it is tracefs; errno else. */
static int open_tracefs(const char *path, const char *folder, char found[PATH_MAX])
{
	int directory;

	if (snprintf(found, PATH_MAX, "%s%s", path, folder) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	directory = open(found, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -1;
	if (trace_file_exists(directory, "instances"))
		return directory;
	close(directory);
	errno = ENOENT;
	return -1;
}

/* The first mount of a type; `refused` is why one that is there cannot be used, 0 if none is. */
static int find(FILE *table, const char *type, const char *folder, char path[PATH_MAX],
		int *refused)
{
	int directory = -1;
	char *line = NULL;
	size_t size = 0;

	if (fseek(table, 0, SEEK_SET)) {
		*refused = errno;
		return -1;
	}
	while (directory < 0 && getline(&line, &size, table) >= 0) {
		struct mounted mounted;

		if (!parse_line(line, &mounted) || strcmp(mounted.type, type) != 0)
			continue;
		directory = open_tracefs(mounted.path, folder, path);
		if (directory < 0)
			*refused = errno;
	}
	free(line);
	return directory;
}

/* -1 and `refused`: see find(). */
static int find_mounted(char path[PATH_MAX], int *refused, struct error *error)
{
	FILE *table = fopen(MOUNT_TABLE, "re");
	int directory;

	if (!table)
		return trace_file_error(error, *refused = errno, "cannot read %s", MOUNT_TABLE);
	directory = find(table, "tracefs", "", path, refused);
	if (directory < 0)
		directory = find(table, "debugfs", "/tracing", path, refused);
	fclose(table);
	return directory;
}

static int mount_tracefs(char path[PATH_MAX], struct error *error)
{
	int directory;

	if (mount("tracefs", USUAL_PLACE, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) {
		if (errno == EPERM)
			return error_set(error,
					 "cannot mount tracefs at %s: no permission; it "
					 "takes the capability CAP_SYS_ADMIN, which root has, but "
					 "not in most containers",
					 USUAL_PLACE);
		return error_set(error, "cannot mount tracefs at %s: %s%s", USUAL_PLACE,
				 strerror(errno),
				 errno == ENODEV ? "; the kernel is built without tracing" : "");
	}
	directory = open_tracefs(USUAL_PLACE, "", path);
	if (directory < 0)
		return trace_file_error(error, errno, "cannot open %s", USUAL_PLACE);
	return directory;
}

int trace_mount_open(bool mount, char path[PATH_MAX], struct error *error)
{
	int refused = 0, directory;

	error->text[0] = '\0';
	directory = find_mounted(path, &refused, error);
	if (directory >= 0 || error->text[0])
		return directory;
	if (refused)
		return trace_file_error(error, refused, "cannot open tracefs at %s", path);
	if (mount)
		return mount_tracefs(path, error);
	return error_set(error,
			 "tracefs is not mounted: %s has none; mount it (mount -t tracefs tracefs "
			 "%s), or say mount: true in the session",
			 MOUNT_TABLE, USUAL_PLACE);
}
