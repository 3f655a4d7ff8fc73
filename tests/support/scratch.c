#include "tests/support/scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void require(int condition)
{
	if (!condition)
		abort();
}

void scratch_make(struct scratch *scratch)
{
	strcpy(scratch->directory, "/tmp/etw_exporter-test-XXXXXX");
	require(mkdtemp(scratch->directory) != NULL);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void scratch_remove(struct scratch *scratch)
{
	require(nftw(scratch->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

const char *scratch_path(struct scratch *scratch, const char *name)
{
	int length =
		snprintf(scratch->path, sizeof(scratch->path), "%s/%s", scratch->directory, name);

	require(length > 0 && (size_t)length < sizeof(scratch->path));
	return scratch->path;
}

const char *scratch_file(struct scratch *scratch, const char *name, const char *text)
{
	FILE *file = fopen(scratch_path(scratch, name), "wb");

	require(file != NULL);
	require(fputs(text, file) >= 0);
	require(fclose(file) == 0);
	return scratch->path;
}

const char *scratch_directory(struct scratch *scratch, const char *name)
{
	require(mkdir(scratch_path(scratch, name), 0777) == 0);
	return scratch->path;
}

void scratch_close(struct scratch *scratch, const char *name)
{
	require(chmod(scratch->directory, 0755) == 0);
	require(chmod(scratch_path(scratch, name), 0) == 0);
	if (geteuid() == 0)
		require(seteuid(NOBODY) == 0);
}

void scratch_open(struct scratch *scratch, const char *name)
{
	if (getuid() == 0)
		require(seteuid(0) == 0);
	require(chmod(scratch_path(scratch, name), 0700) == 0);
}
