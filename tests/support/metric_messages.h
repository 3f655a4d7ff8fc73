/*
 * metric_messages: io.prometheus.client.MetricFamily messages made by hand, right or wrong, with
 * each its length before it. What is begun is ended in reverse order; field numbers are those of
 * metrics.proto, up to 15.
 */
#ifndef TESTS_SUPPORT_METRIC_MESSAGES_H
#define TESTS_SUPPORT_METRIC_MESSAGES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "metrics/protobuf.h"

#define MESSAGES_MAX ((size_t)1 << 20)

enum {
	TYPE_COUNTER,
	TYPE_GAUGE,
	TYPE_SUMMARY,
	TYPE_UNTYPED,
	TYPE_HISTOGRAM,
	TYPE_GAUGE_HISTOGRAM
};

enum {
	FIELD_LABEL = 1,
	FIELD_GAUGE = 2,
	FIELD_COUNTER = 3,
	FIELD_METRIC = 4,
	FIELD_HISTOGRAM = 7
};

struct messages {
	char bytes[MESSAGES_MAX];
	char *at;
};

static inline void messages_clear(struct messages *messages)
{
	messages->at = messages->bytes;
}

static inline size_t messages_length(const struct messages *messages)
{
	return (size_t)(messages->at - messages->bytes);
}

static inline char *message_begin(struct messages *messages)
{
	char *start = messages->at;

	messages->at = protobuf_open(start);
	return start;
}

static inline void message_end(struct messages *messages, unsigned int field, char *start)
{
	messages->at = protobuf_close(start, field, messages->at);
}

static inline void put_u64(struct messages *messages, unsigned int field, uint64_t value)
{
	messages->at = protobuf_put_u64(messages->at, field, value);
}

static inline void put_s64(struct messages *messages, unsigned int field, int64_t value)
{
	messages->at = protobuf_put_s64(messages->at, field, value);
}

static inline void put_double(struct messages *messages, unsigned int field, double value)
{
	messages->at = protobuf_put_double(messages->at, field, value);
}

static inline void put_string(struct messages *messages, unsigned int field, const char *string)
{
	messages->at = protobuf_put_bytes(messages->at, field, string, strlen(string));
}

static inline char *family_begin(struct messages *messages, const char *name, uint64_t type)
{
	char *start = message_begin(messages);

	put_string(messages, 1, name);
	put_string(messages, 2, "Help.");
	put_u64(messages, 3, type);
	return start;
}

/* Families have no tag, but their length. */
static inline void family_end(struct messages *messages, char *start)
{
	const char *body = protobuf_open(start);
	size_t length = (size_t)(messages->at - body);
	char *at = protobuf_put_varint(start, length);

	memmove(at, body, length);
	messages->at = at + length;
}

static inline void put_label(struct messages *messages, const char *name, const char *value)
{
	char *start = message_begin(messages);

	put_string(messages, 1, name);
	put_string(messages, 2, value);
	message_end(messages, FIELD_LABEL, start);
}

static inline void put_created(struct messages *messages, unsigned int field, uint64_t seconds,
			       uint64_t nanos)
{
	char *start = message_begin(messages);

	put_u64(messages, 1, seconds);
	put_u64(messages, 2, nanos);
	message_end(messages, field, start);
}

/* A counter or gauge without labels. */
static inline void put_number(struct messages *messages, const char *name, uint64_t type,
			      double value)
{
	char *family = family_begin(messages, name, type), *metric = message_begin(messages);
	char *number = message_begin(messages);

	put_double(messages, 1, value);
	message_end(messages, type == TYPE_COUNTER ? FIELD_COUNTER : FIELD_GAUGE, number);
	message_end(messages, FIELD_METRIC, metric);
	family_end(messages, family);
}

static inline void put_bucket(struct messages *messages, double bound, uint64_t below)
{
	char *start = message_begin(messages);

	put_u64(messages, 1, below);
	put_double(messages, 2, bound);
	message_end(messages, 3, start);
}

/* `field` is 9 of buckets below 0, 12 of those above. */
static inline void put_span(struct messages *messages, unsigned int field, int64_t offset,
			    uint64_t length)
{
	char *start = message_begin(messages);

	put_s64(messages, 1, offset);
	put_u64(messages, 2, length);
	message_end(messages, field, start);
}

/* Packed; `field` is 10 or 13. */
static inline void put_deltas(struct messages *messages, unsigned int field, const int64_t *deltas,
			      size_t count)
{
	char *start = message_begin(messages);
	size_t i;

	for (i = 0; i < count; i++)
		messages->at = protobuf_put_varint(messages->at, protobuf_zigzag(deltas[i]));
	message_end(messages, field, start);
}

/* What a native histogram is told to be, with one row of buckets on either side. */
struct native_told {
	int64_t schema;
	double zero_threshold;
	uint64_t zero;
	int64_t negative_first; /* index of the first bucket */
	size_t negative_count;
	uint64_t negative[16];
	int64_t positive_first;
	size_t positive_count;
	uint64_t positive[16];
	double sum;
	uint64_t created; /* seconds; 0: not told */
};

static inline uint64_t put_side(struct messages *messages, unsigned int field, int64_t first,
				const uint64_t *counts, size_t count)
{
	int64_t deltas[16];
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		deltas[i] = (int64_t)(counts[i] - (i ? counts[i - 1] : 0));
		sum += counts[i];
	}
	if (count) {
		put_span(messages, field, first, count);
		put_deltas(messages, field + 1, deltas, count);
	}
	return sum;
}

/* The fields of its message. */
static inline void put_native_fields(struct messages *messages, const struct native_told *told)
{
	uint64_t count = told->zero;

	put_double(messages, 2, told->sum);
	put_s64(messages, 5, told->schema);
	put_double(messages, 6, told->zero_threshold);
	put_u64(messages, 7, told->zero);
	count += put_side(messages, 9, told->negative_first, told->negative, told->negative_count);
	count += put_side(messages, 12, told->positive_first, told->positive, told->positive_count);
	put_u64(messages, 1, count);
	if (told->created)
		put_created(messages, 15, told->created, 0);
}

/* A family of one without labels. */
static inline void put_native(struct messages *messages, const char *name,
			      const struct native_told *told)
{
	char *family = family_begin(messages, name, TYPE_HISTOGRAM);
	char *metric = message_begin(messages), *histogram = message_begin(messages);

	put_native_fields(messages, told);
	message_end(messages, FIELD_HISTOGRAM, histogram);
	message_end(messages, FIELD_METRIC, metric);
	family_end(messages, family);
}

#endif
