#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/baseline_file.h"

#define PLACE_SIZE     160
#define NAME_BYTES_MAX 4096

/* Where in the file what is being read stands; for messages. */
struct place {
	const char *file;
	char path[PLACE_SIZE]; /* "series[3].runs[0]" */
	struct error *error;
};

/* An object whose members are read one by one. */
struct members {
	struct place place;
	const json_t *object;
	size_t taken;
};

static int refuse(const struct place *place, const char *key, const char *what)
{
	return error_set(place->error, "%s: %s%s%s %s", place->file, place->path,
			 place->path[0] && key[0] ? "." : "", key, what);
}

static struct place place_at(const struct place *parent, const char *key, size_t index)
{
	struct place place = {.file = parent->file, .error = parent->error};

	snprintf(place.path, sizeof(place.path), "%.100s%s%s[%zu]", parent->path,
		 parent->path[0] ? "." : "", key, index);
	return place;
}

static int open_members(struct members *members, const struct place *place, const json_t *value)
{
	*members = (struct members){*place, value, 0};
	return json_is_object(value) ? 0 : refuse(place, "", "must be an object");
}

static const json_t *member(struct members *members, const char *key)
{
	const json_t *value = json_object_get(members->object, key);

	members->taken += value != NULL;
	return value;
}

/* Whether all members were asked for. */
static int close_members(const struct members *members)
{
	return members->taken == json_object_size(members->object)
		       ? 0
		       : refuse(&members->place, "", "has members that a baseline does not have");
}

static int take_u64(struct members *members, const char *key, uint64_t low, uint64_t high,
		    uint64_t *to)
{
	const json_t *value = member(members, key);
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || (uint64_t)number < low ||
	    (uint64_t)number > high)
		return refuse(&members->place, key,
			      "must be a whole number that is neither too small nor too large");
	*to = (uint64_t)number;
	return 0;
}

static int take_i64(struct members *members, const char *key, int64_t *to)
{
	const json_t *value = member(members, key);

	if (!json_is_integer(value))
		return refuse(&members->place, key, "must be a whole number");
	*to = json_integer_value(value);
	return 0;
}

static int take_bool(struct members *members, const char *key, bool *to)
{
	const json_t *value = member(members, key);

	if (!json_is_boolean(value))
		return refuse(&members->place, key, "must be true or false");
	*to = json_is_true(value);
	return 0;
}

/* Borrowed from the document, as a baseline copies it. NULL where it may be left out, and is. */
static int take_string(struct members *members, const char *key, bool required, char **to)
{
	const json_t *value = member(members, key);

	*to = NULL;
	if (!value && !required)
		return 0;
	if (!json_is_string(value) || json_string_length(value) > NAME_BYTES_MAX)
		return refuse(&members->place, key, "must be a text, and not a long one");
	memcpy(to, &(const char *){json_string_value(value)}, sizeof(*to));
	return 0;
}

static int take_array(struct members *members, const char *key, size_t most, const json_t **to)
{
	*to = member(members, key);
	if (!json_is_array(*to))
		return refuse(&members->place, key, "must be a list");
	if (json_array_size(*to) > most)
		return refuse(&members->place, key, "has more elements than a baseline may have");
	return 0;
}

/* A finite number, or null, which is NAN. */
static bool read_number(const json_t *value, double *to)
{
	*to = json_is_null(value) ? NAN : json_number_value(value);
	return json_is_null(value) || json_is_number(value);
}

static int take_number(struct members *members, const char *key, double *to)
{
	if (!read_number(member(members, key), to))
		return refuse(&members->place, key, "must be a number or null");
	return 0;
}

struct labels {
	struct baseline_label list[BASELINE_LABELS_MAX];
	size_t count;
};

static int take_labels(struct members *members, struct labels *labels)
{
	const json_t *object = member(members, "labels");
	struct members each;
	void *at;

	labels->count = 0;
	if (!json_is_object(object) || json_object_size(object) > BASELINE_LABELS_MAX)
		return refuse(&members->place, "labels", "must be an object of not too many texts");
	each = (struct members){members->place, object, 0};
	/* The library's iterators take what they do not change as what they may. */
	for (at = json_object_iter((json_t *)(uintptr_t)object); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
		const char *name = json_object_iter_key(at);
		struct baseline_label *label = &labels->list[labels->count++];

		memcpy(&label->name, &name, sizeof(name));
		if (take_string(&each, name, true, &label->value))
			return -1;
	}
	return 0;
}

static int take_host(struct members *run, struct baseline_host *host)
{
	const json_t *object = member(run, "host");
	struct place place = run->place;
	struct members members;
	uint64_t cpus = 0;

	if (!json_is_object(object))
		return refuse(&place, "host", "must be an object");
	open_members(&members, &place, object);
	if (take_string(&members, "name", false, &host->name) ||
	    take_string(&members, "system", false, &host->system) ||
	    take_string(&members, "release", false, &host->release))
		return -1;
	if (json_object_get(object, "cpus") && take_u64(&members, "cpus", 1, UINT32_MAX, &cpus))
		return -1;
	host->cpus = (uint32_t)cpus;
	if (json_object_get(object, "memory_bytes") &&
	    take_u64(&members, "memory_bytes", 1, INT64_MAX, &host->memory_bytes))
		return -1;
	return close_members(&members);
}

static int take_origin(struct members *members, enum baseline_origin *origin)
{
	char *name;

	if (take_string(members, "origin", true, &name))
		return -1;
	return baseline_origin_parse(name, origin)
		       ? 0
		       : refuse(&members->place, "origin", "must be recording, live or url");
}

static int take_run(struct baseline *baseline, const struct place *place, const json_t *value)
{
	struct baseline_run run = {0};
	struct members members;
	struct labels labels;
	uint64_t intervals = 0;

	if (open_members(&members, place, value) || take_origin(&members, &run.origin) ||
	    take_i64(&members, "start_ns", &run.start_ns) ||
	    take_u64(&members, "length_ns", 0, INT64_MAX, &run.length_ns) ||
	    take_u64(&members, "interval_ns", 1, INT64_MAX, &run.interval_ns) ||
	    take_u64(&members, "intervals", 0, BASELINE_INTERVALS_MAX, &intervals) ||
	    take_u64(&members, "events", 0, BASELINE_COUNT_MAX, &run.events) ||
	    take_u64(&members, "events_lost", 0, BASELINE_COUNT_MAX, &run.events_lost) ||
	    take_u64(&members, "buffers_lost", 0, BASELINE_COUNT_MAX, &run.buffers_lost) ||
	    take_bool(&members, "complete", &run.complete) ||
	    take_string(&members, "configuration", false, &run.configuration) ||
	    take_host(&members, &run.host) || take_labels(&members, &labels) ||
	    close_members(&members))
		return -1;
	run.interval_count = (size_t)intervals;
	run.labels = labels.list;
	run.label_count = labels.count;
	return baseline_add_run(baseline, &run, place->error);
}

static int take_rates(struct members *members, size_t count, double *to)
{
	const json_t *list;
	size_t i;

	if (take_array(members, "rates", BASELINE_INTERVALS_MAX, &list))
		return -1;
	if (json_array_size(list) != count)
		return refuse(&members->place, "rates",
			      "must have as many elements as the run has intervals");
	for (i = 0; i < count; i++)
		if (!read_number(json_array_get(list, i), &to[i]))
			return refuse(&members->place, "rates", "must be numbers or null");
	return 0;
}

static int take_buckets(struct members *members, size_t count, uint64_t *to)
{
	const json_t *list;
	size_t i;

	if (take_array(members, "buckets", BASELINE_BOUNDS_MAX + 1, &list))
		return -1;
	if (json_array_size(list) != count)
		return refuse(&members->place, "buckets",
			      "must have one element more than the series has bounds");
	for (i = 0; i < count; i++) {
		const json_t *value = json_array_get(list, i);
		json_int_t number = json_integer_value(value);

		if (!json_is_integer(value) || number < 0 || (uint64_t)number > BASELINE_COUNT_MAX)
			return refuse(&members->place, "buckets",
				      "must be whole numbers from 0 to 2^53");
		to[i] = (uint64_t)number;
	}
	return 0;
}

static int take_values(struct baseline *baseline, struct baseline_series *series, size_t run,
		       const struct place *place, const json_t *value)
{
	struct baseline_values *values;
	struct members members;

	if (json_is_null(value))
		return 0;
	if (open_members(&members, place, value))
		return -1;
	values = baseline_add_values(baseline, series, run, place->error);
	if (!values || take_number(&members, "total", &values->total) ||
	    take_rates(&members, baseline->runs[run].interval_count, values->rates))
		return -1;
	if (series->kind == BASELINE_HISTOGRAM &&
	    (take_number(&members, "sum", &values->sum) ||
	     take_buckets(&members, series->bound_count + 1, values->buckets)))
		return -1;
	return close_members(&members);
}

static int take_bounds(struct members *members, double *bounds, size_t *count)
{
	const json_t *list;
	size_t i;

	if (take_array(members, "bounds", BASELINE_BOUNDS_MAX, &list))
		return -1;
	*count = json_array_size(list);
	for (i = 0; i < *count; i++) {
		if (!read_number(json_array_get(list, i), &bounds[i]) || isnan(bounds[i]) ||
		    (i && bounds[i] <= bounds[i - 1]))
			return refuse(&members->place, "bounds", "must be numbers that rise");
	}
	return 0;
}

static int take_kind(struct members *members, enum baseline_kind *kind)
{
	char *name;

	if (take_string(members, "type", true, &name))
		return -1;
	return baseline_kind_parse(name, kind)
		       ? 0
		       : refuse(&members->place, "type", "must be counter, gauge or histogram");
}

/* Adds it behind the others, in whose order it must be. */
static struct baseline_series *add_series(struct baseline *baseline, const struct place *place,
					  const struct baseline_name *name)
{
	struct baseline_series *series = baseline_add_series(baseline, name, place->error);

	if (!series || series == &baseline->series[baseline->series_count - 1])
		return series;
	refuse(place, "", "stands before its place: series are sorted by metric and labels");
	return NULL;
}

static int take_series(struct baseline *baseline, const struct place *place, const json_t *value)
{
	double bounds[BASELINE_BOUNDS_MAX];
	struct baseline_name name = {.bounds = bounds};
	struct baseline_series *series;
	struct members members;
	struct labels labels;
	const json_t *runs;
	char *metric;
	size_t i;

	if (open_members(&members, place, value) ||
	    take_string(&members, "metric", true, &metric) || take_labels(&members, &labels) ||
	    take_kind(&members, &name.kind) ||
	    (name.kind == BASELINE_HISTOGRAM && take_bounds(&members, bounds, &name.bound_count)) ||
	    take_array(&members, "runs", BASELINE_RUNS_MAX, &runs) || close_members(&members))
		return -1;
	if (json_array_size(runs) != baseline->run_count)
		return refuse(place, "runs", "must have as many elements as there are runs");
	name.metric = metric;
	name.labels = labels.list;
	name.label_count = labels.count;
	series = add_series(baseline, place, &name);
	for (i = 0; series && i < baseline->run_count; i++) {
		struct place at = place_at(place, "runs", i);

		if (take_values(baseline, series, i, &at, json_array_get(runs, i)))
			return -1;
	}
	return series ? 0 : -1;
}

static int take_version(struct members *members)
{
	uint64_t version = 0;

	if (!json_is_object(members->object) || !json_object_get(members->object, "baseline"))
		return error_set(members->place.error, "%s is no baseline", members->place.file);
	if (take_u64(members, "baseline", 0, INT64_MAX, &version))
		return -1;
	return version == BASELINE_VERSION
		       ? 0
		       : error_set(
				 members->place.error,
				 "%s is a baseline of version %llu; this program knows version %d",
				 members->place.file, (unsigned long long)version,
				 BASELINE_VERSION);
}

static int take_baseline(struct baseline *baseline, const struct place *place,
			 const json_t *document)
{
	struct members members = {*place, document, 0};
	const json_t *runs, *series;
	size_t i;

	if (take_version(&members) || take_array(&members, "runs", BASELINE_RUNS_MAX, &runs) ||
	    take_array(&members, "series", BASELINE_SERIES_MAX, &series) || close_members(&members))
		return -1;
	if (!json_array_size(runs))
		return refuse(place, "runs", "must have an element");
	for (i = 0; i < json_array_size(runs); i++) {
		struct place at = place_at(place, "runs", i);

		if (take_run(baseline, &at, json_array_get(runs, i)))
			return -1;
	}
	for (i = 0; i < json_array_size(series); i++) {
		struct place at = place_at(place, "series", i);

		if (take_series(baseline, &at, json_array_get(series, i)))
			return -1;
	}
	return 0;
}

struct baseline *baseline_parse(const char *name, const char *text, size_t length,
				struct error *error)
{
	const struct place place = {.file = name, .error = error};
	struct baseline *baseline = baseline_new();
	json_error_t wrong;
	json_t *document;
	int result;

	if (!baseline) {
		error_set(error, "%s: out of memory", name);
		return NULL;
	}
	document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &wrong);
	result = document ? take_baseline(baseline, &place, document)
			  : error_set(error, "%s:%d:%d: %s", name, wrong.line, wrong.column,
				      wrong.text);
	json_decref(document);
	if (!result)
		return baseline;
	baseline_free(baseline);
	return NULL;
}
