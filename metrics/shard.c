/*
 * Shards: births, lookups and ends of series, each by the thread whose shard it is.
 */
#include <stdlib.h>

#include "metrics/labels.h"
#include "metrics/registry_private.h"

#define LABELS_LIMIT (16 << 20)

size_t cell_more(const struct family_info *info)
{
	size_t buckets = info->type == METRIC_HISTOGRAM ? info->bound_count + 1 : 1;

	if (info->type == METRIC_GAUGE)
		return info->number == NUMBER_F64 ? CELL_GAUGE_WORDS : 0;
	return cell_bucket_words(info) + (info->exemplars ? buckets * EXEMPLAR_WORDS : 0);
}

static void clear(struct cell *cell, const struct family_info *info)
{
	size_t more = cell_more(info), i;

	atomic_store_explicit(&cell->value, 0, memory_order_relaxed);
	for (i = 0; i < more; i++)
		atomic_store_explicit(&cell->more[i], 0, memory_order_relaxed);
	if (more && info->type == METRIC_GAUGE)
		atomic_store_explicit(&cell->more[0], (uint64_t)CELL_NEVER_SET,
				      memory_order_relaxed);
	if (info->type == METRIC_HISTOGRAM && info->native)
		native_clear(&cell->more[info->bound_count + 1], info->native);
	cell->retired = false;
}

/* Under the lock, as what follows. A cell that is in no series. NULL: out of memory. */
static struct cell *take_cell(struct shard *shard, const struct family *family)
{
	struct cell *cell = shard->spare[family->index];

	if (cell) {
		shard->spare[family->index] = cell->next;
	} else {
		cell = arena_alloc(&shard->cells,
				   sizeof(*cell) + cell_more(&family->info) * sizeof(*cell->more));
		if (!cell)
			return NULL;
		cell->shard = shard->number;
	}
	clear(cell, &family->info);
	return cell;
}

/* Of a cell that take_cell() gave: what is refused must not cost memory. */
static void spare_cell(struct shard *shard, const struct family *family, struct cell *cell)
{
	cell->next = shard->spare[family->index];
	shard->spare[family->index] = cell;
}

/* Under both locks, as the next. The cell leaves the series of the family that is gone. */
void shard_take_overflow(struct shard *shard, struct family *family)
{
	struct cell *cell = shard->overflows[family->index];

	clear(cell, &family->info);
	atomic_store_explicit(&shard->overflow_counts[family->index], 0, memory_order_relaxed);
	series_add_cell(family->overflow, cell);
}

int shard_add_overflow(struct shard *shard, struct family *family)
{
	struct cell *cell = take_cell(shard, family);

	if (!cell)
		return -1;
	shard->overflows[family->index] = cell;
	series_add_cell(family->overflow, cell);
	return 0;
}

/* Under the lock. Cells are added when all are there: a shard that fails leaves nothing behind. */
static int add_shard(struct registry *registry, struct shard *shard)
{
	size_t i;

	shard->number = registry->shard_count;
	for (i = 0; i < registry->family_count; i++) {
		shard->overflows[i] = take_cell(shard, registry->families[i]);
		if (!shard->overflows[i])
			return -1;
	}
	for (i = 0; i < registry->family_count; i++)
		series_add_cell(registry->families[i]->overflow, shard->overflows[i]);
	registry->shard_count++;
	shard->next = atomic_load_explicit(&registry->shards, memory_order_relaxed);
	atomic_store_explicit(&registry->shards, shard, memory_order_release);
	return 0;
}

static struct shard *take_idle(struct registry *registry)
{
	struct shard *shard;

	pthread_mutex_lock(&registry->lock);
	shard = registry->idle;
	if (shard)
		registry->idle = shard->next_idle;
	pthread_mutex_unlock(&registry->lock);
	return shard;
}

struct shard *shard_new(struct registry *registry)
{
	struct shard *shard = take_idle(registry);
	int result;

	if (shard)
		return shard;
	shard = calloc(1, sizeof(*shard));
	if (!shard)
		return NULL;
	shard->registry = registry;
	text_init(&shard->labels, LABELS_LIMIT);
	arena_init(&shard->cells);
	pthread_mutex_lock(&registry->lock);
	result = add_shard(registry, shard);
	pthread_mutex_unlock(&registry->lock);
	if (result == 0)
		return shard;
	shard_free(shard);
	return NULL;
}

void shard_free(struct shard *shard)
{
	text_done(&shard->labels);
	arena_done(&shard->cells);
	free(shard);
}

static void note_refusal(struct registry *registry)
{
	int none = REFUSAL_NONE;

	atomic_compare_exchange_strong(&registry->refusal, &none, REFUSAL_NEWS);
}

/* How many of the registry's limit a series takes: the one of a family without labels takes none.
 */
static size_t limited(const struct family *family)
{
	return family->info.label_count > 0;
}

static bool family_has_room(const struct family *family)
{
	size_t limit = atomic_load_explicit(&family->series_limit, memory_order_relaxed);

	return !limit || !limited(family) || family_series(family) < limit;
}

/* Expired series that are not freed yet take room, too, but not that of others. */
static bool has_room(const struct registry *registry, const struct family *family)
{
	size_t limit = registry_series_limit(registry);

	if (!limited(family))
		return true;
	return registry_series(registry) < limit &&
	       atomic_load_explicit(&registry->dead, memory_order_relaxed) < limit;
}

/* Under the lock. NULL: refused. */
static struct series *birth(struct shard *shard, struct family *family, uint32_t hash)
{
	struct registry *registry = shard->registry;
	const struct text *labels = &shard->labels;
	struct series *series = NULL;

	if (!family_has_room(family))
		return NULL;
	if (has_room(registry, family) && table_reserve(&family->table) == 0)
		series = series_new(family->index, labels->bytes, labels->length, hash);
	if (!series) {
		note_refusal(registry);
		return NULL;
	}
	table_add(&family->table, series, hash);
	atomic_fetch_add_explicit(&family->series, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&registry->series, limited(family), memory_order_relaxed);
	return series;
}

static void publish(struct family *family, struct series *series)
{
	series->older = atomic_load_explicit(&family->newborn, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(&family->newborn, &series->older, series,
						      memory_order_release, memory_order_relaxed))
		;
}

/* Under the lock. A series is published with its first cell, so that no scrape sees one without. */
static struct cell *add_cell(struct shard *shard, struct family *family, struct series *series,
			     uint32_t hash)
{
	struct cell *cell = take_cell(shard, family);
	struct series *born = NULL;

	if (!cell)
		return NULL;
	if (!series)
		series = born = birth(shard, family, hash);
	if (!series) {
		spare_cell(shard, family, cell);
		return NULL;
	}
	series_add_cell(series, cell);
	if (born)
		publish(family, born);
	return cell;
}

/* Under the lock. A cell that the shard has of the series, or gave up while others kept that. */
static struct cell *own_cell(const struct shard *shard, struct series *series, bool retired)
{
	struct cell *cell = atomic_load_explicit(&series->cells, memory_order_relaxed);

	while (cell && !(cell->retired == retired && cell->shard == shard->number))
		cell = cell->next;
	return cell;
}

/* Under the lock. NULL: the shard has given up none. */
static struct cell *revive(const struct shard *shard, struct series *series)
{
	struct cell *cell = own_cell(shard, series, true);

	if (!cell)
		return NULL;
	cell->retired = false;
	atomic_fetch_add_explicit(&series->used, 1, memory_order_relaxed);
	return cell;
}

/*
 * Of the series with the label text in shard->labels. NULL: refused. `known`: whether the shard's
 * cell is wanted where it has one, and whether it has; NULL: another is.
 */
static struct cell *cell_from_registry(struct shard *shard, struct family *family, bool *known)
{
	const struct text *labels = &shard->labels;
	uint32_t hash = (uint32_t)siphash(&shard->registry->key, labels->bytes, labels->length);
	struct series *series;
	struct cell *cell = NULL;

	pthread_mutex_lock(&shard->registry->lock);
	series = series_find(&family->table, labels->bytes, labels->length, hash);
	if (series && known)
		cell = own_cell(shard, series, false);
	if (known)
		*known = cell != NULL;
	if (series && !cell)
		cell = revive(shard, series);
	if (!cell)
		cell = add_cell(shard, family, series, hash);
	pthread_mutex_unlock(&shard->registry->lock);
	return cell;
}

static struct cell *use_overflow(struct shard *shard, struct family *family)
{
	/* Only where it changes something: it is in memory that others read. */
	if (!atomic_load_explicit(&family->overflow_used, memory_order_relaxed))
		atomic_store_explicit(&family->overflow_used, true, memory_order_relaxed);
	return shard_overflow(shard, family);
}

/* To shard->labels; returns how many values were cut. */
static size_t render(struct shard *shard, const struct family *family, const char *const *values)
{
	text_clear(&shard->labels);
	return labels_render(
		&shard->labels, &family->info, values,
		atomic_load_explicit(&shard->registry->label_bytes, memory_order_relaxed));
}

static void count_cut(struct shard *shard, size_t cut)
{
	if (cut)
		atomic_fetch_add_explicit(&shard->registry->labels_cut, cut, memory_order_relaxed);
}

static bool labels_are_of(const struct shard *shard, const struct series *series)
{
	return series_is(series, shard->labels.bytes, shard->labels.length);
}

/*
 * A series that happens to be called as the overflow series is the same to whoever reads the page,
 * so it is the same here.
 */
static bool is_overflow(const struct shard *shard, const struct family *family)
{
	return family->info.label_count && !shard->labels.failed &&
	       labels_are_of(shard, family->overflow);
}

struct cell *shard_cell(struct shard *shard, struct family *family, const char *const *values,
			bool *overflow)
{
	struct cell *cell = NULL;

	*overflow = false;
	count_cut(shard, render(shard, family, values));
	if (is_overflow(shard, family))
		return use_overflow(shard, family);
	if (!shard->labels.failed)
		cell = cell_from_registry(shard, family, NULL);
	if (cell)
		return cell;
	*overflow = true;
	return use_overflow(shard, family);
}

struct cell *shard_series_cell(struct shard *shard, struct family *family,
			       const char *const *values, bool *overflow)
{
	size_t cut = render(shard, family, values);
	struct cell *cell = NULL;
	bool known = false;

	*overflow = false;
	if (is_overflow(shard, family))
		return use_overflow(shard, family);
	if (!shard->labels.failed)
		cell = cell_from_registry(shard, family, &known);
	if (!known)
		count_cut(shard, cut);
	if (cell)
		return cell;
	*overflow = true;
	return use_overflow(shard, family);
}

/* Under the lock. */
static void expire(struct registry *registry, struct family *family, struct series *series)
{
	table_remove(&family->table, series, series->hash);
	atomic_fetch_sub_explicit(&family->series, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&registry->series, limited(family), memory_order_relaxed);
	atomic_fetch_add_explicit(&family->expired, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&family->dead, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&registry->dead, 1, memory_order_relaxed);
}

/* Scrapes free what has expired; where none comes for long, it is done here, unless one is at it.
 */
static void free_expired(struct registry *registry)
{
	size_t i;

	if (atomic_load_explicit(&registry->dead, memory_order_relaxed) <
		    registry_series_limit(registry) ||
	    pthread_mutex_trylock(&registry->expose_lock) != 0)
		return;
	for (i = 0; i < registry->family_count; i++)
		family_put_in_order(registry, registry->families[i]);
	pthread_mutex_unlock(&registry->expose_lock);
}

void shard_retire(struct shard *shard, struct family *family, struct cell *cell)
{
	struct registry *registry = shard->registry;
	struct series *series;

	if (cell == shard_overflow(shard, family) || cell->retired)
		return;
	series = cell->series;
	pthread_mutex_lock(&registry->lock);
	cell->retired = true;
	if (atomic_fetch_sub_explicit(&series->used, 1, memory_order_relaxed) == 1)
		expire(registry, family, series);
	pthread_mutex_unlock(&registry->lock);
	free_expired(registry);
}

/* Under the lock: all of the shard's cells of a series. */
static void retire_cells(struct shard *shard, struct family *family, struct series *series)
{
	struct cell *cell = atomic_load_explicit(&series->cells, memory_order_relaxed);

	for (; cell; cell = cell->next) {
		if (cell->shard != shard->number || cell->retired)
			continue;
		cell->retired = true;
		if (atomic_fetch_sub_explicit(&series->used, 1, memory_order_relaxed) == 1)
			expire(shard->registry, family, series);
	}
}

/* Under the lock. What expires leaves the table, and another may come to its place. */
static void retire_all(struct shard *shard, struct family *family)
{
	const struct table *table = &family->table;
	size_t i = 0;

	while (i < table->slot_count) {
		struct series *series = table->slots[i].item;

		if (series)
			retire_cells(shard, family, series);
		i += table->slots[i].item == series;
	}
}

void shard_retire_family(struct shard *shard, struct family *family)
{
	pthread_mutex_lock(&shard->registry->lock);
	retire_all(shard, family);
	pthread_mutex_unlock(&shard->registry->lock);
	free_expired(shard->registry);
}

void shard_leave(struct shard *shard)
{
	struct registry *registry = shard->registry;
	size_t i;

	pthread_mutex_lock(&registry->lock);
	for (i = 0; i < registry->family_count; i++)
		retire_all(shard, registry->families[i]);
	shard->next_idle = registry->idle;
	registry->idle = shard;
	pthread_mutex_unlock(&registry->lock);
	free_expired(registry);
}

struct cell *shard_overflow(struct shard *shard, struct family *family)
{
	return shard->overflows[family->index];
}

void shard_count_overflow(struct shard *shard, struct family *family)
{
	_Atomic uint64_t *count = &shard->overflow_counts[family->index];
	uint64_t before = atomic_load_explicit(count, memory_order_relaxed);

	atomic_store_explicit(count, before + 1, memory_order_relaxed);
}
