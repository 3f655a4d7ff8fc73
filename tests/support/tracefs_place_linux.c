#include "tests/support/tracefs_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "exporter/tracefs/trace_mount_linux.h"

static bool mount_for_us(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL) == 0;
}

static bool is_there(void)
{
	struct error error;
	char path[PATH_MAX];
	int directory;

	if (geteuid() != 0) {
		print_message("skipped because tracefs takes root\n");
		return false;
	}
	directory = trace_mount_open(false, path, &error);
	if (directory < 0 && mount_for_us())
		directory = trace_mount_open(false, path, &error);
	if (directory < 0) {
		print_message("skipped because tracefs cannot be mounted here\n");
		return false;
	}
	close(directory);
	return true;
}

void tracefs_or_skip(void)
{
	static int there = -1;

	if (there < 0)
		there = is_there();
	if (!there)
		skip();
}

const char *tracefs_text(const char *directory, const char *name)
{
	static char text[64 << 10];
	char path[PATH_MAX];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("cannot open %s", path);
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	while (length && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return text;
}

bool tracefs_has_line(const char *directory, const char *name, const char *beginning)
{
	const char *line = tracefs_text(directory, name);
	size_t length = strlen(beginning);

	for (; line; line = strchr(line, '\n'), line += line != NULL)
		if (strncmp(line, beginning, length) == 0)
			return true;
	return false;
}
