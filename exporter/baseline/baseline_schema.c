/* Source: JSON Schema, draft 7. */
#include "exporter/baseline/baseline_file.h"

#define COUNT	"{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740992}"
#define NS	"{\"type\":\"integer\",\"minimum\":0}"
#define NUMBER	"{\"type\":[\"number\",\"null\"]}"
#define NUMBERS "{\"type\":\"array\",\"items\":" NUMBER "}"
#define LABELS	"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"

/* A property is a row. */
struct property {
	const char *name;
	bool required;
	const char *schema, *what;
};

static const struct property host_properties[] = {
	{"name", false, "{\"type\":\"string\"}", "its name"},
	{"system", false, "{\"type\":\"string\"}", "Linux or Windows"},
	{"release", false, "{\"type\":\"string\"}", "the system's version"},
	{"cpus", false, "{\"type\":\"integer\",\"minimum\":1}", "processors"},
	{"memory_bytes", false, "{\"type\":\"integer\",\"minimum\":1}", "memory"},
};
static const struct property run_properties[] = {
	{"origin", true, "{\"enum\":[\"recording\",\"live\",\"url\"]}",
	 "recordings, live sessions, or a running exporter's metrics page"},
	{"start_ns", true, "{\"type\":\"integer\"}",
	 "of the first event or page, in nanoseconds since 1970"},
	{"length_ns", true, NS, "from the start to the end: the time that totals are of"},
	{"interval_ns", true, "{\"type\":\"integer\",\"minimum\":1}", "an interval"},
	{"intervals", true, "{\"type\":\"integer\",\"minimum\":0,\"maximum\":100000}",
	 "whole intervals: the number of each series' rates"},
	{"events", true, COUNT, "events counted"},
	{"events_lost", true, COUNT, "events that the trace sessions or the exporter lost"},
	{"buffers_lost", true, COUNT, "buffers that the trace sessions lost"},
	{"complete", true, "{\"type\":\"boolean\"}",
	 "nothing was lost, damaged, refused or begun anew"},
	{"configuration", false, "{\"type\":\"string\"}",
	 "hash of the rules, manifests and limits that events were counted by"},
	{"host", true, "{\"$ref\":\"#/definitions/host\"}",
	 "the traced machine, as far as it is known"},
	{"labels", true, LABELS, "labels given with the run"},
};
static const struct property values_properties[] = {
	{"total", true, NUMBER,
	 "increase, or observations, over the run; of a gauge its last value"},
	{"sum", false, NUMBER, "of a histogram: the sum of what was observed"},
	{"buckets", false, "{\"type\":\"array\",\"items\":" COUNT "}",
	 "of a histogram: observations in each bucket alone; the last is +Inf"},
	{"rates", true, NUMBERS,
	 "by interval: of a counter its increase a second, of a histogram observations a second, "
	 "of a gauge its value at the interval's end; null: it had none"},
};
static const struct property series_properties[] = {
	{"metric", true, "{\"type\":\"string\"}", "the family's name"},
	{"labels", true, LABELS, "of the series"},
	{"type", true, "{\"enum\":[\"counter\",\"gauge\",\"histogram\"]}", "of the family"},
	{"bounds", false, "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}",
	 "of a histogram: upper bounds of its buckets, rising, without +Inf"},
	{"runs", true,
	 "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"null\"},"
	 "{\"$ref\":\"#/definitions/values\"}]}}",
	 "for each run what the series had in it; null: it was not there"},
};
static const struct property baseline_properties[] = {
	{"baseline", true, "{\"const\":1}", "version of the format"},
	{"runs", true,
	 "{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":"
	 "{\"$ref\":\"#/definitions/run\"}}",
	 "what was observed when; the unit of repetition is the run"},
	{"series", true, "{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/series\"}}",
	 "sorted by metric and labels"},
};

#define LIST(properties) (properties), sizeof(properties) / sizeof((properties)[0])

/* A reference has no room for more than itself. */
static void add_property(struct text *to, const struct property *property)
{
	text_json(to, property->name);
	text_string(to, ":{\"description\":");
	text_json(to, property->what);
	text_printf(to, ",\"allOf\":[%s]}", property->schema);
}

/* Without the closing brace. */
static void add_object(struct text *to, const struct property *properties, size_t count)
{
	bool begun = false;
	size_t i;

	text_string(to, "\"type\":\"object\",\"additionalProperties\":false,\"required\":[");
	for (i = 0; i < count; i++) {
		if (!properties[i].required)
			continue;
		text_string(to, begun ? "," : "");
		text_json(to, properties[i].name);
		begun = true;
	}
	text_string(to, "],\n\"properties\":{\n");
	for (i = 0; i < count; i++) {
		text_string(to, i ? ",\n" : "");
		add_property(to, &properties[i]);
	}
	text_char(to, '}');
}

static void add_definition(struct text *to, const char *name, const struct property *properties,
			   size_t count)
{
	text_json(to, name);
	text_string(to, ":{");
	add_object(to, properties, count);
}

void baseline_schema(struct text *to)
{
	text_string(to, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
			"\"title\":\"baseline of etw_exporter\",\n");
	add_object(to, LIST(baseline_properties));
	text_string(to, ",\n\"definitions\":{\n");
	add_definition(to, "run", LIST(run_properties));
	text_string(to, "},\n");
	add_definition(to, "host", LIST(host_properties));
	text_string(to, "},\n");
	add_definition(to, "series", LIST(series_properties));
	text_string(to, "},\n");
	add_definition(to, "values", LIST(values_properties));
	text_string(to, "}}}\n");
}
