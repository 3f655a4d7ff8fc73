/*
 * process: what the system says of this process. Any thread.
 */
#ifndef EXPORTER_PROCESS_H
#define EXPORTER_PROCESS_H

#include <stdbool.h>

/* What is negative is not known here. */
struct process {
	double cpu_seconds;
	double start_seconds; /* Unix time */
	double virtual_bytes;
	double resident_bytes;
	double threads;
	double open_fds;
	double max_fds;
};

void process_read(struct process *process);

#endif
