#include <math.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/command/json.h"

static void add_number(struct text *to, double value)
{
	if (isnan(value))
		text_string(to, "null");
	else
		text_double(to, value);
}

static void add_labels(struct text *to, const struct baseline_label *labels, size_t count)
{
	size_t i;

	json_key(to, "labels");
	text_char(to, '{');
	for (i = 0; i < count; i++)
		json_string(to, labels[i].name, labels[i].value);
	text_char(to, '}');
}

/* What is not known is left out. */
static void add_string(struct text *to, const char *key, const char *value)
{
	if (value)
		json_string(to, key, value);
}

static void add_host(struct text *to, const struct baseline_host *host)
{
	json_key(to, "host");
	text_char(to, '{');
	add_string(to, "name", host->name);
	add_string(to, "system", host->system);
	add_string(to, "release", host->release);
	if (host->cpus)
		json_u64(to, "cpus", host->cpus);
	if (host->memory_bytes)
		json_u64(to, "memory_bytes", host->memory_bytes);
	text_char(to, '}');
}

static void add_run(struct text *to, const struct baseline_run *run)
{
	text_char(to, '{');
	json_string(to, "origin", baseline_origin_name(run->origin));
	json_key(to, "start_ns");
	text_printf(to, "%lld", (long long)run->start_ns);
	json_u64(to, "length_ns", run->length_ns);
	json_u64(to, "interval_ns", run->interval_ns);
	json_u64(to, "intervals", run->interval_count);
	json_u64(to, "events", run->events);
	json_u64(to, "events_lost", run->events_lost);
	json_u64(to, "buffers_lost", run->buffers_lost);
	json_bool(to, "complete", run->complete);
	add_string(to, "configuration", run->configuration);
	add_host(to, &run->host);
	add_labels(to, run->labels, run->label_count);
	text_char(to, '}');
}

static void add_numbers(struct text *to, const char *key, const double *numbers, size_t count)
{
	size_t i;

	json_key(to, key);
	text_char(to, '[');
	for (i = 0; i < count; i++) {
		json_next(to);
		add_number(to, numbers[i]);
	}
	text_char(to, ']');
}

static void add_values(struct text *to, const struct baseline_series *series,
		       const struct baseline_values *values, size_t intervals)
{
	size_t i;

	json_next(to);
	if (!values->rates) {
		text_string(to, "null");
		return;
	}
	text_char(to, '{');
	json_key(to, "total");
	add_number(to, values->total);
	if (series->kind == BASELINE_HISTOGRAM) {
		json_key(to, "sum");
		add_number(to, values->sum);
		json_key(to, "buckets");
		text_char(to, '[');
		for (i = 0; i <= series->bound_count; i++) {
			json_next(to);
			text_u64(to, values->buckets[i]);
		}
		text_char(to, ']');
	}
	add_numbers(to, "rates", values->rates, intervals);
	text_char(to, '}');
}

static void add_series(struct text *to, const struct baseline *baseline,
		       const struct baseline_series *series)
{
	size_t i;

	text_char(to, '{');
	json_string(to, "metric", series->metric);
	add_labels(to, series->labels, series->label_count);
	json_string(to, "type", baseline_kind_name(series->kind));
	if (series->kind == BASELINE_HISTOGRAM)
		add_numbers(to, "bounds", series->bounds, series->bound_count);
	json_key(to, "runs");
	text_char(to, '[');
	for (i = 0; i < baseline->run_count; i++)
		add_values(to, series, &series->values[i], baseline->runs[i].interval_count);
	text_string(to, "]}");
}

void baseline_json(const struct baseline *baseline, struct text *to)
{
	size_t i;

	text_printf(to, "{\"baseline\":%d,\n\"runs\":[", BASELINE_VERSION);
	for (i = 0; i < baseline->run_count; i++) {
		text_string(to, i ? ",\n" : "\n");
		add_run(to, &baseline->runs[i]);
	}
	text_string(to, "\n],\n\"series\":[");
	for (i = 0; i < baseline->series_count; i++) {
		text_string(to, i ? ",\n" : "\n");
		add_series(to, baseline, &baseline->series[i]);
	}
	text_string(to, "\n]}\n");
}
