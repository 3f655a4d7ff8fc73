#include "exporter/aggregator/event_cuts.h"

uint64_t event_cuts_until(const struct event_cuts *cuts, const struct recording *recording,
			  uint64_t until)
{
	/* What has no time has 0, and is not waited for. */
	uint64_t cut = cuts->passed ? cuts->passed : 1;

	/* Of a clock that is not known no time is. */
	if (cuts->is_begun && !trace_clock_ticks(&recording->header.clock, cuts->next_ns, &cut))
		return until;
	return cut < until ? cut : until;
}

bool event_cuts_make(struct event_cuts *cuts, const struct recording *recording,
		     struct record_merge *merge, uint64_t until)
{
	const struct event_record *record;
	int64_t event_ns;
	uint64_t time;

	if (!record_merge_peek(merge, &record, &time) || (time >= until && until != UINT64_MAX))
		return false;
	if (!trace_clock_unix_ns(&recording->header.clock, time, &event_ns))
		return false;
	if (!cuts->is_begun) {
		bool is_header = etl_header_is(record);

		cuts->is_begun = !is_header;
		cuts->passed = time < UINT64_MAX ? time + 1 : time;
		cuts->next_ns = cuts->begin(cuts->context, recording, event_ns, is_header);
	} else {
		cuts->next_ns = cuts->cut(cuts->context, recording, event_ns);
	}
	return true;
}

void event_cuts_end(struct event_cuts *cuts)
{
	cuts->is_begun = false;
	cuts->passed = 0;
}
