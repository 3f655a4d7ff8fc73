#include "exporter/command/operand.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "config/paths.h"

int operand_check_file(const char *path, const char *what, struct error *error)
{
	struct stat status;

	if (path_is_special(path))
		return 0;
	if (stat(path, &status))
		return error_set(error, "cannot open %s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return error_set(error, "cannot %s %s: it is a directory", what, path);
	return 0;
}
