#include "metrics/registry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/exposition.h"
#include "metrics/labels.h"
#include "metrics/registry_private.h"

#define LABELS_LIMIT (16 << 20)

static const char overflow_value[] = "other";

struct registry *registry_new(const struct registry_limits *limits)
{
	struct registry *registry = calloc(1, sizeof(*registry));

	if (!registry)
		return NULL;
	registry->limits = *limits;
	siphash_key_choose(&registry->key);
	pthread_mutex_init(&registry->lock, NULL);
	pthread_mutex_init(&registry->expose_lock, NULL);
	return registry;
}

static void family_free(struct family *family)
{
	if (!family)
		return;
	family_free_series(family);
	table_done(&family->table);
	free(family->counts);
	free(family->exemplars);
	native_sum_free(family->native);
	free(family->bucket_labels[0]);
	free(family->bucket_labels[1]);
	free(family);
}

static void shards_free(struct shard *shard)
{
	struct shard *next;

	for (; shard; shard = next) {
		next = shard->next;
		shard_free(shard);
	}
}

void registry_free(struct registry *registry)
{
	size_t i;

	if (!registry)
		return;
	shards_free(atomic_load_explicit(&registry->shards, memory_order_relaxed));
	for (i = 0; i < registry->family_count; i++)
		family_free(registry->families[i]);
	pthread_mutex_destroy(&registry->expose_lock);
	pthread_mutex_destroy(&registry->lock);
	free(registry);
}

static bool has_good_bounds(const struct family_info *info)
{
	size_t i;

	if (info->bound_count > FAMILY_BOUNDS_MAX)
		return false;
	for (i = 0; i < info->bound_count; i++)
		if (!isfinite(info->bounds[i]) ||
		    (i > 0 && !(info->bounds[i - 1] < info->bounds[i])))
			return false;
	for (i = 0; i < info->label_count; i++)
		if (strcmp(info->labels[i], "le") == 0)
			return false;
	return true;
}

static bool has_good_native_buckets(const struct family_info *info)
{
	const struct native_buckets *native = info->native;
	size_t least = family_takes_negative(info) ? 2 * NATIVE_MAX_LEAST : NATIVE_MAX_LEAST;

	return !native ||
	       (native->schema >= NATIVE_SCHEMA_LEAST && native->schema <= NATIVE_SCHEMA_MOST &&
		native->max >= least && native->max <= NATIVE_MAX_MOST &&
		native->zero_threshold >= NATIVE_ZERO_THRESHOLD &&
		isfinite(native->zero_threshold));
}

static bool can_be_shown(const struct family_info *info)
{
	static const char total[] = "_total";
	size_t length = strlen(info->name), suffix = sizeof(total) - 1;

	if (info->type == METRIC_COUNTER)
		return length > suffix && strcmp(info->name + length - suffix, total) == 0;
	return info->type != METRIC_HISTOGRAM ||
	       (has_good_bounds(info) && has_good_native_buckets(info));
}

/* All label values are "other". NULL: out of memory. */
static struct series *overflow_series(const struct family *family)
{
	const struct family_info *info = &family->info;
	const char **values = calloc(info->label_count + 1, sizeof(*values));
	struct series *series = NULL;
	struct text labels;
	size_t i;

	if (!values)
		return NULL;
	for (i = 0; i < info->label_count; i++)
		values[i] = overflow_value;
	text_init(&labels, LABELS_LIMIT);
	labels_render(&labels, info, values, SIZE_MAX);
	if (!labels.failed)
		series = series_new(family->index, labels.bytes, labels.length, 0);
	text_done(&labels);
	free(values);
	return series;
}

static int prepare_buckets(struct family *family)
{
	size_t buckets = family->info.bound_count + 1;
	int point;

	family->counts = calloc(buckets, sizeof(*family->counts));
	if (!family->counts)
		return -1;
	if (family->info.native) {
		family->native = native_sum_new(family->info.native);
		if (!family->native)
			return -1;
	}
	for (point = 0; point < 2; point++) {
		family->bucket_labels[point] =
			calloc(buckets, sizeof(*family->bucket_labels[point]));
		if (!family->bucket_labels[point])
			return -1;
		bucket_labels_make(family->bucket_labels[point], family->info.bounds,
				   family->info.bound_count, point);
	}
	return 0;
}

/* Shards that are there already get their overflow cell. */
static int prepare(struct registry *registry, struct family *family)
{
	struct shard *shard = atomic_load_explicit(&registry->shards, memory_order_relaxed);

	family->overflow = overflow_series(family);
	if (!family->overflow)
		return -1;
	if (family->info.type == METRIC_HISTOGRAM && prepare_buckets(family) != 0)
		return -1;
	if (family->info.exemplars) {
		family->exemplars =
			calloc(family->info.bound_count + 1, sizeof(*family->exemplars));
		if (!family->exemplars)
			return -1;
	}
	for (; shard; shard = shard->next)
		if (shard_add_overflow(shard, family) != 0)
			return -1;
	return 0;
}

static struct family *add_family(struct registry *registry, const struct family_info *info)
{
	struct family *family;

	if (registry->family_count == REGISTRY_FAMILIES_MAX || !can_be_shown(info))
		return NULL;
	family = calloc(1, sizeof(*family));
	if (!family)
		return NULL;
	family->info = *info;
	family->index = (uint32_t)registry->family_count;
	if (prepare(registry, family) != 0) {
		family_free(family);
		return NULL;
	}
	registry->families[registry->family_count++] = family;
	return family;
}

struct family *registry_family(struct registry *registry, const struct family_info *info)
{
	struct family *family;

	pthread_mutex_lock(&registry->lock);
	family = add_family(registry, info);
	pthread_mutex_unlock(&registry->lock);
	return family;
}

size_t family_series(const struct family *family)
{
	return atomic_load_explicit(&family->series, memory_order_relaxed);
}

uint64_t family_overflow_count(const struct registry *registry, const struct family *family)
{
	const struct shard *shard = atomic_load_explicit(&registry->shards, memory_order_acquire);
	uint64_t count = 0;

	for (; shard; shard = shard->next)
		count += atomic_load_explicit(&shard->overflow_counts[family->index],
					      memory_order_relaxed);
	return count;
}

uint64_t family_expired_count(const struct family *family)
{
	return atomic_load_explicit(&family->expired, memory_order_relaxed);
}

bool registry_limit_news(struct registry *registry)
{
	int news = REFUSAL_NEWS;

	return atomic_load_explicit(&registry->refusal, memory_order_relaxed) == REFUSAL_NEWS &&
	       atomic_compare_exchange_strong(&registry->refusal, &news, REFUSAL_KNOWN);
}

size_t registry_series(const struct registry *registry)
{
	return atomic_load_explicit(&registry->series, memory_order_relaxed);
}

size_t registry_series_limit(const struct registry *registry)
{
	return registry->limits.series;
}

uint64_t registry_labels_cut(const struct registry *registry)
{
	return atomic_load_explicit(&registry->labels_cut, memory_order_relaxed);
}
