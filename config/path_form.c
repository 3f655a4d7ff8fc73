#include "config/path_form.h"

#include <stdlib.h>
#include <string.h>

const char *path_name(const char *path)
{
	const char *name = path, *at;

	for (at = path; *at; at++)
		if (strchr(path_separators, *at))
			name = at + 1;
	return name;
}

char *path_folder(const char *path)
{
	size_t length = (size_t)(path_name(path) - path);
	char *folder = malloc(length + 1);

	if (!folder)
		return NULL;
	memcpy(folder, path, length);
	folder[length] = '\0';
	return folder;
}
