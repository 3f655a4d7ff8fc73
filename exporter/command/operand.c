#include "exporter/command/operand.h"

#include <errno.h>
#include <string.h>

#include "config/files.h"
#include "config/paths.h"
#include "exporter/command/configuration.h"
#include "exporter/decoder/manifest_files.h"

int operand_check_file(const char *path, const char *what, struct error *error)
{
	struct file_status status;

	if (path_is_special(path))
		return 0;
	if (file_status(path, &status))
		return error_set(error, "cannot open %s: %s", path, strerror(errno));
	if (status.kind == FILE_KIND_FOLDER)
		return error_set(error, "cannot %s %s: it is a directory", what, path);
	return 0;
}

struct manifests *operand_manifests(const char *path, struct error *error)
{
	struct manifests *manifests;
	struct problems notes;

	problems_init(&notes);
	manifests = manifest_files_load(&path, 1, &notes, error);
	if (manifests)
		configuration_print_problems(&notes);
	problems_done(&notes);
	return manifests;
}
