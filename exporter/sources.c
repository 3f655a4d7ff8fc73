#include "exporter/source.h"

#include <string.h>

static const struct source_type *const types[] = {
	&etl_source,
	&tracefs_source,
};

const struct source_type *source_type_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	return NULL;
}
