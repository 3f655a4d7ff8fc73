/*
 * etw_provider_list: the providers of this machine: those that are registered with a manifest or a
 * class, and those that processes have without (TraceLogging, EventSource). Owned by who reads it,
 * one thread.
 */
#ifndef EXPORTER_ETW_ETW_PROVIDER_LIST_WINDOWS_H
#define EXPORTER_ETW_ETW_PROVIDER_LIST_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "exporter/decoder/tdh_info.h"
#include "exporter/etw/etw_functions_windows.h"
#include "exporter/base/guid.h"

enum etw_provider_schemas {
	ETW_SCHEMAS_MANIFEST,
	ETW_SCHEMAS_CLASS, /* MOF */
	ETW_SCHEMAS_NONE,  /* Windows knows none */
};

struct etw_provider_entry {
	struct guid guid;
	char name[TDH_NAME_SIZE]; /* "": not known */
	enum etw_provider_schemas schemas;
	bool is_running; /* a process has it */
};

struct etw_provider_list {
	struct etw_provider_entry *entries; /* sorted by name, those without at the end */
	size_t count;
	bool knows_running; /* Windows has said which those are */
};

/* -1: see error. What was read before is to be done with. */
int etw_provider_list_read(struct etw_provider_list *list, const struct etw_functions *functions,
			   struct error *error);
void etw_provider_list_done(struct etw_provider_list *list);

#endif
