#include "metrics/exposition.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "metrics/exposition_private.h"
#include "metrics/labels.h"

#define NS_PER_SECOND 1000000000

#define WITH_SCHEMES(type)                                                                         \
	{                                                                                          \
		[ESCAPING_UNSAID] = (type), [ESCAPING_ALLOW_UTF8] = type "; escaping=allow-utf-8", \
		[ESCAPING_UNDERSCORES] = type "; escaping=underscores",                            \
		[ESCAPING_VALUES] = type "; escaping=values",                                      \
	}

const char *exposition_content_type(struct exposition_type type)
{
	static const char *const types[EXPOSITION_FORMATS][ESCAPING_SCHEMES] = {
		[EXPOSITION_TEXT] = WITH_SCHEMES("text/plain; version=0.0.4; charset=utf-8"),
		[EXPOSITION_TEXT_1] = WITH_SCHEMES("text/plain; version=1.0.0; charset=utf-8"),
		[EXPOSITION_OPENMETRICS] = WITH_SCHEMES("application/openmetrics-text; "
							"version=1.0.0; charset=utf-8"),
		[EXPOSITION_PROTOBUF] = WITH_SCHEMES("application/vnd.google.protobuf; "
						     "proto=io.prometheus.client.MetricFamily; "
						     "encoding=delimited"),
	};

	if (type.format == EXPOSITION_TEXT_1 && type.escaping == ESCAPING_UNSAID)
		type.escaping = ESCAPING_UNDERSCORES;
	return types[type.format][type.escaping];
}

static bool ends_with(const char *name, size_t length, const char *suffix)
{
	size_t suffix_length = strlen(suffix);

	return length > suffix_length &&
	       memcmp(name + length - suffix_length, suffix, suffix_length) == 0;
}

static const char *suffix_of(enum metric_type type)
{
	switch (type) {
	case METRIC_COUNTER:
		return "_total";
	case METRIC_INFO:
		return "_info";
	case METRIC_GAUGE:
	case METRIC_HISTOGRAM:
		break;
	}
	return "";
}

/* OpenMetrics names a family without what its type adds to the names of samples. */
static size_t base_length(const struct family_info *family)
{
	const char *suffix = suffix_of(family->type);
	size_t length = strlen(family->name);

	return *suffix && ends_with(family->name, length, suffix) ? length - strlen(suffix)
								  : length;
}

static int compare_names(const void *key, const void *name)
{
	return strcmp(key, *(const char *const *)name);
}

static bool filter_has(const struct name_filter *filter, const char *name)
{
	return filter->count &&
	       bsearch(name, filter->names, filter->count, sizeof(*filter->names), compare_names);
}

static bool is_wanted(const struct exposition *exposition)
{
	const struct name_filter *filter = exposition->filter;
	char base[FAMILY_NAME_MAX + 1];

	if (!filter || filter_has(filter, exposition->family->name))
		return true;
	if (exposition->base_length >= sizeof(base))
		return false;
	memcpy(base, exposition->family->name, exposition->base_length);
	base[exposition->base_length] = '\0';
	return filter_has(filter, base);
}

bool exposition_family(struct exposition *exposition, const struct family_info *family)
{
	if (exposition->begun && exposition->format == EXPOSITION_PROTOBUF)
		protobuf_family_end(exposition);
	exposition->family = family;
	exposition->begun = false;
	exposition->created_ns = 0;
	exposition->exemplar = NULL;
	if (!family)
		return false;
	exposition->base_length = base_length(family);
	exposition->hidden = exposition_is_late(exposition) || !is_wanted(exposition);
	return !exposition->hidden;
}

bool exposition_is_late(struct exposition *exposition)
{
	struct timespec now;

	if (exposition->late || !exposition->deadline_ns)
		return exposition->late;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec < exposition->deadline_ns)
		return false;
	exposition->late = true;
	exposition->out->failed = true;
	return true;
}

static const char *type_name(enum metric_type type, enum exposition_format format)
{
	switch (type) {
	case METRIC_COUNTER:
		return "counter";
	case METRIC_INFO:
		return format == EXPOSITION_OPENMETRICS ? "info" : "gauge";
	case METRIC_HISTOGRAM:
		return "histogram";
	case METRIC_GAUGE:
		break;
	}
	return "gauge";
}

static void add_comment(struct exposition *exposition, const char *keyword, size_t name_length)
{
	text_string(exposition->out, "# ");
	text_string(exposition->out, keyword);
	text_char(exposition->out, ' ');
	text_add(exposition->out, exposition->family->name, name_length);
	text_char(exposition->out, ' ');
}

static void add_type(struct exposition *exposition, size_t name_length)
{
	add_comment(exposition, "TYPE", name_length);
	text_string(exposition->out, type_name(exposition->family->type, exposition->format));
	text_char(exposition->out, '\n');
}

static void add_help(struct exposition *exposition, size_t name_length)
{
	add_comment(exposition, "HELP", name_length);
	text_help(exposition->out, exposition->family->help,
		  exposition->format == EXPOSITION_OPENMETRICS);
	text_char(exposition->out, '\n');
}

/* OpenMetrics allows infos no unit. */
static void add_unit(struct exposition *exposition)
{
	static const char *const units[] = {"seconds", "bytes"};
	const struct family_info *family = exposition->family;
	size_t length = exposition->base_length;
	size_t i, unit_length;

	if (family->type == METRIC_INFO)
		return;
	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		unit_length = strlen(units[i]);
		if (!ends_with(family->name, length, units[i]) ||
		    family->name[length - unit_length - 1] != '_')
			continue;
		add_comment(exposition, "UNIT", length);
		text_string(exposition->out, units[i]);
		text_char(exposition->out, '\n');
	}
}

void exposition_begin(struct exposition *exposition)
{
	size_t full_length = strlen(exposition->family->name);

	exposition->begun = true;
	if (exposition->taker)
		return;
	switch (exposition->format) {
	case EXPOSITION_PROTOBUF:
		protobuf_family_begin(exposition);
		break;
	case EXPOSITION_OPENMETRICS:
		add_type(exposition, exposition->base_length);
		add_unit(exposition);
		add_help(exposition, exposition->base_length);
		break;
	default:
		add_help(exposition, full_length);
		add_type(exposition, full_length);
	}
}

/* Labels that are not rendered yet go through their text, for one way to write them. */
static void add_rendered(struct exposition *exposition, const char *const *values, double value)
{
	struct text labels;

	text_init(&labels, exposition->out->limit);
	labels_render(&labels, exposition->family, values, SIZE_MAX);
	if (labels.failed)
		exposition->out->failed = true;
	else
		exposition_hand_on(exposition, labels.bytes, labels.length, value);
	text_done(&labels);
}

static void begin_sample(struct exposition *exposition, const char *const *values)
{
	const struct family_info *family = exposition->family;

	text_string(exposition->out, family->name);
	if (family->label_count) {
		text_char(exposition->out, '{');
		labels_render(exposition->out, family, values, SIZE_MAX);
		text_char(exposition->out, '}');
	}
	text_char(exposition->out, ' ');
}

void exposition_u64(struct exposition *exposition, const char *const *values, uint64_t value)
{
	if (!exposition_is_shown(exposition))
		return;
	if (!exposition_has_lines(exposition)) {
		add_rendered(exposition, values, (double)value);
		return;
	}
	begin_sample(exposition, values);
	text_u64(exposition->out, value);
	text_char(exposition->out, '\n');
}

void exposition_double(struct exposition *exposition, const char *const *values, double value)
{
	if (!exposition_is_shown(exposition))
		return;
	if (!exposition_has_lines(exposition)) {
		add_rendered(exposition, values, value);
		return;
	}
	begin_sample(exposition, values);
	text_double(exposition->out, value);
	text_char(exposition->out, '\n');
}
