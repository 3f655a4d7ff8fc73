#include <stddef.h>

#include "exporter/source/source.h"

const struct source_type *const source_types[] = {
	&etl_source,
	&tracefs_source,
	NULL,
};
