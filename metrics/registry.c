#include "metrics/registry.h"

#include <stdlib.h>
#include <string.h>

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
	arena_init(&registry->arena);
	pthread_mutex_init(&registry->lock, NULL);
	pthread_mutex_init(&registry->expose_lock, NULL);
	return registry;
}

static void family_free(struct family *family)
{
	if (!family)
		return;
	series_table_done(&family->table);
	free(family->sorted);
	free(family);
}

static void shards_free(struct shard *shard)
{
	struct shard *next;

	for (; shard; shard = next) {
		next = shard->next;
		text_done(&shard->labels);
		arena_done(&shard->cells);
		free(shard);
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
	arena_done(&registry->arena);
	pthread_mutex_destroy(&registry->expose_lock);
	pthread_mutex_destroy(&registry->lock);
	free(registry);
}

/* All label values are "other". NULL: out of memory. */
static struct series *overflow_series(struct registry *registry, const struct family_info *info)
{
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
		series = series_new(&registry->arena, labels.bytes, labels.length, 0);
	text_done(&labels);
	free(values);
	return series;
}

static struct family *add_family(struct registry *registry, const struct family_info *info)
{
	struct family *family;

	if (registry->family_count == REGISTRY_FAMILIES_MAX)
		return NULL;
	family = calloc(1, sizeof(*family));
	if (!family)
		return NULL;
	family->info = *info;
	family->index = registry->family_count;
	family->overflow = overflow_series(registry, info);
	if (!family->overflow) {
		free(family);
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

struct shard *shard_new(struct registry *registry)
{
	struct shard *shard = calloc(1, sizeof(*shard));

	if (!shard)
		return NULL;
	shard->registry = registry;
	text_init(&shard->labels, LABELS_LIMIT);
	arena_init(&shard->cells);
	pthread_mutex_lock(&registry->lock);
	shard->next = atomic_load_explicit(&registry->shards, memory_order_relaxed);
	atomic_store_explicit(&registry->shards, shard, memory_order_release);
	pthread_mutex_unlock(&registry->lock);
	return shard;
}

/* Under the lock. NULL: refused. */
static struct series *birth(struct registry *registry, struct family *family,
			    const struct text *labels, uint32_t hash)
{
	struct series *series;

	if (registry_series(registry) >= registry->limits.series ||
	    series_table_reserve(&family->table) != 0)
		return NULL;
	series = series_new(&registry->arena, labels->bytes, labels->length, hash);
	if (!series)
		return NULL;
	series_table_add(&family->table, series);
	atomic_fetch_add_explicit(&registry->series, 1, memory_order_relaxed);
	return series;
}

/* A series is published with its first cell, so that no scrape sees one without. */
static void publish(struct family *family, struct series *series, struct cell *cell)
{
	bool new_series = !atomic_load_explicit(&series->cells, memory_order_relaxed);

	series_add_cell(series, cell);
	if (!new_series)
		return;
	series->older = atomic_load_explicit(&family->newest, memory_order_relaxed);
	atomic_store_explicit(&family->newest, series, memory_order_release);
}

/* A cell for add_cell() to use up or leave: what is refused must not cost memory. */
static struct cell *spare_cell(struct shard *shard)
{
	if (!shard->spare)
		shard->spare = arena_alloc(&shard->cells, sizeof(*shard->spare));
	if (shard->spare)
		atomic_init(&shard->spare->value, 0);
	return shard->spare;
}

/* Of the series with the label text in shard->labels. NULL: refused. */
static struct cell *add_cell(struct shard *shard, struct family *family)
{
	struct registry *registry = shard->registry;
	const struct text *labels = &shard->labels;
	uint32_t hash = (uint32_t)siphash(&registry->key, labels->bytes, labels->length);
	struct cell *cell = spare_cell(shard);
	struct series *series;

	if (!cell)
		return NULL;
	pthread_mutex_lock(&registry->lock);
	series = series_table_find(&family->table, labels->bytes, labels->length, hash);
	if (!series)
		series = birth(registry, family, labels, hash);
	if (series)
		publish(family, series, cell);
	pthread_mutex_unlock(&registry->lock);
	if (!series)
		return NULL;
	shard->spare = NULL;
	return cell;
}

static bool is_overflow(const struct family *family, const struct text *labels)
{
	const struct series *overflow = family->overflow;

	return labels->length == overflow->length &&
	       (!labels->length || memcmp(labels->bytes, overflow->labels, labels->length) == 0);
}

static struct cell *use_overflow(struct shard *shard, struct family *family)
{
	atomic_store_explicit(&family->overflow_used, true, memory_order_relaxed);
	return shard_overflow(shard, family);
}

static void note_refusal(struct registry *registry)
{
	int none = REFUSAL_NONE;

	atomic_compare_exchange_strong(&registry->refusal, &none, REFUSAL_NEWS);
}

/*
 * A series that happens to be called as the overflow series is the same to whoever reads the page,
 * so it is the same here. That goes for the one series of a family without labels, too.
 */
struct cell *shard_cell(struct shard *shard, struct family *family, const char *const *values,
			bool *overflow)
{
	struct registry *registry = shard->registry;
	struct cell *cell = NULL;
	size_t cut;

	*overflow = false;
	text_clear(&shard->labels);
	cut = labels_render(&shard->labels, &family->info, values, registry->limits.label_bytes);
	if (cut)
		atomic_fetch_add_explicit(&registry->labels_cut, cut, memory_order_relaxed);
	if (!shard->labels.failed) {
		if (is_overflow(family, &shard->labels))
			return use_overflow(shard, family);
		cell = add_cell(shard, family);
	}
	if (cell)
		return cell;
	*overflow = true;
	note_refusal(registry);
	return use_overflow(shard, family);
}

struct cell *shard_overflow(struct shard *shard, struct family *family)
{
	return &shard->overflows[family->index].cell;
}

void shard_count_overflow(struct shard *shard, struct family *family)
{
	cell_add(&shard->overflows[family->index].count, 1);
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
