/* Families and samples as client_model's metrics.proto has them. */
#include <math.h>
#include <string.h>

#include "metrics/exposition_private.h"
#include "metrics/protobuf.h"

/* Numbers of fields, and values of MetricType, in metrics.proto. */
enum {
	FAMILY_NAME = 1,
	FAMILY_HELP = 2,
	FAMILY_TYPE = 3,
	FAMILY_METRIC = 4,

	METRIC_LABEL = 1,
	METRIC_IS_GAUGE = 2,
	METRIC_IS_COUNTER = 3,
	METRIC_IS_HISTOGRAM = 7,

	LABEL_NAME = 1,
	LABEL_VALUE = 2,

	NUMBER_VALUE = 1,
	COUNTER_EXEMPLAR = 2,
	COUNTER_CREATED = 3,

	HISTOGRAM_COUNT = 1,
	HISTOGRAM_SUM = 2,
	HISTOGRAM_BUCKET = 3,
	HISTOGRAM_SCHEMA = 5,
	HISTOGRAM_ZERO_THRESHOLD = 6,
	HISTOGRAM_ZERO_COUNT = 7,
	HISTOGRAM_NEGATIVE_SPAN = 9,
	HISTOGRAM_NEGATIVE_DELTA = 10,
	HISTOGRAM_POSITIVE_SPAN = 12,
	HISTOGRAM_POSITIVE_DELTA = 13,
	HISTOGRAM_CREATED = 15,

	BUCKET_COUNT = 1,
	BUCKET_BOUND = 2,
	BUCKET_EXEMPLAR = 3,

	EXEMPLAR_VALUE = 2, /* its labels have the number of a metric's */
	EXEMPLAR_TIMESTAMP = 3,

	SPAN_OFFSET = 1,
	SPAN_LENGTH = 2,

	TIMESTAMP_SECONDS = 1,
	TIMESTAMP_NANOS = 2,

	TYPE_COUNTER = 0,
	TYPE_GAUGE = 1,
	TYPE_HISTOGRAM = 4,
};

#define NS_PER_SECOND 1000000000

/* Headers of a label and of its two texts, less what stands around these in the text format. */
#define LABEL_OVERHEAD (3 * (size_t)PROTOBUF_HEADER_MAX)
#define TIMESTAMP_MAX  (PROTOBUF_HEADER_MAX + 2 * (size_t)PROTOBUF_NUMBER_MAX)
#define BUCKET_MAX     (PROTOBUF_HEADER_MAX + 2 * (size_t)PROTOBUF_NUMBER_MAX)
/* A label has at least its name and `=""`. */
#define EXEMPLAR_MAX                                                                      \
	(PROTOBUF_HEADER_MAX + EXEMPLAR_BYTES +                                           \
	 EXEMPLAR_BYTES / (sizeof("a=\"\"") - 1) * LABEL_OVERHEAD + PROTOBUF_NUMBER_MAX + \
	 TIMESTAMP_MAX)
/* A span and a difference each, at most. */
#define NATIVE_BUCKET_MAX (PROTOBUF_HEADER_MAX + 3 * (size_t)PROTOBUF_NUMBER_MAX)
#define NATIVE_MAX	  (3 * (size_t)PROTOBUF_NUMBER_MAX + 2 * (size_t)PROTOBUF_HEADER_MAX)
#define METRIC_OVERHEAD \
	(2 * (size_t)PROTOBUF_HEADER_MAX + 2 * (size_t)PROTOBUF_NUMBER_MAX + TIMESTAMP_MAX)

static unsigned int type_of(enum metric_type type)
{
	switch (type) {
	case METRIC_COUNTER:
		return TYPE_COUNTER;
	case METRIC_HISTOGRAM:
		return TYPE_HISTOGRAM;
	case METRIC_GAUGE:
	case METRIC_INFO:
		break;
	}
	return TYPE_GAUGE;
}

static void add_help(struct exposition *exposition)
{
	struct text help;
	char *start, *at;

	text_init(&help, exposition->out->limit);
	text_utf8(&help, exposition->family->help);
	start = help.failed ? NULL
			    : text_reserve(exposition->out, PROTOBUF_HEADER_MAX + help.length);
	if (start && help.length) {
		at = protobuf_put_bytes(start, FAMILY_HELP, help.bytes, help.length);
		exposition->out->length += (size_t)(at - start);
	}
	exposition->out->failed = exposition->out->failed || help.failed;
	text_done(&help);
}

void protobuf_family_begin(struct exposition *exposition)
{
	const struct family_info *family = exposition->family;
	size_t length = strlen(family->name);
	char *start;

	exposition->start = exposition->out->length;
	start = text_reserve(exposition->out, PROTOBUF_HEADER_MAX + length);
	if (!start)
		return;
	exposition->out->length +=
		(size_t)(protobuf_put_bytes(start, FAMILY_NAME, family->name, length) - start);
	add_help(exposition);
	start = text_reserve(exposition->out, PROTOBUF_NUMBER_MAX);
	if (start)
		exposition->out->length +=
			(size_t)(protobuf_put_u64(start, FAMILY_TYPE, type_of(family->type)) -
				 start);
}

void protobuf_family_end(struct exposition *exposition)
{
	struct text *out = exposition->out;
	size_t length = out->length - exposition->start;
	size_t header = protobuf_varint_size(length);
	char *start;

	if (!text_reserve(out, header))
		return;
	start = out->bytes + exposition->start;
	memmove(start + header, start, length);
	protobuf_put_varint(start, length);
	out->length += header;
}

/* Of an escaped value, from its first byte: its end, which is a quote, and how many escapes. */
static const char *find_quote(const char *at, size_t *escapes)
{
	*escapes = 0;
	for (; *at != '"'; at++) {
		if (*at == '\\') {
			at++;
			++*escapes;
		}
	}
	return at;
}

static char *put_unescaped(char *to, const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\\') {
			at++;
			*to++ = (char)(*at == 'n' ? '\n' : *at);
		} else {
			*to++ = *at;
		}
	}
	return to;
}

/* Of the text of a label, name="value", with what is escaped as labels_render() does. */
static char *put_label(char *to, const char **labels)
{
	const char *name = *labels, *equals = strchr(name, '='), *value = equals + 2;
	size_t name_length = (size_t)(equals - name), escapes;
	const char *quote = find_quote(value, &escapes);
	size_t value_length = (size_t)(quote - value) - escapes;

	to = protobuf_put_header(to, METRIC_LABEL,
				 2 + protobuf_varint_size(name_length) + name_length +
					 protobuf_varint_size(value_length) + value_length);
	to = protobuf_put_bytes(to, LABEL_NAME, name, name_length);
	if (!escapes) {
		to = protobuf_put_bytes(to, LABEL_VALUE, value, value_length);
	} else {
		to = protobuf_put_header(to, LABEL_VALUE, value_length);
		to = put_unescaped(to, value, quote);
	}
	*labels = quote + 1;
	return to;
}

static char *put_labels(char *to, const char *labels, size_t length)
{
	const char *end = labels + length;

	while (labels < end) {
		to = put_label(to, &labels);
		labels += labels < end;
	}
	return to;
}

/* A google.protobuf.Timestamp; nothing where the time is not told. */
static char *put_time(char *at, unsigned int field, int64_t time_ns)
{
	char *start = at;

	if (time_ns <= 0)
		return at;
	at = protobuf_open(start);
	at = protobuf_put_u64(at, TIMESTAMP_SECONDS, (uint64_t)(time_ns / NS_PER_SECOND));
	at = protobuf_put_u64(at, TIMESTAMP_NANOS, (uint64_t)(time_ns % NS_PER_SECOND));
	return protobuf_close(start, field, at);
}

static char *put_exemplar(char *start, unsigned int field, const struct exemplar *exemplar)
{
	char *at;

	if (!exemplar || !exemplar->length)
		return start;
	at = put_labels(protobuf_open(start), exemplar->labels, exemplar->length);
	at = protobuf_put_double(at, EXEMPLAR_VALUE, exemplar->value);
	at = put_time(at, EXEMPLAR_TIMESTAMP, exemplar->time_ns);
	return protobuf_close(start, field, at);
}

/* Room for a metric whose number takes `more` bytes. NULL: the page has failed. */
static char *begin_metric(struct exposition *exposition, size_t length, size_t more)
{
	return text_reserve(exposition->out,
			    METRIC_OVERHEAD + length +
				    exposition->family->label_count * LABEL_OVERHEAD + more);
}

static void end_metric(struct exposition *exposition, char *start, const char *end)
{
	exposition->out->length += (size_t)(protobuf_close(start, FAMILY_METRIC, end) - start);
}

void protobuf_number(struct exposition *exposition, const char *labels, size_t length, double value)
{
	bool is_counter = exposition->family->type == METRIC_COUNTER;
	char *start = begin_metric(exposition, length, EXEMPLAR_MAX), *number, *at;

	if (!start)
		return;
	number = put_labels(protobuf_open(start), labels, length);
	at = protobuf_put_double(protobuf_open(number), NUMBER_VALUE, value);
	if (is_counter) {
		at = put_exemplar(at, COUNTER_EXEMPLAR, exposition->exemplar);
		at = put_time(at, COUNTER_CREATED, exposition->created_ns);
	}
	at = protobuf_close(number, is_counter ? METRIC_IS_COUNTER : METRIC_IS_GAUGE, at);
	end_metric(exposition, start, at);
}

static char *put_bucket(char *start, double bound, uint64_t count, const struct exemplar *exemplar)
{
	char *at = protobuf_open(start);

	at = protobuf_put_u64(at, BUCKET_COUNT, count);
	at = protobuf_put_double(at, BUCKET_BOUND, bound);
	at = put_exemplar(at, BUCKET_EXEMPLAR, exemplar);
	return protobuf_close(start, HISTOGRAM_BUCKET, at);
}

/* That of +Inf is said by the count, and only there where it has an exemplar. */
static char *put_buckets(char *at, const struct family_info *family,
			 const struct histogram *histogram, uint64_t total)
{
	const struct exemplar *exemplars = histogram->exemplars;
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < family->bound_count; i++) {
		count += histogram->counts[i];
		at = put_bucket(at, family->bounds[i], count < total ? count : total,
				exemplars ? &exemplars[i] : NULL);
	}
	if (exemplars && exemplars[i].length)
		at = put_bucket(at, (double)INFINITY, total, &exemplars[i]);
	return at;
}

/* A side of the native buckets: those of values over 0, or of values below. */
struct side {
	const int32_t *keys;
	const uint64_t *counts;
	size_t count;
};

static char *put_span(char *at, unsigned int field, int64_t offset, size_t length)
{
	at = protobuf_put_header(at, field,
				 2 + protobuf_varint_size(protobuf_zigzag(offset)) +
					 protobuf_varint_size(length));
	at = protobuf_put_s64(at, SPAN_OFFSET, offset);
	return protobuf_put_u64(at, SPAN_LENGTH, length);
}

/* Where buckets follow each other without a gap they are one span. */
static char *put_spans(char *at, unsigned int field, const struct side *side)
{
	int64_t end = 0, number;
	size_t i = 0, begin;

	while (i < side->count) {
		begin = i;
		number = native_key_number(side->keys[i]);
		for (i++; i < side->count && side->keys[i] == side->keys[i - 1] + 1; i++)
			;
		at = put_span(at, field, number - end, i - begin);
		end = number + (int64_t)(i - begin);
	}
	return at;
}

/* Each count less the one before it. */
static char *put_deltas(char *start, unsigned int field, const struct side *side)
{
	char *at = protobuf_open(start);
	uint64_t before = 0;
	size_t i;

	for (i = 0; i < side->count; i++) {
		at = protobuf_put_varint(at, protobuf_zigzag((int64_t)(side->counts[i] - before)));
		before = side->counts[i];
	}
	return side->count ? protobuf_close(start, field, at) : start;
}

static char *put_native(char *at, const struct native_buckets *buckets,
			const struct native_set *set)
{
	struct side negative = {set->keys, set->counts, 0}, positive;

	while (negative.count < set->count && native_key_is_negative(set->keys[negative.count]))
		negative.count++;
	positive = (struct side){set->keys + negative.count, set->counts + negative.count,
				 set->count - negative.count};
	at = protobuf_put_s64(at, HISTOGRAM_SCHEMA, set->schema);
	at = protobuf_put_double(at, HISTOGRAM_ZERO_THRESHOLD, buckets->zero_threshold);
	at = protobuf_put_u64(at, HISTOGRAM_ZERO_COUNT, set->zero);
	at = put_spans(at, HISTOGRAM_NEGATIVE_SPAN, &negative);
	at = put_deltas(at, HISTOGRAM_NEGATIVE_DELTA, &negative);
	at = put_spans(at, HISTOGRAM_POSITIVE_SPAN, &positive);
	return put_deltas(at, HISTOGRAM_POSITIVE_DELTA, &positive);
}

static size_t room_for(const struct family_info *family, const struct histogram *histogram)
{
	size_t bucket = BUCKET_MAX + (histogram->exemplars ? EXEMPLAR_MAX : 0);
	size_t room = (family->bound_count + 1) * bucket;

	return histogram->native ? room + NATIVE_MAX + histogram->native->count * NATIVE_BUCKET_MAX
				 : room;
}

void protobuf_histogram(struct exposition *exposition, const char *labels, size_t length,
			const struct histogram *histogram)
{
	const struct family_info *family = exposition->family;
	char *start = begin_metric(exposition, length, room_for(family, histogram));
	char *body, *at;

	if (!start)
		return;
	body = put_labels(protobuf_open(start), labels, length);
	at = protobuf_put_u64(protobuf_open(body), HISTOGRAM_COUNT, histogram->count);
	at = protobuf_put_double(at, HISTOGRAM_SUM, histogram->sum);
	at = put_buckets(at, family, histogram, histogram->count);
	if (histogram->native)
		at = put_native(at, family->native, histogram->native);
	at = put_time(at, HISTOGRAM_CREATED, exposition->created_ns);
	at = protobuf_close(body, METRIC_IS_HISTOGRAM, at);
	end_metric(exposition, start, at);
}
