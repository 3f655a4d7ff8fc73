/*
 * recording: what the aggregator knows of one recording (a file, a stream, a live trace) that it
 * gets buffers of.
 *
 * The source makes one when it opens a file and names it in each buffer that it hands on; after
 * that only the aggregator touches it, and frees it with its last buffer.
 */
#ifndef EXPORTER_RECORDING_H
#define EXPORTER_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/record/etl_header.h"

struct recording {
	struct etl_header header; /* once has_header */
	bool has_header;
	bool is_learning;   /* a pass before the one that counts: only what names things is taken */
	bool is_learnt;	    /* there was such a pass */
	bool comes_again;   /* its session loops: behind its end time goes back */
	bool is_live;	    /* its source set the header, and wrote the records: see etl_layout.h */
	bool header_missed; /* counted: its first buffer had no readable log file header */
	uint32_t events_lost;  /* as counted, by what the header said at most */
	uint32_t buffers_lost; /* likewise */
	char *events_path;     /* of a Linux ring buffer: its events/ in tracefs; else NULL */
};

/* All zeros; NULL: out of memory. */
struct recording *recording_new(void);
void recording_free(struct recording *recording);

#endif
