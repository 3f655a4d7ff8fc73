/*
 * run_health: what pages say of how much of a run is there: events and buffers lost, damage, a
 * beginning anew. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_RUN_HEALTH_H
#define EXPORTER_BASELINE_RUN_HEALTH_H

#include "exporter/baseline/page_parser.h"

enum run_count {
	RUN_EVENTS,
	RUN_EVENTS_LOST,
	RUN_BUFFERS_LOST,
	RUN_DAMAGE, /* whatever else is not as it should be */
	RUN_COUNTS
};

#define RUN_HASH_SIZE 65

struct run_health {
	double now[RUN_COUNTS];		   /* of the page at hand, all sessions together */
	double last[RUN_COUNTS];	   /* of the page before */
	double sums[RUN_COUNTS];	   /* since the beginning */
	double started, last_started;	   /* when the process was; 0: it does not say */
	bool began_anew;		   /* the exporter, between two pages */
	bool changed;			   /* its configuration, likewise */
	char configuration[RUN_HASH_SIZE]; /* as the pages say; "": they do not */
};

void run_health_begin_page(struct run_health *health);
void run_health_take(struct run_health *health, const struct page_series *series);
/* `is_base`: counting begins with this page. */
void run_health_end_page(struct run_health *health, bool is_base);

#endif
