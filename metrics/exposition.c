#include "metrics/exposition.h"

#include <string.h>

#include "metrics/labels.h"

const char *exposition_content_type(enum exposition_format format)
{
	return format == EXPOSITION_OPENMETRICS
		       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
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

void exposition_family(struct exposition *exposition, const struct family_info *family)
{
	exposition->family = family;
	exposition->base_length = base_length(family);
	exposition->begun = false;
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

static void begin(struct exposition *exposition)
{
	size_t full_length = strlen(exposition->family->name);

	exposition->begun = true;
	if (exposition->format == EXPOSITION_OPENMETRICS) {
		add_type(exposition, exposition->base_length);
		add_unit(exposition);
		add_help(exposition, exposition->base_length);
	} else {
		add_help(exposition, full_length);
		add_type(exposition, full_length);
	}
}

static void begin_sample(struct exposition *exposition, const char *const *values)
{
	const struct family_info *family = exposition->family;

	if (!exposition->begun)
		begin(exposition);
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
	begin_sample(exposition, values);
	text_u64(exposition->out, value);
	text_char(exposition->out, '\n');
}

void exposition_double(struct exposition *exposition, const char *const *values, double value)
{
	begin_sample(exposition, values);
	text_double(exposition->out, value);
	text_char(exposition->out, '\n');
}

static char *put(char *to, const char *bytes, size_t length)
{
	memcpy(to, bytes, length);
	return to + length;
}

/* Pages of 100,000 series are made of this: one check for room, then copies. */
void exposition_rendered_u64(struct exposition *exposition, const char *labels, size_t length,
			     uint64_t value)
{
	const char *name = exposition->family->name;
	size_t name_length = strlen(name);
	char *start, *at;

	if (!exposition->begun)
		begin(exposition);
	start = text_reserve(exposition->out,
			     name_length + length + TEXT_U64_MAX + sizeof("{} \n"));
	if (!start)
		return;
	at = put(start, name, name_length);
	if (length) {
		*at++ = '{';
		at = put(at, labels, length);
		*at++ = '}';
	}
	*at++ = ' ';
	at = text_put_u64(at, value);
	*at++ = '\n';
	exposition->out->length += (size_t)(at - start);
}

/* A line up to its number; `suffix` follows the family's name. */
static void begin_rendered(struct exposition *exposition, const char *suffix, const char *labels,
			   size_t length)
{
	struct text *out = exposition->out;

	if (!exposition->begun)
		begin(exposition);
	text_string(out, exposition->family->name);
	text_string(out, suffix);
	if (length) {
		text_char(out, '{');
		text_add(out, labels, length);
		text_char(out, '}');
	}
	text_char(out, ' ');
}

void exposition_rendered_double(struct exposition *exposition, const char *labels, size_t length,
				double value)
{
	begin_rendered(exposition, "", labels, length);
	text_double(exposition->out, value);
	text_char(exposition->out, '\n');
}

/* What all lines of a histogram's buckets begin with. */
static char *put_bucket_prefix(char *at, const char *name, const char *labels, size_t length)
{
	at = put(at, name, strlen(name));
	at = put(at, "_bucket{", strlen("_bucket{"));
	if (!length)
		return at;
	at = put(at, labels, length);
	*at++ = ',';
	return at;
}

static char *put_bucket(char *at, const struct bucket_label *label, uint64_t count)
{
	at = put(at, label->bytes, label->length);
	at = put(at, "} ", 2);
	at = text_put_u64(at, count);
	*at++ = '\n';
	return at;
}

/* Returns the count of all. */
static uint64_t add_buckets(struct exposition *exposition, const char *labels, size_t length,
			    const struct histogram *histogram)
{
	const struct family_info *family = exposition->family;
	size_t prefix = strlen(family->name) + strlen("_bucket{") + length + (length > 0);
	size_t line = prefix + BUCKET_LABEL_MAX + strlen("} ") + TEXT_U64_MAX + strlen("\n");
	uint64_t count = histogram->counts[0];
	char *start = text_reserve(exposition->out, (family->bound_count + 1) * line), *at;
	size_t i;

	if (!start)
		return 0;
	at = put_bucket_prefix(start, family->name, labels, length);
	at = put_bucket(at, &histogram->labels[0], count);
	for (i = 1; i <= family->bound_count; i++) {
		count += histogram->counts[i];
		at = put(at, start, prefix);
		at = put_bucket(at, &histogram->labels[i], count);
	}
	exposition->out->length += (size_t)(at - start);
	return count;
}

/* Sums that may fall are no OpenMetrics, which then wants no count either. */
static bool shows_sum(const struct exposition *exposition)
{
	const struct family_info *family = exposition->family;

	return exposition->format != EXPOSITION_OPENMETRICS || !family->bound_count ||
	       family->bounds[0] >= 0;
}

void exposition_rendered_histogram(struct exposition *exposition, const char *labels, size_t length,
				   const struct histogram *histogram)
{
	uint64_t count;

	if (!exposition->begun)
		begin(exposition);
	count = add_buckets(exposition, labels, length, histogram);
	if (!shows_sum(exposition))
		return;
	begin_rendered(exposition, "_sum", labels, length);
	text_double(exposition->out, histogram->sum);
	text_char(exposition->out, '\n');
	begin_rendered(exposition, "_count", labels, length);
	text_u64(exposition->out, count);
	text_char(exposition->out, '\n');
}
