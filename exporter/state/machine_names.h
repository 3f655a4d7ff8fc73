/*
 * machine_names: what this machine calls the numbers of its kernel: addresses of functions, block
 * devices, interrupts.
 *
 * Of a recording, which may be of another machine, numbers stay numbers. Owned and used by one
 * thread.
 */
#ifndef EXPORTER_STATE_MACHINE_NAMES_H
#define EXPORTER_STATE_MACHINE_NAMES_H

#include "exporter/base/error.h"
#include "exporter/machine/kernel_symbols.h"
#include "exporter/state/lookups.h"
#include "exporter/state/names.h"
#include "metrics/text.h"

struct machine_names {
	struct names *names; /* this and the next two are the trace_state's */
	struct lookups *lookups;
	struct text *text;
	bool looks;
	struct kernel_symbols *symbols; /* NULL: none are known */
	int64_t symbols_read_s;		/* of the monotonic clock: when they were read */
	int64_t symbols_wait_s;		/* for how long they are not read again */
};

void machine_names_done(struct machine_names *machine);

/* -1: functions have no names, and why. */
int machine_names_read_symbols(struct machine_names *machine, const char *path,
			       struct error *error);

/* The id of the name, which is the number itself where there is none. Not for LOOKUP_TASK. */
uint32_t machine_names_id(struct machine_names *machine, enum lookup_kind kind, uint64_t number,
			  int64_t time_ns);

#endif
