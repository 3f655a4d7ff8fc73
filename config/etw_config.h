/*
 * etw_config: what the configuration says of a live session of Event Tracing for Windows.
 *
 * Read-only once loaded; part of a struct session_config, which owns all strings. Names of
 * providers, keywords and programs are text here: what there is only the machine knows.
 */
#ifndef CONFIG_ETW_CONFIG_H
#define CONFIG_ETW_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/on_exists.h"
#include "config/problems.h"
#include "config/rule_config.h"

enum etw_kind {
	ETW_USER,   /* providers, in a session of ours */
	ETW_SYSTEM, /* the kernel's events, in a session of ours; providers, too */
	ETW_KERNEL, /* the kernel's events, in the one session "NT Kernel Logger" */
	ETW_ATTACH, /* a session that others started */
};

enum etw_clock_kind {
	ETW_CLOCK_QPC,	  /* the performance counter */
	ETW_CLOCK_SYSTEM, /* the time of day, in 100 ns */
};

struct etw_buffers_config {
	uint64_t size_bytes; /* 256KiB */
	uint64_t min, max;   /* of the session; 0: by the number of CPUs */
};

enum etw_naming {
	ETW_BY_NAME,
	ETW_BY_GUID,
	ETW_BY_EVENTSOURCE, /* the GUID is a hash of the name */
};

/* A row of `providers:`. */
struct etw_provider_config {
	enum etw_naming naming;
	char *name, *guid, *eventsource; /* one of them, by `naming`; the others are NULL */
	uint64_t level;			 /* verbose; 0 to 255 */
	struct scalar_list any, all;	 /* keywords: masks or names; count 0: no condition */
	struct scalar_list events;	 /* IDs, or names of TraceLogging events; count 0: all */
	bool by_event_name;
	struct scalar_list pids;	/* count 0: all */
	struct scalar_list executables; /* file names; count 0: all */
	uint32_t properties;		/* EVENT_ENABLE_PROPERTY_* */
	bool rundown;			/* it is asked for its state once it is enabled */
	struct place place;
};

struct etw_config {
	enum etw_kind kind;	  /* user */
	enum on_exists on_exists; /* replace; of the kernel kind fail */
	struct etw_buffers_config buffers;
	uint64_t flush_ns; /* 1s; after how long buffers that are not full are handed on */
	enum etw_clock_kind clock;
	struct etw_provider_config *providers;
	size_t provider_count;
	uint32_t flags; /* EVENT_TRACE_FLAG_*, of the kernel's events */
};

/* Frees what it holds. */
void etw_config_done(struct etw_config *config);

/* A word of a list, and what Windows calls by it. */
struct etw_word {
	const char *name;
	uint32_t value;
};

/* A name of NULL ends them. */
extern const struct etw_word etw_flag_words[];
extern const struct etw_word etw_property_words[];

#define ETW_PROVIDERS_MAX  1000
#define ETW_EVENT_IDS_MAX  64	/* MAX_EVENT_FILTER_EVENT_ID_COUNT */
#define ETW_PIDS_MAX	   8	/* MAX_EVENT_FILTER_PID_COUNT */
#define ETW_FILTER_BYTES   1024 /* MAX_EVENT_FILTER_DATA_SIZE */
#define ETW_NAME_CHARS_MAX 200	/* of a session, in UTF-16 */

/* Sessions of ours are called so, followed by the name: those that are may be replaced. */
#define ETW_NAME_PREFIX "etw_exporter_"

#endif
