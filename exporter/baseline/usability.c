#include "exporter/baseline/usability.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "exporter/baseline/change.h"

struct checking {
	const struct baseline *sides[2];
	const struct usability_rules *rules;
	struct usability *usability;
};

static const char *const side_names[] = {"BASE", "NEW"};

/* The worse of what is said of a check stays. */
__attribute__((format(__printf__, 4, 5))) static void find(const struct checking *checking,
							   enum usability_check check,
							   enum usability_level level,
							   const char *format, ...)
{
	struct usability_finding *finding = &checking->usability->findings[check];
	va_list arguments;

	if (level == USABILITY_REFUSED && checking->rules->allowed[check])
		level = USABILITY_FLAGGED;
	if (level <= finding->level)
		return;
	finding->level = level;
	va_start(arguments, format);
	vsnprintf(finding->text, sizeof(finding->text), format, arguments);
	va_end(arguments);
}

static void check_lost(const struct checking *checking, size_t side, size_t index)
{
	const struct baseline_run *run = &checking->sides[side]->runs[index];
	double share;

	if (!run->events_lost)
		return;
	share = (double)run->events_lost / ((double)run->events + (double)run->events_lost);
	find(checking, USABILITY_LOST,
	     share > checking->rules->lost_max ? USABILITY_REFUSED : USABILITY_FLAGGED,
	     "run %zu of %s lost %" PRIu64 " events, %.3g %% of what happened (--max-lost=%.3g%%)",
	     index + 1, side_names[side], run->events_lost, 100 * share,
	     100 * checking->rules->lost_max);
}

static void check_run(const struct checking *checking, size_t side, size_t index)
{
	const struct baseline_run *run = &checking->sides[side]->runs[index];

	check_lost(checking, side, index);
	if (run->buffers_lost)
		find(checking, USABILITY_BUFFERS, USABILITY_REFUSED,
		     "run %zu of %s lost %" PRIu64 " buffers, and with each any number of events",
		     index + 1, side_names[side], run->buffers_lost);
	if (!run->complete && !run->events_lost && !run->buffers_lost)
		find(checking, USABILITY_COMPLETENESS, USABILITY_FLAGGED,
		     "run %zu of %s is not complete: damage, refused series or a new beginning",
		     index + 1, side_names[side]);
}

static void check_intervals(const struct checking *checking, size_t side)
{
	const struct baseline *baseline = checking->sides[side];
	size_t intervals = 0, run;
	bool too_few;

	for (run = 0; run < baseline->run_count; run++)
		intervals += baseline->runs[run].interval_count;
	if (intervals >= USABILITY_INTERVALS_FEW || checking->rules->by_runs)
		return;
	too_few = intervals < USABILITY_INTERVALS_MIN;
	find(checking, USABILITY_INTERVALS, too_few ? USABILITY_REFUSED : USABILITY_FLAGGED,
	     "%s has %zu intervals, which is %s: %d are needed, %d say something", side_names[side],
	     intervals, too_few ? "too few" : "few", USABILITY_INTERVALS_MIN,
	     USABILITY_INTERVALS_FEW);
}

/* What so many runs can show where one series of many has changed. */
static void check_runs(const struct checking *checking)
{
	const struct usability_rules *rules = checking->rules;
	size_t base = checking->sides[0]->run_count, next = checking->sides[1]->run_count, runs;
	double least = change_least_p(base, next), tests = (double)rules->tests;

	if (!rules->by_runs || least * tests <= rules->alpha)
		return;
	for (runs = 4; change_least_p(runs, runs) * tests > rules->alpha; runs++)
		;
	find(checking, USABILITY_RUNS, USABILITY_FLAGGED,
	     "%zu and %zu runs give no p below %.2g, which is above %.3g once it is adjusted for "
	     "%zu tests: a change of few series is not seen with less than %zu runs of each",
	     base, next, least, rules->alpha, rules->tests, runs);
}

/* Of two runs, either of any side. */
typedef void check_pair(const struct checking *checking, const struct baseline_run *one,
			const struct baseline_run *other);

static void check_length(const struct checking *checking, const struct baseline_run *one,
			 const struct baseline_run *other)
{
	double a = (double)one->interval_ns, b = (double)other->interval_ns;
	bool far = fmax(a, b) > USABILITY_LENGTHS_MAX * fmin(a, b);

	if (one->interval_ns != other->interval_ns)
		find(checking, USABILITY_LENGTH,
		     far && !checking->rules->by_runs ? USABILITY_REFUSED : USABILITY_FLAGGED,
		     "intervals are of %.6g s and of %.6g s", a / 1e9, b / 1e9);
}

static bool differ(const char *one, const char *other)
{
	return one && other && strcmp(one, other) != 0;
}

static void check_configuration(const struct checking *checking, const struct baseline_run *one,
				const struct baseline_run *other)
{
	const struct usability_rules *rules = checking->rules;
	bool few =
		(double)rules->common_series < USABILITY_COMMON_SERIES_MIN * (double)rules->series;

	if (!differ(one->configuration, other->configuration))
		return;
	find(checking, USABILITY_CONFIGURATION, few ? USABILITY_REFUSED : USABILITY_FLAGGED,
	     "configurations differ (%.12s and %.12s): %zu of %zu series are in both",
	     one->configuration, other->configuration, rules->common_series, rules->series);
}

static void check_host(const struct checking *checking, const struct baseline_run *one,
		       const struct baseline_run *other)
{
	const struct baseline_host *a = &one->host, *b = &other->host;
	double memory = (double)a->memory_bytes, other_memory = (double)b->memory_bytes;

	if (differ(a->system, b->system))
		find(checking, USABILITY_HOST, USABILITY_REFUSED, "hosts run %.40s and %.40s",
		     a->system, b->system);
	if (a->cpus && b->cpus && a->cpus != b->cpus)
		find(checking, USABILITY_HOST, USABILITY_REFUSED,
		     "hosts have %" PRIu32 " and %" PRIu32 " processors", a->cpus, b->cpus);
	if (memory > 0 && other_memory > 0 &&
	    fmax(memory, other_memory) > USABILITY_MEMORY_MAX * fmin(memory, other_memory))
		find(checking, USABILITY_HOST, USABILITY_REFUSED,
		     "hosts have %.3g and %.3g GiB of memory", memory / 0x1p30,
		     other_memory / 0x1p30);
	if (differ(a->release, b->release))
		find(checking, USABILITY_HOST, USABILITY_FLAGGED,
		     "hosts run the releases %.60s and %.60s", a->release, b->release);
	if (differ(a->name, b->name))
		find(checking, USABILITY_HOST, USABILITY_FLAGGED, "hosts are %.60s and %.60s",
		     a->name, b->name);
}

static void check_origin(const struct checking *checking, const struct baseline_run *one,
			 const struct baseline_run *other)
{
	if (one->origin != other->origin)
		find(checking, USABILITY_ORIGIN, USABILITY_FLAGGED, "one is of a %s, one of a %s",
		     baseline_origin_name(one->origin), baseline_origin_name(other->origin));
}

/* The first run of BASE with all others: where none differs from it, none differs from another. */
static void check_pairs(const struct checking *checking, check_pair *check)
{
	const struct baseline_run *first = checking->sides[0]->runs;
	size_t side, run;

	for (side = 0; side < 2; side++)
		for (run = 0; run < checking->sides[side]->run_count; run++)
			if (checking->sides[0]->run_count)
				check(checking, first, &checking->sides[side]->runs[run]);
}

void usability_find(const struct baseline *base, const struct baseline *next,
		    const struct usability_rules *rules, struct usability *usability)
{
	const struct checking checking = {{base, next}, rules, usability};
	size_t side, run;

	memset(usability, 0, sizeof(*usability));
	for (side = 0; side < 2; side++) {
		for (run = 0; run < checking.sides[side]->run_count; run++)
			check_run(&checking, side, run);
		check_intervals(&checking, side);
	}
	check_runs(&checking);
	check_pairs(&checking, check_length);
	check_pairs(&checking, check_configuration);
	check_pairs(&checking, check_host);
	check_pairs(&checking, check_origin);
}

enum usability_level usability_level(const struct usability *usability)
{
	enum usability_level worst = USABILITY_GOOD;
	size_t i;

	for (i = 0; i < USABILITY_CHECKS; i++)
		if (usability->findings[i].level > worst)
			worst = usability->findings[i].level;
	return worst;
}

static const char *const names[USABILITY_CHECKS] = {
	[USABILITY_LOST] = "lost",
	[USABILITY_BUFFERS] = "buffers",
	[USABILITY_COMPLETENESS] = "completeness",
	[USABILITY_INTERVALS] = "intervals",
	[USABILITY_RUNS] = "runs",
	[USABILITY_LENGTH] = "length",
	[USABILITY_CONFIGURATION] = "configuration",
	[USABILITY_HOST] = "host",
	[USABILITY_ORIGIN] = "origin",
};

const char *usability_name(enum usability_check check)
{
	return names[check];
}

bool usability_parse(const char *name, enum usability_check *check)
{
	size_t i;

	for (i = 0; i < USABILITY_CHECKS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*check = (enum usability_check)i;
		return true;
	}
	return false;
}

const char *usability_level_name(enum usability_level level)
{
	static const char *const levels[] = {"ok", "flagged", "refused"};

	return levels[level];
}
