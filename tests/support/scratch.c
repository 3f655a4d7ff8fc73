#include "tests/support/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/posix.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

void scratch_make(struct scratch *scratch)
{
	snprintf(scratch->directory, sizeof(scratch->directory), "%s/etw_exporter-test-XXXXXX",
		 scratch_root());
	require(mkdtemp(scratch->directory) != NULL);
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
