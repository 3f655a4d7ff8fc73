#include "exporter/source.h"

#include <string.h>

/* A type that this program was not built with has none, but is known. */
static const struct row {
	const char *name;
	const struct source_type *type;
	const char *missing;
} rows[] = {
	{"etl", &etl_source, NULL},
#ifdef __linux__
	{"tracefs", &tracefs_source, NULL},
#else
	{"tracefs", NULL, "source: tracefs traces the Linux kernel, and this is not Linux"},
#endif
#ifdef HAVE_ETW
	{"etw", &etw_source, NULL},
#else
	{"etw", NULL,
	 "source: etw traces Windows, and this is not Windows; what was recorded there is read by "
	 "source: etl"},
#endif
};

static const struct row *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

const struct source_type *source_type_find(const char *name)
{
	const struct row *row = find(name);

	return row ? row->type : NULL;
}

const char *source_type_missing(const char *name)
{
	const struct row *row = find(name);

	return row ? row->missing : "no such source";
}
