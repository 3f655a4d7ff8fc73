/*
 * kinds: the kinds of events that say something for the state.
 *
 * Sources: Microsoft's MOF classes of kernel events, the manifests of Microsoft-Windows-Kernel-
 * Process and -File. Read-only data, any thread.
 */
#ifndef EXPORTER_STATE_KINDS_H
#define EXPORTER_STATE_KINDS_H

#include "exporter/record/event_record.h"
#include "exporter/state/spans.h"

enum kind_subject {
	KIND_PROCESS,
	KIND_THREAD,
	KIND_IMAGE,
	KIND_FILE,
};

struct kind {
	uint8_t subject; /* enum kind_subject */
	uint8_t news;	 /* enum span_news */
};

/* A number from 1 on; 0: such an event says nothing. */
unsigned int kind_find(const struct event_record *record);
/* NULL: it says nothing. */
const struct kind *kind_get(unsigned int number);

#endif
