/* Of what compare_json() writes. Source: JSON Schema, draft 7. */
#include "exporter/baseline/compare_report.h"
#include "exporter/baseline/schema_text.h"

#define SHARE	     "{\"type\":[\"number\",\"null\"],\"minimum\":0,\"maximum\":1}"
#define OBJECT(name) "{\"$ref\":\"#/definitions/" name "\"}"
#define LIST(name)   "{\"type\":\"array\",\"items\":" OBJECT(name) "}"

static const struct schema_property change_properties[] = {
	{"statistic", true,
	 "{\"type\":\"string\",\"pattern\":\"^(median|rate|total|count|mean|p[0-9.]+)$\"}",
	 "what is compared: median and rate a second (of gauges as they are), p50, p90, p99, and "
	 "what "
	 "a condition asks for"},
	{"base", true, SCHEMA_NUMBER, "what it was; seconds and bytes as they are"},
	{"new", true, SCHEMA_NUMBER, "what it is"},
	{"ratio", true, SCHEMA_NUMBER,
	 "how many times greater; with medians the median of the ratios of all pairs; null: there "
	 "is "
	 "none, or from 0"},
	{"ratio_low", true, SCHEMA_NUMBER, "its confidence interval, of 1 - alpha"},
	{"ratio_high", true, SCHEMA_NUMBER, "likewise; null where there is a lower end: no end"},
	{"p", true, SHARE, "how often chance alone would differ so; null: too little to tell"},
	{"p_adjusted", true, SHARE, "for the number of tests"},
	{"tested_over", true, "{\"enum\":[\"none\",\"runs\",\"intervals\",\"observations\"]}",
	 "what repeats"},
	{"significant", true, SCHEMA_BOOL, "it has changed, and p_adjusted is at most alpha"},
	{"bucket_ratio", true, SCHEMA_NUMBER,
	 "of a quantile: how many times its bucket's start the end is, so that the ratio is no "
	 "more "
	 "exact; null: from 0, or beyond the last"},
	{"base_beyond_buckets", true, SCHEMA_BOOL,
	 "the quantile is beyond the last bound, which is given"},
	{"new_beyond_buckets", true, SCHEMA_BOOL, "likewise"},
};
static const struct schema_property shape_properties[] = {
	{"distance", true, SHARE,
	 "of Kolmogorov and Smirnov: by how much shares below a bound differ at most; null: it is "
	 "no "
	 "histogram"},
	{"p", true, SHARE, "how often chance alone would differ so"},
	{"p_adjusted", true, SHARE, "for the number of tests"},
};
static const struct schema_property series_properties[] = {
	{"series", true, SCHEMA_STRING, "as it stands on a page, labels sorted by name"},
	{"metric", true, SCHEMA_STRING, "the family's name"},
	{"labels", true, SCHEMA_LABELS, "of the series"},
	{"type", true, "{\"enum\":[\"counter\",\"gauge\",\"histogram\"]}", "of the family"},
	{"status", true,
	 "{\"enum\":[\"both\",\"new\",\"gone\",\"type_differs\",\"buckets_differ\"]}",
	 "in which baselines it is, and whether all of it can be compared"},
	{"changed", true, SCHEMA_BOOL, "one of the changes is significant"},
	{"changes", true, LIST("change"),
	 "the median, or where that is 0 the rate, and of histograms p50, p90 and p99"},
	{"shape", true, OBJECT("shape"), "of a histogram"},
};
static const struct schema_property check_properties[] = {
	{"check", true, SCHEMA_STRING, "what --allow calls it"},
	{"result", true, "{\"enum\":[\"ok\",\"flagged\",\"refused\"]}", "what it came to"},
	{"text", true, SCHEMA_STRING, "why it is flagged or refused, else empty"},
};
static const struct schema_property condition_series_properties[] = {
	{"series", true, SCHEMA_STRING, "as above"},
	{"failed", true, SCHEMA_BOOL, "the condition holds"},
	{"change", true, OBJECT("change"), "p_adjusted is for the series of this condition alone"},
};
static const struct schema_property condition_properties[] = {
	{"condition", true, SCHEMA_STRING, "as --fail-on was given"},
	{"result", true, "{\"enum\":[\"failed\",\"passed\",\"unusable\",\"skipped\"]}",
	 "failed: of at least one series; unusable: of none it could be decided; skipped: the "
	 "baselines are refused"},
	{"text", true, SCHEMA_STRING, "why it is unusable, else empty"},
	{"undecided", true, SCHEMA_COUNT, "series with too little to tell"},
	{"series", true, LIST("condition_series"), "those that the condition is about"},
};
static const struct schema_property mean_properties[] = {
	{"rates", true, SCHEMA_NUMBER, "of medians and rates"},
	{"p50", true, SCHEMA_NUMBER, "of medians of histograms"},
	{"p90", true, SCHEMA_NUMBER, "likewise"},
	{"p99", true, SCHEMA_NUMBER, "likewise"},
};
static const struct schema_property comparison_properties[] = {
	{"base", true, SCHEMA_STRING, "the file of the baseline"},
	{"new", true, SCHEMA_STRING, "the file that is compared with it"},
	{"result", true, "{\"enum\":[\"same\",\"regression\",\"unusable\"]}",
	 "what the exit codes 0, 1 and 2 mean: no condition failed, one did, the baselines or a "
	 "condition cannot be used"},
	{"checks", true, LIST("check"), "whether the baselines can be compared"},
	{"fail_on", true, LIST("condition"), "the conditions, in their order"},
	{"tested_over", true, "{\"enum\":[\"runs\",\"intervals and observations\"]}",
	 "what repeats"},
	{"correction", true, "{\"enum\":[\"bh\",\"holm\",\"none\"]}",
	 "how p was adjusted for the number of tests"},
	{"alpha", true, SHARE, "what p_adjusted is no more than where a change is significant"},
	{"tests", true, SCHEMA_COUNT, "how many p is adjusted for"},
	{"series_in_both", true, SCHEMA_COUNT, "how many"},
	{"series_changed", true, SCHEMA_COUNT, "of these"},
	{"series_new", true, SCHEMA_COUNT, "how many"},
	{"series_gone", true, SCHEMA_COUNT, "how many"},
	{"geometric_means", true, OBJECT("geometric_means"), "of the ratios of all series"},
	{"series", true, LIST("series"),
	 "what changed most for sure first, then new, then gone ones; none where the result is "
	 "that "
	 "the baselines are refused"},
};

static const struct {
	const char *name;
	const struct schema_property *properties;
	size_t count;
} definitions[] = {
	{"check", SCHEMA_LIST(check_properties)},
	{"condition", SCHEMA_LIST(condition_properties)},
	{"condition_series", SCHEMA_LIST(condition_series_properties)},
	{"series", SCHEMA_LIST(series_properties)},
	{"change", SCHEMA_LIST(change_properties)},
	{"shape", SCHEMA_LIST(shape_properties)},
	{"geometric_means", SCHEMA_LIST(mean_properties)},
};

void compare_schema(struct text *to)
{
	size_t i;

	text_string(to, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
			"\"title\":\"comparison of two baselines of etw_exporter\",\n");
	schema_add_object(to, SCHEMA_LIST(comparison_properties));
	text_string(to, ",\n\"definitions\":{\n");
	for (i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
		text_string(to, i ? ",\n" : "");
		schema_add_definition(to, definitions[i].name, definitions[i].properties,
				      definitions[i].count);
		text_char(to, '}');
	}
	text_string(to, "}}\n");
}
