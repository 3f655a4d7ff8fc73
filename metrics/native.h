/*
 * native: buckets of native histograms: in a cell, where its thread observes into them, and what
 * scrapes read of them and add up.
 *
 * In a cell they are a table of fixed size, sorted by bucket. That a value falls into a bucket
 * which is there changes one word. Where buckets are added or merged a counter is odd meanwhile:
 * a scrape that sees it change reads the table again, and the thread that observes never waits.
 */
#ifndef METRICS_NATIVE_H
#define METRICS_NATIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/family_info.h"

#define NATIVE_BOUNDS 256

/* Of the buckets of schema 8 from 0.5 to 1, the lower ones. */
extern const double native_bounds[NATIVE_BOUNDS];

/* The schema whose buckets grow by at most this factor, which is over 1, as closely as there is. */
int native_schema_of(double factor);

/* The number of the bucket of a value, over 2^-128; its upper bound is 2^(number / 2^schema). */
int32_t native_bucket(double value, int schema);

/* Words of a table, and how it begins. */
size_t native_words(const struct native_buckets *native);
void native_clear(_Atomic uint64_t *table, const struct native_buckets *native);

/* Only by the thread that owns the table; `value` is finite and as shown. */
void native_observe(_Atomic uint64_t *table, const struct native_buckets *native, double value);

/* Buckets as a scrape has them: those below 0 come first, each by number. */
struct native_set {
	int schema;
	uint64_t zero; /* how many values were 0 or nearly */
	size_t count;
	int32_t *keys; /* see native_key_number() */
	uint64_t *counts;
};

/* A bucket of values below 0 or not, and its number, are one key. */
#define NATIVE_KEY_BIAS ((int32_t)1 << 20)

static inline bool native_key_is_negative(int32_t key)
{
	return key < 0;
}

static inline int32_t native_key_number(int32_t key)
{
	return key < 0 ? key + NATIVE_KEY_BIAS : key - NATIVE_KEY_BIAS;
}

/* What several tables amount to. Used by one thread. */
struct native_sum;

/* NULL: out of memory. */
struct native_sum *native_sum_new(const struct native_buckets *native);
void native_sum_free(struct native_sum *sum);

void native_sum_clear(struct native_sum *sum);
/* Adds a table. Where schemas differ the lower one is that of the sum, as it is where the sum would
 * have too many buckets. */
void native_sum_add(struct native_sum *sum, const _Atomic uint64_t *table);
/* Valid until the next of these. */
const struct native_set *native_sum_set(const struct native_sum *sum);

#endif
