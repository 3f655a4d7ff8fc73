#include "config/path_form.h"

const char path_separators[] = "/";

bool path_is_absolute(const char *path)
{
	return *path == '/';
}
