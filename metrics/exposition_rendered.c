/*
 * Samples of series, whose label text was rendered when they were born: pages of 100,000 of them
 * are made here.
 */
#include <stdlib.h>
#include <string.h>

#include "metrics/exposition_private.h"

#define NS_PER_MS     1000000
#define MS_PER_SECOND 1000
/* Seconds with three decimals. */
#define TIME_MAX (TEXT_U64_MAX + sizeof(".000"))

static char *put(char *to, const char *bytes, size_t length)
{
	memcpy(to, bytes, length);
	return to + length;
}

static char *put_labels(char *at, const char *labels, size_t length)
{
	if (length) {
		*at++ = '{';
		at = put(at, labels, length);
		*at++ = '}';
	}
	*at++ = ' ';
	return at;
}

static char *put_time(char *at, int64_t time_ns)
{
	uint64_t time_ms = (uint64_t)time_ns / NS_PER_MS;
	unsigned int ms = (unsigned int)(time_ms % MS_PER_SECOND);

	at = text_put_u64(at, time_ms / MS_PER_SECOND);
	*at++ = '.';
	*at++ = (char)('0' + ms / 100);
	*at++ = (char)('0' + ms / 10 % 10);
	*at++ = (char)('0' + ms % 10);
	return at;
}

static bool shows_created(const struct exposition *exposition)
{
	return exposition->format == EXPOSITION_OPENMETRICS && exposition->created_ns > 0 &&
	       (exposition->family->type == METRIC_COUNTER ||
		exposition->family->type == METRIC_HISTOGRAM);
}

/* Behind the last sample of a series. */
static void add_created(struct exposition *exposition, const char *labels, size_t length)
{
	char *start, *at;

	if (!shows_created(exposition))
		return;
	start = text_reserve(exposition->out,
			     exposition->base_length + length + TIME_MAX + sizeof("_created{} \n"));
	if (!start)
		return;
	at = put(start, exposition->family->name, exposition->base_length);
	at = put(at, "_created", strlen("_created"));
	at = put_labels(at, labels, length);
	at = put_time(at, exposition->created_ns);
	*at++ = '\n';
	exposition->out->length += (size_t)(at - start);
}

/* Takes the end of the line back, and puts it behind the exemplar. */
static void add_exemplar(struct exposition *exposition, const struct exemplar *exemplar)
{
	struct text *out = exposition->out;
	char time[TIME_MAX];

	if (!exemplar || !exemplar->length || exposition->format != EXPOSITION_OPENMETRICS ||
	    out->failed)
		return;
	out->length--;
	text_string(out, " # {");
	text_add(out, exemplar->labels, exemplar->length);
	text_string(out, "} ");
	text_double(out, exemplar->value);
	if (exemplar->time_ns > 0) {
		text_char(out, ' ');
		text_add(out, time, (size_t)(put_time(time, exemplar->time_ns) - time));
	}
	text_char(out, '\n');
}

void exposition_hand_on(struct exposition *exposition, const char *labels, size_t length,
			double value)
{
	const struct sample_taker *taker = exposition->taker;

	if (taker)
		taker->number(taker->context, exposition->family, labels, length, value);
	else
		protobuf_number(exposition, labels, length, value);
}

/* One check for room, then copies. */
void exposition_rendered_u64(struct exposition *exposition, const char *labels, size_t length,
			     uint64_t value)
{
	const char *name = exposition->family->name;
	size_t name_length;
	char *start, *at;

	if (!exposition_is_shown(exposition))
		return;
	if (!exposition_has_lines(exposition)) {
		exposition_hand_on(exposition, labels, length, (double)value);
		return;
	}
	name_length = strlen(name);
	start = text_reserve(exposition->out,
			     name_length + length + TEXT_U64_MAX + sizeof("{} \n"));
	if (!start)
		return;
	at = put_labels(put(start, name, name_length), labels, length);
	at = text_put_u64(at, value);
	*at++ = '\n';
	exposition->out->length += (size_t)(at - start);
	add_exemplar(exposition, exposition->exemplar);
	add_created(exposition, labels, length);
}

/* A line up to its number; `suffix` follows the family's name. */
static void begin_rendered(struct exposition *exposition, const char *suffix, const char *labels,
			   size_t length)
{
	struct text *out = exposition->out;

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
	if (!exposition_is_shown(exposition))
		return;
	if (!exposition_has_lines(exposition)) {
		exposition_hand_on(exposition, labels, length, value);
		return;
	}
	begin_rendered(exposition, "", labels, length);
	text_double(exposition->out, value);
	text_char(exposition->out, '\n');
	add_exemplar(exposition, exposition->exemplar);
	add_created(exposition, labels, length);
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

/* What is in the buckets may be a few events newer than the count. */
static uint64_t at_most(uint64_t count, uint64_t total)
{
	return count < total ? count : total;
}

static void add_buckets(struct exposition *exposition, const char *labels, size_t length,
			const struct histogram *histogram)
{
	const struct family_info *family = exposition->family;
	size_t prefix = strlen(family->name) + strlen("_bucket{") + length + (length > 0);
	size_t line = prefix + BUCKET_LABEL_MAX + strlen("} ") + TEXT_U64_MAX + strlen("\n");
	char *start = text_reserve(exposition->out, (family->bound_count + 1) * line), *at;
	uint64_t count = 0;
	size_t i;

	if (!start)
		return;
	at = put_bucket_prefix(start, family->name, labels, length);
	for (i = 0; i < family->bound_count; i++) {
		count += histogram->counts[i];
		at = put_bucket(at, &histogram->labels[i], at_most(count, histogram->count));
		at = put(at, start, prefix);
	}
	at = put_bucket(at, &histogram->labels[i], histogram->count);
	exposition->out->length += (size_t)(at - start);
}

/* The same, a bucket at a time, each with its exemplar. */
static void add_buckets_with_exemplars(struct exposition *exposition, const char *labels,
				       size_t length, const struct histogram *histogram)
{
	const struct family_info *family = exposition->family;
	struct text *out = exposition->out;
	uint64_t count = 0;
	size_t i;

	for (i = 0; i <= family->bound_count; i++) {
		count += histogram->counts[i];
		text_string(out, family->name);
		text_string(out, "_bucket{");
		text_add(out, labels, length);
		if (length)
			text_char(out, ',');
		text_add(out, histogram->labels[i].bytes, histogram->labels[i].length);
		text_string(out, "} ");
		text_u64(out, i == family->bound_count ? histogram->count
						       : at_most(count, histogram->count));
		text_char(out, '\n');
		add_exemplar(exposition, &histogram->exemplars[i]);
	}
}

/* Sums that may fall are no OpenMetrics, which then wants no count either. */
static bool shows_sum(const struct exposition *exposition)
{
	return exposition->format != EXPOSITION_OPENMETRICS ||
	       !family_takes_negative(exposition->family);
}

void exposition_rendered_histogram(struct exposition *exposition, const char *labels, size_t length,
				   const struct histogram *histogram)
{
	if (!exposition_is_shown(exposition))
		return;
	if (exposition->taker) {
		exposition->taker->histogram(exposition->taker->context, exposition->family, labels,
					     length, histogram);
		return;
	}
	if (exposition->format == EXPOSITION_PROTOBUF) {
		protobuf_histogram(exposition, labels, length, histogram);
		return;
	}
	if (histogram->exemplars)
		add_buckets_with_exemplars(exposition, labels, length, histogram);
	else
		add_buckets(exposition, labels, length, histogram);
	if (shows_sum(exposition)) {
		begin_rendered(exposition, "_sum", labels, length);
		text_double(exposition->out, histogram->sum);
		text_char(exposition->out, '\n');
		begin_rendered(exposition, "_count", labels, length);
		text_u64(exposition->out, histogram->count);
		text_char(exposition->out, '\n');
	}
	add_created(exposition, labels, length);
}
