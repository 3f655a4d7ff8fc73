/*
 * usability: whether two baselines can be compared at all: what they lost, how long they are, and
 * whether the same was counted in the same way on the same machine.
 *
 * Pure, any thread.
 */
#ifndef EXPORTER_BASELINE_USABILITY_H
#define EXPORTER_BASELINE_USABILITY_H

#include "exporter/baseline/baseline.h"

enum usability_check {
	USABILITY_LOST,		 /* events */
	USABILITY_BUFFERS,	 /* lost ones: of how many events is not known */
	USABILITY_COMPLETENESS,	 /* damage, refused series, new beginnings */
	USABILITY_INTERVALS,	 /* how many */
	USABILITY_RUNS,		 /* whether they can show a change of one series */
	USABILITY_LENGTH,	 /* of intervals */
	USABILITY_CONFIGURATION, /* what is counted */
	USABILITY_HOST,
	USABILITY_ORIGIN,
	USABILITY_CHECKS
};

/* Fewer intervals than the one are flagged, than the other refused, unless runs are tested. */
#define USABILITY_INTERVALS_FEW 20
#define USABILITY_INTERVALS_MIN 5
/* How many times longer one's intervals may be. */
#define USABILITY_LENGTHS_MAX 2
/* What of all series both have to have, where configurations differ. */
#define USABILITY_COMMON_SERIES_MIN 0.5
/* How much more memory one host may have. */
#define USABILITY_MEMORY_MAX 1.25

enum usability_level {
	USABILITY_GOOD,
	USABILITY_FLAGGED,
	USABILITY_REFUSED,
};

struct usability_rules {
	double lost_max;		/* share of events that may be lost: 0.01 */
	bool allowed[USABILITY_CHECKS]; /* what would be refused is flagged */
	bool by_runs;
	double alpha;
	size_t tests;		      /* that p is adjusted for */
	size_t series, common_series; /* of both, and those that are in both */
};

struct usability_finding {
	enum usability_level level;
	char text[256]; /* a sentence without full stop; empty where all is good */
};

struct usability {
	struct usability_finding findings[USABILITY_CHECKS];
};

void usability_find(const struct baseline *base, const struct baseline *next,
		    const struct usability_rules *rules, struct usability *usability);

/* The worst of all. */
enum usability_level usability_level(const struct usability *usability);

/* "lost", "buffers", ... Parse gives false where there is no such name. */
const char *usability_name(enum usability_check check);
bool usability_parse(const char *name, enum usability_check *check);
/* "ok", "flagged", "refused". */
const char *usability_level_name(enum usability_level level);

#endif
