#include "exporter/baseline/baseline_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/statistics.h"
#include "exporter/value/time_text.h"

#define NS_PER_SECOND 1e9
#define BAR_WIDTH     30

static void add_known(struct text *to, const char *what, const char *value)
{
	if (!value)
		return;
	text_string(to, what);
	text_printable(to, value);
}

static void add_host(const struct baseline_host *host, struct text *to)
{
	if (!host->name && !host->system && !host->cpus)
		return;
	text_string(to, "  host");
	add_known(to, " ", host->name);
	add_known(to, " ", host->system);
	add_known(to, " ", host->release);
	if (host->cpus)
		text_printf(to, ", %u CPUs", host->cpus);
	if (host->memory_bytes)
		text_printf(to, ", %.1f GiB", (double)host->memory_bytes / (1 << 30));
	text_char(to, '\n');
}

static void add_run(const struct baseline_run *run, size_t number, struct text *to)
{
	char start[TIME_TEXT_SIZE];
	size_t i;

	text_printf(to, "run %zu: %s, from %s on, %zu intervals of ", number,
		    baseline_origin_name(run->origin), time_text(run->start_ns, start),
		    run->interval_count);
	text_double(to, (double)run->interval_ns / NS_PER_SECOND);
	text_printf(to, " s\n  %llu events, %llu events and %llu buffers lost, %s\n",
		    (unsigned long long)run->events, (unsigned long long)run->events_lost,
		    (unsigned long long)run->buffers_lost,
		    run->complete ? "complete" : "not complete");
	add_host(&run->host, to);
	add_known(to, "  counted by rules ", run->configuration);
	if (run->configuration)
		text_char(to, '\n');
	for (i = 0; i < run->label_count; i++) {
		add_known(to, i ? ", " : "  ", run->labels[i].name);
		add_known(to, "=", run->labels[i].value);
	}
	if (run->label_count)
		text_char(to, '\n');
}

/* The greatest of those that a bar stands for; NAN: none has a value. */
static double greatest(const double *rates, size_t from, size_t to)
{
	double most = NAN;

	for (; from < to; from++)
		if (isnan(most) || rates[from] > most)
			most = rates[from];
	return most;
}

void baseline_bars(const double *rates, size_t count, size_t width, struct text *to)
{
	static const char *const heights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	double most = greatest(rates, 0, count);
	size_t bars = count < width ? count : width, i;

	for (i = 0; i < bars; i++) {
		double rate = greatest(rates, i * count / bars, (i + 1) * count / bars);
		double share = most > 0 && rate > 0 ? rate / most : 0;

		text_string(to, isnan(rate) ? " " : heights[(size_t)(share * 7 + 0.5)]);
	}
}

/* All runs' values that there are, sorted, in `room`; how many. */
static size_t gather(const struct baseline *baseline, const struct baseline_series *series,
		     double *room)
{
	size_t i, j, count = 0;

	for (i = 0; i < baseline->run_count; i++)
		for (j = 0; series->values[i].rates && j < baseline->runs[i].interval_count; j++)
			if (!isnan(series->values[i].rates[j]))
				room[count++] = series->values[i].rates[j];
	sort_values(room, count);
	return count;
}

static void add_rate(double value, struct text *to)
{
	if (isnan(value))
		text_printf(to, "%11s", "");
	else
		text_printf(to, "%11.5g", value);
}

static void add_series(const struct baseline *baseline, const struct baseline_series *series,
		       double *room, bool bars, struct text *to)
{
	size_t count = gather(baseline, series, room), i;
	double total = 0, sum = 0;

	for (i = 0; i < baseline->run_count; i++) {
		total = series->kind == BASELINE_GAUGE ? NAN : total + series->values[i].total;
		sum += series->values[i].sum;
	}
	text_printf(to, "%-9s", baseline_kind_name(series->kind));
	add_rate(total, to);
	add_rate(sample_median(room, count), to);
	add_rate(sample_mad(room, count, room + count), to);
	add_rate(series->kind == BASELINE_HISTOGRAM && total > 0 ? sum / total : NAN, to);
	text_string(to, "  ");
	text_printable(to, series->key);
	for (i = 0; bars && i < baseline->run_count; i++) {
		text_char(to, ' ');
		if (series->values[i].rates)
			baseline_bars(series->values[i].rates, baseline->runs[i].interval_count,
				      BAR_WIDTH, to);
	}
	text_char(to, '\n');
}

void baseline_text(const struct baseline *baseline, bool bars, struct text *to)
{
	size_t intervals = 0, i;
	double *room;

	for (i = 0; i < baseline->run_count; i++) {
		add_run(&baseline->runs[i], i + 1, to);
		intervals += baseline->runs[i].interval_count;
	}
	/* Of one series, and once more for its deviations. */
	room = calloc(2 * intervals + 1, sizeof(*room));
	to->failed = to->failed || !room;
	text_printf(to, "\n%-9s%11s%11s%11s%11s  series\n", "type", "total", "median/s", "mad/s",
		    "mean");
	for (i = 0; room && i < baseline->series_count; i++)
		add_series(baseline, &baseline->series[i], room, bars, to);
	free(room);
}
