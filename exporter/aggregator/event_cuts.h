/*
 * event_cuts: cuts what is counted into pieces by the events' times, so that somebody can look at
 * the numbers between two of them.
 *
 * What is asked is asked by the thread that feeds the aggregator, between two events, which come in
 * order. An aggregator without cuts takes no notice of this.
 */
#ifndef EXPORTER_AGGREGATOR_EVENT_CUTS_H
#define EXPORTER_AGGREGATOR_EVENT_CUTS_H

#include "exporter/aggregator/record_merge.h"
#include "exporter/aggregator/recording.h"

struct event_cuts {
	/*
	 * A recording begins with an event that happened at `event_ns` of Unix time: with its
	 * header, which may be long before the rest, and then once more with the first other one;
	 * or (cut) all events from before `next_ns` are counted, and the next one happened at
	 * `event_ns`, which is not before that. Both return when to cut next.
	 */
	int64_t (*begin)(void *context, const struct recording *recording, int64_t event_ns,
			 bool is_header);
	int64_t (*cut)(void *context, const struct recording *recording, int64_t event_ns);
	void *context;
	/* Of event_cuts.c; all zeros at first. */
	int64_t next_ns;
	bool is_begun;	 /* the recording */
	uint64_t passed; /* before this time of its clock nothing is cut: it is the header's */
};

/* Up to which time of the recording's clock events may be counted now, of those before `until`. */
uint64_t event_cuts_until(const struct event_cuts *cuts, const struct recording *recording,
			  uint64_t until);

/*
 * When they are counted: asks, if an event is next that is not to be counted without that. False:
 * there is no more before `until`.
 */
bool event_cuts_make(struct event_cuts *cuts, const struct recording *recording,
		     struct record_merge *merge, uint64_t until);

/* The recording has ended. */
void event_cuts_end(struct event_cuts *cuts);

#endif
