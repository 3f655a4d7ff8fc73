/* Source: JSON Schema, draft 7. */
#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/schema_text.h"

#define NUMBERS "{\"type\":\"array\",\"items\":" SCHEMA_NUMBER "}"

static const struct schema_property host_properties[] = {
	{"name", false, "{\"type\":\"string\"}", "its name"},
	{"system", false, "{\"type\":\"string\"}", "Linux or Windows"},
	{"release", false, "{\"type\":\"string\"}", "the system's version"},
	{"cpus", false, "{\"type\":\"integer\",\"minimum\":1}", "processors"},
	{"memory_bytes", false, "{\"type\":\"integer\",\"minimum\":1}", "memory"},
};
static const struct schema_property run_properties[] = {
	{"origin", true, "{\"enum\":[\"recording\",\"live\",\"url\"]}",
	 "recordings, live sessions, or a running exporter's metrics page"},
	{"start_ns", true, "{\"type\":\"integer\"}",
	 "of the first event or page, in nanoseconds since 1970"},
	{"length_ns", true, SCHEMA_NS, "from the start to the end: the time that totals are of"},
	{"interval_ns", true, "{\"type\":\"integer\",\"minimum\":1}", "an interval"},
	{"intervals", true, "{\"type\":\"integer\",\"minimum\":0,\"maximum\":100000}",
	 "whole intervals: the number of each series' rates"},
	{"events", true, SCHEMA_COUNT, "events counted"},
	{"events_lost", true, SCHEMA_COUNT, "events that the trace sessions or the exporter lost"},
	{"buffers_lost", true, SCHEMA_COUNT, "buffers that the trace sessions lost"},
	{"complete", true, "{\"type\":\"boolean\"}",
	 "nothing was lost, damaged, refused or begun anew"},
	{"configuration", false, "{\"type\":\"string\"}",
	 "hash of the rules, manifests and limits that events were counted by"},
	{"host", true, "{\"$ref\":\"#/definitions/host\"}",
	 "the traced machine, as far as it is known"},
	{"labels", true, SCHEMA_LABELS, "labels given with the run"},
};
static const struct schema_property values_properties[] = {
	{"total", true, SCHEMA_NUMBER,
	 "increase, or observations, over the run; of a gauge its last value"},
	{"sum", false, SCHEMA_NUMBER, "of a histogram: the sum of what was observed"},
	{"buckets", false, "{\"type\":\"array\",\"items\":" SCHEMA_COUNT "}",
	 "of a histogram: observations in each bucket alone; the last is +Inf"},
	{"rates", true, NUMBERS,
	 "by interval: of a counter its increase a second, of a histogram observations a second, "
	 "of a gauge its value at the interval's end; null: it had none"},
};
static const struct schema_property series_properties[] = {
	{"metric", true, "{\"type\":\"string\"}", "the family's name"},
	{"labels", true, SCHEMA_LABELS, "of the series"},
	{"type", true, "{\"enum\":[\"counter\",\"gauge\",\"histogram\"]}", "of the family"},
	{"bounds", false, "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}",
	 "of a histogram: upper bounds of its buckets, rising, without +Inf"},
	{"runs", true,
	 "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"null\"},"
	 "{\"$ref\":\"#/definitions/values\"}]}}",
	 "for each run what the series had in it; null: it was not there"},
};
static const struct schema_property baseline_properties[] = {
	{"baseline", true, "{\"const\":1}", "version of the format"},
	{"runs", true,
	 "{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":"
	 "{\"$ref\":\"#/definitions/run\"}}",
	 "what was observed when; the unit of repetition is the run"},
	{"series", true, "{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/series\"}}",
	 "sorted by metric and labels"},
};

void baseline_schema(struct text *to)
{
	text_string(to, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
			"\"title\":\"baseline of etw_exporter\",\n");
	schema_add_object(to, SCHEMA_LIST(baseline_properties));
	text_string(to, ",\n\"definitions\":{\n");
	schema_add_definition(to, "run", SCHEMA_LIST(run_properties));
	text_string(to, "},\n");
	schema_add_definition(to, "host", SCHEMA_LIST(host_properties));
	text_string(to, "},\n");
	schema_add_definition(to, "series", SCHEMA_LIST(series_properties));
	text_string(to, "},\n");
	schema_add_definition(to, "values", SCHEMA_LIST(values_properties));
	text_string(to, "}}}\n");
}
