#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/scratch.h"

#define NOBODY 65534

static void require(int condition)
{
	if (!condition)
		abort();
}

const char *scratch_root(void)
{
	return "/tmp";
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

void scratch_close(struct scratch *scratch, const char *name)
{
	require(chmod(scratch->directory, 0755) == 0);
	require(chmod(scratch_path(scratch, name), 0) == 0);
	/* Root without capabilities may not become another user, nor read what is closed. */
	if (geteuid() == 0 && seteuid(NOBODY))
		require(access(scratch->path, R_OK) != 0);
}

void scratch_open(struct scratch *scratch, const char *name)
{
	if (getuid() == 0)
		require(seteuid(0) == 0);
	require(chmod(scratch_path(scratch, name), 0700) == 0);
}
