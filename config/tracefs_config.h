/*
 * tracefs_config: what the configuration says of a session of Linux's tracefs.
 *
 * Read-only once loaded; part of a struct session_config, which owns all strings. Names of clocks,
 * systems and events, filters and arguments of probes are text here: what there is only the kernel
 * of the machine knows.
 */
#ifndef CONFIG_TRACEFS_CONFIG_H
#define CONFIG_TRACEFS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/on_exists.h"
#include "config/problems.h"
#include "config/rule_config.h"

struct trace_buffers_config {
	uint64_t size_bytes;	  /* 8MiB; of each CPU */
	uint64_t subbuffer_bytes; /* 0: as the kernel has it */
	uint64_t percent;	  /* 25; 0 to 100; how full wakes the reader */
	bool mapped;		  /* false: they are read by read() */
};

/* CPUs as bits, 32 in a word, the lowest first. */
struct cpu_mask {
	uint32_t *words;
	size_t count; /* 0: all CPUs; else the last word is not 0 */
};

enum trace_provider_kind {
	TRACE_PROVIDER_SYSTEM,
	TRACE_PROVIDER_UPROBE,
	TRACE_PROVIDER_KPROBE,
};

struct probe_config {
	char *name;	 /* of its event: letters, digits and _, not beginning with a digit */
	char *binary;	 /* of a uprobe; a relative one with the file's folder before it */
	char *symbol;	 /* NULL: `offset` says where */
	uint64_t offset; /* in the file */
	bool on_return;
	char *arguments; /* as the kernel takes them; NULL: none */
};

/* A row of `providers:`. */
struct trace_provider_config {
	enum trace_provider_kind kind;
	char *name;		   /* of systems, a glob */
	struct scalar_list events; /* globs; count 0: all of the system */
	char *filter;		   /* NULL: none */
	struct scalar_list pids;   /* count 0: all */
	struct probe_config probe;
	struct place place;
};

struct tracefs_config {
	struct trace_buffers_config buffers;
	char *clock; /* boot */
	enum on_exists on_exists;
	bool mount;
	struct cpu_mask cpus;
	struct scalar_list pids; /* count 0: all */
	bool children;		 /* of the processes in `pids` */
	struct trace_provider_config *providers;
	size_t provider_count;
};

/* Frees what it holds. */
void tracefs_config_done(struct tracefs_config *config);

#define TRACE_PROVIDERS_MAX  1000
#define PROBE_NAME_BYTES_MAX 63	     /* MAX_EVENT_NAME_LEN in the kernel's trace_probe.h */
#define PID_MAX		     4194304 /* PID_MAX_LIMIT in linux/threads.h */
#define CPUS_MAX	     8192    /* the most that a kernel can be built for */

#endif
