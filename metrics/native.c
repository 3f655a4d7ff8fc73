#include "metrics/native.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>

#include "metrics/cell.h"

/* Words of a table; behind them are `max` keys, and as many counts. */
enum {
	TABLE_CHANGES, /* odd while the table is changed */
	TABLE_SCHEMA,
	TABLE_USED,
	TABLE_ZERO,
	TABLE_KEYS
};

#define EXPONENT_SHIFT 52
#define EXPONENT_BIAS  1022 /* of a number from 0.5 to 1 */

int native_schema_of(double factor)
{
	double power = floor(log2(log2(factor)));

	if (power <= -NATIVE_SCHEMA_MOST)
		return NATIVE_SCHEMA_MOST;
	return power >= -NATIVE_SCHEMA_LEAST ? NATIVE_SCHEMA_LEAST : -(int)power;
}

/* Upwards, as bounds are upper ones. */
static int32_t divide_by_power(int32_t number, int power)
{
	return (number + ((int32_t)1 << power) - 1) >> power;
}

/* How many lower bounds, of 2^schema, are below the fraction. */
static int32_t bounds_below(double fraction, int schema)
{
	const double *at = native_bounds;
	size_t half = NATIVE_BOUNDS / 2;
	int i;

	for (i = 0; i < schema; i++, half /= 2)
		at += at[half] < fraction ? half : 0;
	return (int32_t)((at - native_bounds) >> (NATIVE_SCHEMA_MOST - schema)) + (*at < fraction);
}

int32_t native_bucket(double value, int schema)
{
	const uint64_t mantissa = ((uint64_t)1 << EXPONENT_SHIFT) - 1;
	uint64_t bits = cell_bits_of(value);
	int32_t exponent = (int32_t)(bits >> EXPONENT_SHIFT) - EXPONENT_BIAS;
	double fraction =
		cell_double_of((bits & mantissa) | (uint64_t)EXPONENT_BIAS << EXPONENT_SHIFT);

	if (schema > 0)
		return (exponent - 1) * ((int32_t)1 << schema) + bounds_below(fraction, schema);
	return divide_by_power(exponent - (fraction == 0.5), -schema);
}

static int32_t key_of(double value, int schema)
{
	int32_t number = native_bucket(fabs(value), schema);

	return value < 0 ? number - NATIVE_KEY_BIAS : number + NATIVE_KEY_BIAS;
}

/* The key of the bucket that one is part of by the next lower schema. */
static int32_t lower_key(int32_t key)
{
	int32_t number = divide_by_power(native_key_number(key), 1);

	return native_key_is_negative(key) ? number - NATIVE_KEY_BIAS : number + NATIVE_KEY_BIAS;
}

size_t native_words(const struct native_buckets *native)
{
	return TABLE_KEYS + 2 * native->max;
}

void native_clear(_Atomic uint64_t *table, const struct native_buckets *native)
{
	size_t i;

	for (i = 0; i < native_words(native); i++)
		atomic_store_explicit(&table[i], 0, memory_order_relaxed);
	atomic_store_explicit(&table[TABLE_SCHEMA], (uint64_t)(int64_t)native->schema,
			      memory_order_relaxed);
}

/* Of the table's own thread. */
static uint64_t get(const _Atomic uint64_t *table, size_t at)
{
	return atomic_load_explicit(&table[at], memory_order_relaxed);
}

/* Who reads what was put sees how the counter of changes was then, or later. */
static void put(_Atomic uint64_t *table, size_t at, uint64_t value)
{
	atomic_store_explicit(&table[at], value, memory_order_release);
}

static int32_t key_at(const _Atomic uint64_t *table, size_t i)
{
	return (int32_t)(int64_t)get(table, TABLE_KEYS + i);
}

/* The first of the keys that is not below this one. */
static size_t place_of(const _Atomic uint64_t *table, int32_t key)
{
	size_t low = 0, high = get(table, TABLE_USED), middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (key_at(table, middle) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void put_bucket(_Atomic uint64_t *table, size_t max, size_t i, int32_t key, uint64_t count)
{
	put(table, TABLE_KEYS + i, (uint64_t)(int64_t)key);
	put(table, TABLE_KEYS + max + i, count);
}

/* Merges buckets by the next lower schema. */
static void lower_table(_Atomic uint64_t *table, size_t max)
{
	size_t used = get(table, TABLE_USED), kept = 0, i;

	for (i = 0; i < used; i++) {
		int32_t key = lower_key(key_at(table, i));
		uint64_t count = get(table, TABLE_KEYS + max + i);

		if (kept && key_at(table, kept - 1) == key)
			put(table, TABLE_KEYS + max + kept - 1,
			    get(table, TABLE_KEYS + max + kept - 1) + count);
		else
			put_bucket(table, max, kept++, key, count);
	}
	put(table, TABLE_USED, kept);
	put(table, TABLE_SCHEMA, get(table, TABLE_SCHEMA) - 1);
}

static int schema_at(const _Atomic uint64_t *table)
{
	return (int)(int64_t)get(table, TABLE_SCHEMA);
}

static void insert(_Atomic uint64_t *table, size_t max, size_t place, int32_t key)
{
	size_t used = get(table, TABLE_USED), i;

	for (i = used; i > place; i--)
		put_bucket(table, max, i, key_at(table, i - 1),
			   get(table, TABLE_KEYS + max + i - 1));
	put_bucket(table, max, place, key, 1);
	put(table, TABLE_USED, used + 1);
}

/* Counts a value in the bucket that is there; false: none is. */
static bool count_known(_Atomic uint64_t *table, size_t max, size_t place, int32_t key)
{
	_Atomic uint64_t *counts = table + TABLE_KEYS + max;

	if (place == get(table, TABLE_USED) || key_at(table, place) != key)
		return false;
	put(counts, place, get(counts, place) + 1);
	return true;
}

/* A value whose bucket is not there. At the least schema there is room for all of them. */
static void add_bucket(_Atomic uint64_t *table, const struct native_buckets *native, double value)
{
	uint64_t changes = get(table, TABLE_CHANGES);
	size_t place;
	int32_t key;

	atomic_store_explicit(&table[TABLE_CHANGES], changes + 1, memory_order_relaxed);
	while (get(table, TABLE_USED) == native->max && schema_at(table) > NATIVE_SCHEMA_LEAST)
		lower_table(table, native->max);
	key = key_of(value, schema_at(table));
	place = place_of(table, key);
	if (!count_known(table, native->max, place, key) && get(table, TABLE_USED) < native->max)
		insert(table, native->max, place, key);
	put(table, TABLE_CHANGES, changes + 2);
}

void native_observe(_Atomic uint64_t *table, const struct native_buckets *native, double value)
{
	int32_t key;

	if (fabs(value) <= native->zero_threshold) {
		put(table, TABLE_ZERO, get(table, TABLE_ZERO) + 1);
		return;
	}
	key = key_of(value, schema_at(table));
	if (!count_known(table, native->max, place_of(table, key), key))
		add_bucket(table, native, value);
}

/* By a scrape, which then looks whether the table has changed meanwhile. */
static uint64_t read_word(const _Atomic uint64_t *table, size_t at)
{
	return atomic_load_explicit(&table[at], memory_order_acquire);
}

static bool try_read(const _Atomic uint64_t *table, size_t max, struct native_set *set)
{
	uint64_t changes = read_word(table, TABLE_CHANGES);
	size_t i;

	if (changes & 1)
		return false;
	set->schema = (int)(int64_t)read_word(table, TABLE_SCHEMA);
	set->zero = read_word(table, TABLE_ZERO);
	set->count = read_word(table, TABLE_USED);
	for (i = 0; i < set->count; i++) {
		set->keys[i] = (int32_t)(int64_t)read_word(table, TABLE_KEYS + i);
		set->counts[i] = read_word(table, TABLE_KEYS + max + i);
	}
	return atomic_load_explicit(&table[TABLE_CHANGES], memory_order_relaxed) == changes;
}

/* A change takes well under a microsecond, unless its thread is put off in the middle of it. */
static void read_table(const _Atomic uint64_t *table, size_t max, struct native_set *set)
{
	while (!try_read(table, max, set))
		sched_yield();
}

struct native_sum {
	size_t max;
	struct native_set sum, added, merged;
	/* Of the sum, of what is added, and, twice as many, of both. */
	int32_t *keys;
	uint64_t *counts;
};

struct native_sum *native_sum_new(const struct native_buckets *native)
{
	struct native_sum *sum = calloc(1, sizeof(*sum));
	size_t max = native->max;

	if (!sum)
		return NULL;
	sum->max = max;
	sum->keys = calloc(5 * max, sizeof(*sum->keys));
	sum->counts = calloc(5 * max, sizeof(*sum->counts));
	if (!sum->keys || !sum->counts) {
		native_sum_free(sum);
		return NULL;
	}
	sum->sum.keys = sum->keys;
	sum->sum.counts = sum->counts;
	sum->merged.keys = sum->keys + 2 * max;
	sum->merged.counts = sum->counts + 2 * max;
	sum->added.keys = sum->keys + 4 * max;
	sum->added.counts = sum->counts + 4 * max;
	native_sum_clear(sum);
	return sum;
}

void native_sum_free(struct native_sum *sum)
{
	if (!sum)
		return;
	free(sum->keys);
	free(sum->counts);
	free(sum);
}

void native_sum_clear(struct native_sum *sum)
{
	sum->sum.schema = NATIVE_SCHEMA_MOST;
	sum->sum.zero = 0;
	sum->sum.count = 0;
}

static void append(struct native_set *set, int32_t key, uint64_t count)
{
	if (set->count && set->keys[set->count - 1] == key) {
		set->counts[set->count - 1] += count;
		return;
	}
	set->keys[set->count] = key;
	set->counts[set->count++] = count;
}

static void lower_set(struct native_set *set)
{
	size_t count = set->count, i;

	set->count = 0;
	set->schema--;
	for (i = 0; i < count; i++)
		append(set, lower_key(set->keys[i]), set->counts[i]);
}

/* Both are of one schema. */
static void merge(const struct native_set *a, const struct native_set *b, struct native_set *to)
{
	size_t i = 0, j = 0;

	to->schema = a->schema;
	to->zero = a->zero + b->zero;
	to->count = 0;
	while (i < a->count || j < b->count) {
		if (j == b->count || (i < a->count && a->keys[i] <= b->keys[j])) {
			append(to, a->keys[i], a->counts[i]);
			i++;
		} else {
			append(to, b->keys[j], b->counts[j]);
			j++;
		}
	}
}

void native_sum_add(struct native_sum *sum, const _Atomic uint64_t *table)
{
	struct native_set merged = sum->merged;

	read_table(table, sum->max, &sum->added);
	while (sum->added.schema > sum->sum.schema)
		lower_set(&sum->added);
	while (sum->sum.schema > sum->added.schema)
		lower_set(&sum->sum);
	merge(&sum->sum, &sum->added, &merged);
	while (merged.count > sum->max && merged.schema > NATIVE_SCHEMA_LEAST)
		lower_set(&merged);
	sum->merged = sum->sum;
	sum->sum = merged;
}

const struct native_set *native_sum_set(const struct native_sum *sum)
{
	return &sum->sum;
}
