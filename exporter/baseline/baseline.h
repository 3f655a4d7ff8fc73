/*
 * baseline: what traced machines did while nothing was wrong, to compare with later: series with
 * their rates interval by interval, totals and histograms, of one run or more.
 *
 * The run is the unit of repetition: what one recording, one live session or one look at a running
 * exporter gave. A run says where it comes from, by which rules it was counted and what it lost. A
 * struct baseline owns all it points to and is used by one thread. It is read from and written to
 * files by baseline_file.h.
 */
#ifndef EXPORTER_BASELINE_BASELINE_H
#define EXPORTER_BASELINE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/base/error.h"
#include "metrics/text.h"

#define BASELINE_VERSION 1

/* What one may hold; more is refused. */
#define BASELINE_RUNS_MAX      1000
#define BASELINE_SERIES_MAX    1000000
#define BASELINE_LABELS_MAX    64
#define BASELINE_BOUNDS_MAX    1024
#define BASELINE_INTERVALS_MAX 100000
/* Rates and buckets of all series and runs together: 512 MiB. */
#define BASELINE_NUMBERS_MAX ((size_t)64 << 20)

/* The largest count; a double, and JSON everywhere, holds all up to it. */
#define BASELINE_COUNT_MAX ((uint64_t)1 << 53)

enum baseline_kind {
	BASELINE_COUNTER,
	BASELINE_GAUGE,
	BASELINE_HISTOGRAM,
	BASELINE_KINDS
};

enum baseline_origin {
	BASELINE_RECORDING, /* intervals of the events' times */
	BASELINE_LIVE,	    /* intervals of this machine's clock */
	BASELINE_URL,	    /* likewise; pages of a running exporter */
	BASELINE_ORIGINS
};

struct baseline_label {
	char *name, *value;
};

/* Of the machine that was traced, as far as that is known: NULL and 0 are not known. */
struct baseline_host {
	char *name;
	char *system;  /* "Linux", "Windows" */
	char *release; /* of the system: "6.1.0-18-amd64", "10.0.19041" */
	uint32_t cpus;
	uint64_t memory_bytes;
};

struct baseline_run {
	enum baseline_origin origin;
	int64_t start_ns; /* since 1970: of the first event, or of the first page */
	uint64_t interval_ns;
	size_t interval_count; /* whole intervals; what follows the last is in the totals alone */
	uint64_t length_ns;    /* from the start to the end: what totals are of */
	uint64_t events;
	uint64_t events_lost, buffers_lost;
	/* Nothing is known to be missing: nothing lost, damaged, refused or counted by another
	 * configuration, and the exporter did not begin anew. */
	bool complete;
	char *configuration; /* hash of what the events are counted by, in hexadecimal; NULL: not
				known */
	struct baseline_host host;
	struct baseline_label *labels; /* that were given with it, sorted by name */
	size_t label_count;
};

/* A series in one run. */
struct baseline_values {
	/*
	 * For each of the run's intervals: of a counter its increase a second, of a histogram the
	 * observations a second, of a gauge its value at the interval's end, NAN where it had none.
	 * NULL: the run does not have this series.
	 */
	double *rates;
	/* NAN where it is no finite number; likewise sum. */
	double total;	   /* increase, or count of observations, over the run; of a gauge its last
			      value */
	uint64_t *buckets; /* of a histogram: bound_count + 1 counts over the run, of each alone */
	double sum;	   /* likewise: of the observations */
};

struct baseline_series {
	char *key;    /* as it stands on a page, labels sorted by name: METRIC{a="x",b="y"} */
	char *metric; /* the family's name; of histograms without _bucket */
	struct baseline_label *labels; /* sorted by name */
	size_t label_count;
	enum baseline_kind kind;
	double *bounds; /* of a histogram: upper bounds, rising, without +Inf */
	size_t bound_count;
	struct baseline_values *values; /* by run: baseline->run_count */
};

struct baseline {
	struct baseline_run *runs; /* in the order of their starts */
	size_t run_count;
	struct baseline_series *series; /* sorted by key, byte by byte */
	size_t series_count;
	size_t numbers; /* in all values: see BASELINE_NUMBERS_MAX */
};

/* NULL: out of memory. Free accepts NULL. */
struct baseline *baseline_new(void);
void baseline_free(struct baseline *baseline);

/*
 * Adds a run behind the others, before the first series. Strings and labels of `run` are copied.
 * -1: see error.
 */
int baseline_add_run(struct baseline *baseline, const struct baseline_run *run,
		     struct error *error);

/* What a series is; borrowed. Labels in any order. */
struct baseline_name {
	const char *metric;
	const struct baseline_label *labels;
	size_t label_count;
	enum baseline_kind kind;
	const double *bounds;
	size_t bound_count;
};

/*
 * Adds a series without values at its place in the order. It is borrowed until the next is added.
 * NULL: see error; there is one of that key, or too much.
 */
struct baseline_series *baseline_add_series(struct baseline *baseline,
					    const struct baseline_name *name, struct error *error);

/*
 * A series of its own, without values, for `runs` runs; the caller's to end with done. -1: no
 * memory, and it is ended.
 */
int baseline_series_init(struct baseline_series *series, const struct baseline_name *name,
			 size_t runs);
void baseline_series_done(struct baseline_series *series, size_t runs);

bool baseline_same_bounds(const struct baseline_series *series, const double *bounds, size_t count);

/* Appends its key; the labels are sorted. */
void baseline_key(struct text *to, const char *metric, const struct baseline_label *labels,
		  size_t count);

/* The series of that key, borrowed likewise; NULL: there is none. */
struct baseline_series *baseline_find(const struct baseline *baseline, const char *key);

/*
 * Gives a series values in a run: rates as many as the run has intervals, buckets for a histogram,
 * all 0. They are the caller's to fill and stay the baseline's. NULL: see error.
 */
struct baseline_values *baseline_add_values(struct baseline *baseline,
					    struct baseline_series *series, size_t run,
					    struct error *error);

/* As in files: "counter", "recording", ... Parse gives false where there is no such name. */
const char *baseline_kind_name(enum baseline_kind kind);
const char *baseline_origin_name(enum baseline_origin origin);
bool baseline_kind_parse(const char *name, enum baseline_kind *kind);
bool baseline_origin_parse(const char *name, enum baseline_origin *origin);

#endif
