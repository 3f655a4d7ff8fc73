#include <string.h>

#include "config/path_form.h"

const char path_separators[] = "/\\";
const bool path_ignores_case = true;

/* From the root of the current drive, of a share, or with a drive: "C:file" is relative, too, but
 * not to a folder of ours. */
bool path_is_absolute(const char *path)
{
	return *path && (strchr(path_separators, *path) || path[1] == ':');
}

static bool is_separator(char character)
{
	return character == '/' || character == '\\';
}

/* Source: Microsoft's "Naming Files, Paths, and Namespaces" (Win32 file namespaces). */
size_t path_prefix(const char *path)
{
	return is_separator(path[0]) && is_separator(path[1]) && path[2] == '?' &&
			       is_separator(path[3])
		       ? 4
		       : 0;
}
