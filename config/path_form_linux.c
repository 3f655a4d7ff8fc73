#include "config/path_form.h"

const char path_separators[] = "/";
const bool path_ignores_case = false;

bool path_is_absolute(const char *path)
{
	return *path == '/';
}

size_t path_prefix(const char *path)
{
	(void)path;
	return 0;
}
