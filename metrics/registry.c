#include "metrics/registry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/exposition.h"
#include "metrics/family_copy.h"
#include "metrics/labels.h"
#include "metrics/registry_private.h"

#define LABELS_LIMIT (16 << 20)

static const char overflow_value[] = "other";

struct registry *registry_new(const struct registry_limits *limits)
{
	struct registry *registry = calloc(1, sizeof(*registry));

	if (!registry)
		return NULL;
	registry_set_limits(registry, limits);
	siphash_key_choose(&registry->key);
	pthread_mutex_init(&registry->lock, NULL);
	pthread_mutex_init(&registry->expose_lock, NULL);
	return registry;
}

void registry_set_limits(struct registry *registry, const struct registry_limits *limits)
{
	atomic_store_explicit(&registry->series_limit, limits->series, memory_order_relaxed);
	atomic_store_explicit(&registry->label_bytes, limits->label_bytes, memory_order_relaxed);
}

static void family_free(struct family *family)
{
	if (!family)
		return;
	family_copy_done(&family->info);
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

static int prepare_exemplars(struct family *family)
{
	if (!family->info.exemplars)
		return 0;
	family->exemplars = calloc(family->info.bound_count + 1, sizeof(*family->exemplars));
	return family->exemplars ? 0 : -1;
}

static int prepare(struct family *family, const struct family_info *info, size_t index)
{
	family->index = (uint32_t)index;
	if (family_copy(&family->info, info) != 0) {
		memset(&family->info, 0, sizeof(family->info));
		return -1;
	}
	atomic_store_explicit(&family->series_limit, info->series_limit, memory_order_relaxed);
	family->overflow = overflow_series(family);
	if (!family->overflow)
		return -1;
	if (family->info.type == METRIC_HISTOGRAM && prepare_buckets(family) != 0)
		return -1;
	return prepare_exemplars(family);
}

static struct family *family_new(const struct family_info *info, size_t index)
{
	struct family *family = calloc(1, sizeof(*family));

	if (!family || !prepare(family, info, index))
		return family;
	family_free(family);
	return NULL;
}

/* Shards that are there already get their overflow cell. */
static int add_overflows(struct registry *registry, struct family *family)
{
	struct shard *shard = atomic_load_explicit(&registry->shards, memory_order_relaxed);

	for (; shard; shard = shard->next)
		if (shard_add_overflow(shard, family) != 0)
			return -1;
	return 0;
}

/* Nobody uses it, and nothing is left of its series; of its cells that are free use can be made. */
static bool can_give_way(const struct family *family, const struct family_info *info)
{
	return !family->users && !family_series(family) && !family->sorted_count &&
	       !family->unsorted && !atomic_load(&family->newborn) &&
	       cell_more(&family->info) == cell_more(info);
}

/* The index of a family that can give way to a new one; REGISTRY_FAMILIES_MAX: none can. */
static size_t index_of_old(struct registry *registry, const struct family_info *info)
{
	size_t i;

	for (i = 0; i < registry->family_count; i++) {
		struct family *family = registry->families[i];

		if (family->users)
			continue;
		family_put_in_order(registry, family);
		family_drop_overflow(family);
		if (can_give_way(family, info))
			return i;
	}
	return REGISTRY_FAMILIES_MAX;
}

/* In place of one that is gone. Its overflow cells become those of the new one. */
static void take_place(struct registry *registry, struct family *family)
{
	struct shard *shard = atomic_load_explicit(&registry->shards, memory_order_relaxed);

	for (; shard; shard = shard->next)
		shard_take_overflow(shard, family);
	family_free(registry->families[family->index]);
	registry->families[family->index] = family;
}

static struct family *add_family(struct registry *registry, const struct family_info *info)
{
	bool is_full = registry->family_count == REGISTRY_FAMILIES_MAX;
	size_t index = is_full ? index_of_old(registry, info) : registry->family_count;
	struct family *family;

	if (index == REGISTRY_FAMILIES_MAX || !can_be_shown(info))
		return NULL;
	family = family_new(info, index);
	if (!family)
		return NULL;
	pthread_mutex_lock(&registry->lock);
	if (is_full) {
		take_place(registry, family);
	} else if (add_overflows(registry, family) != 0) {
		family_free(family);
		family = NULL;
	} else {
		registry->families[registry->family_count++] = family;
	}
	pthread_mutex_unlock(&registry->lock);
	return family;
}

/* By one user more. */
static void take_into_use(struct registry *registry, struct family *family)
{
	size_t i;

	if (family->users++)
		return;
	family->taken = ++registry->families_taken;
	family->has_namesake = false;
	for (i = 0; i < registry->family_count && !family->has_namesake; i++) {
		const struct family *other = registry->families[i];

		family->has_namesake = other != family && other->users &&
				       strcmp(other->info.name, family->info.name) == 0;
	}
}

/* REGISTRY_FAMILIES_MAX: there is none. */
static size_t index_of_same(const struct registry *registry, const struct family_info *info)
{
	size_t i;

	for (i = 0; i < registry->family_count; i++)
		if (family_is_same(&registry->families[i]->info, info))
			return i;
	return REGISTRY_FAMILIES_MAX;
}

struct family *registry_family(struct registry *registry, const struct family_info *info)
{
	struct family *family;
	size_t index;

	pthread_mutex_lock(&registry->expose_lock);
	index = index_of_same(registry, info);
	if (index == REGISTRY_FAMILIES_MAX)
		family = add_family(registry, info);
	else
		family = registry->families[index];
	if (family)
		take_into_use(registry, family);
	pthread_mutex_unlock(&registry->expose_lock);
	return family;
}

void registry_describe(struct registry *registry, struct family *family,
		       const struct family_info *info)
{
	struct family_info copy;

	atomic_store_explicit(&family->series_limit, info->series_limit, memory_order_relaxed);
	if (strcmp(family->info.help, info->help) == 0 || family_copy(&copy, info) != 0)
		return;
	pthread_mutex_lock(&registry->expose_lock);
	family_swap_help(&family->info, &copy);
	pthread_mutex_unlock(&registry->expose_lock);
	family_copy_done(&copy);
}

void registry_release(struct registry *registry, struct family *family)
{
	pthread_mutex_lock(&registry->expose_lock);
	family->users--;
	pthread_mutex_unlock(&registry->expose_lock);
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
	return atomic_load_explicit(&registry->series_limit, memory_order_relaxed);
}

uint64_t registry_labels_cut(const struct registry *registry)
{
	return atomic_load_explicit(&registry->labels_cut, memory_order_relaxed);
}
