#include "exporter/source/source.h"

#include <string.h>

/* Those that not every system has. */
static const struct {
	const char *name;
	const char *system;
} systems[] = {
	{"tracefs", "Linux"},
	{"etw", "Windows"},
};

const struct source_type *source_type_find(const char *name)
{
	const struct source_type *const *type;

	for (type = source_types; *type; type++)
		if (strcmp((*type)->name, name) == 0)
			return *type;
	return NULL;
}

int source_type_missing(const char *name, struct error *error)
{
	size_t i;

	for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		if (strcmp(systems[i].name, name) == 0)
			return error_set(error, "source: %s takes %s, and this is another system",
					 name, systems[i].system);
	return error_set(error, "no such source");
}
