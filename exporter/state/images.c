#include "exporter/state/images.h"

#include <stdlib.h>

#include "exporter/state/names.h"

#define KERNEL_PID	0
#define SYSTEM_PID	4
#define UPPER_HALF	((uint64_t)1 << 63)
#define UPPER_HALF_32	((uint64_t)1 << 31)
#define SPACE_BASES_MAX 8192 /* adding one moves the others */
#define SPACE_BASES_MIN 16
#define NEIGHBOURS_MAX	16 /* images of different times may overlap; so many are looked at */

struct base {
	uint64_t at;
	uint64_t end; /* of the largest that was there */
};

/* An address space; there is one for each PID that has images. */
struct space {
	uint32_t free; /* of the slab */
	uint32_t pid;
	uint32_t count, capacity;
	struct base *bases; /* in ascending order */
};

static struct space *space_at(const struct images *images, uint32_t number)
{
	return SLAB_AT(&images->spaces, struct space, number);
}

static uint32_t space_hash(const struct images *images, uint32_t pid)
{
	return (uint32_t)hash_mix(pid ^ images->seed.numbers[0], images->seed.numbers[1]);
}

static uint32_t find_space(const struct images *images, uint32_t pid)
{
	uint32_t hash = space_hash(images, pid), at = hash, number;

	while ((number = hash_index_next(&images->index, hash, &at)))
		if (space_at(images, number)->pid == pid)
			break;
	return number;
}

static uint32_t add_space(struct images *images, uint32_t pid)
{
	uint32_t number = hash_index_reserve(&images->index) ? slab_take(&images->spaces) : 0;

	if (number == SLAB_NONE)
		return SLAB_NONE;
	*space_at(images, number) = (struct space){.pid = pid};
	hash_index_add(&images->index, space_hash(images, pid), number);
	return number;
}

static void remove_space(struct images *images, uint32_t number)
{
	struct space *space = space_at(images, number);

	hash_index_remove(&images->index, space_hash(images, space->pid), number);
	free(space->bases);
	space->bases = NULL;
	slab_give_back(&images->spaces, number);
}

/* How many bases are not above an address. */
static uint32_t bases_up_to(const struct space *space, uint64_t address)
{
	uint32_t low = 0, high = space->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (space->bases[middle].at <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct base *find_base(const struct space *space, uint64_t at)
{
	uint32_t i = bases_up_to(space, at);

	return i && space->bases[i - 1].at == at ? &space->bases[i - 1] : NULL;
}

static bool grow(struct space *space)
{
	uint32_t capacity = space->capacity ? space->capacity * 2 : SPACE_BASES_MIN;
	struct base *bases;

	if (space->count < space->capacity)
		return true;
	if (space->count == SPACE_BASES_MAX)
		return false;
	bases = realloc(space->bases, capacity * sizeof(*bases));
	if (!bases)
		return false;
	space->bases = bases;
	space->capacity = capacity;
	return true;
}

static bool add_base(struct space *space, uint64_t at, uint64_t end)
{
	struct base *base = find_base(space, at);
	uint32_t i = bases_up_to(space, at);

	if (base) {
		base->end = end > base->end ? end : base->end;
		return true;
	}
	if (!grow(space))
		return false;
	memmove(&space->bases[i + 1], &space->bases[i], (space->count - i) * sizeof(*base));
	space->bases[i] = (struct base){at, end};
	space->count++;
	return true;
}

static void remove_base(struct images *images, uint32_t number, uint64_t at)
{
	struct space *space = space_at(images, number);
	struct base *base = find_base(space, at);

	if (!base)
		return;
	memmove(base, base + 1, (size_t)(space->bases + space->count - (base + 1)) * sizeof(*base));
	if (!--space->count)
		remove_space(images, number);
}

static struct span_key key_of(const struct space *space, uint64_t base)
{
	return (struct span_key){base, space->pid};
}

/* Without its last span a base is of no use. */
static void dropped(void *context, const struct span *span)
{
	struct images *images = context;
	uint32_t space = find_space(images, span->key.space);

	if (space != SLAB_NONE && span->older == SLAB_NONE &&
	    spans_newest(&images->spans, span->key) == span)
		remove_base(images, space, span->key.id);
}

int images_init(struct images *images, size_t limit, struct table_counts *counts)
{
	const struct span_hooks hooks = {.dropped = dropped, .context = images};

	*images = (struct images){.counts = counts};
	slab_init(&images->spaces, sizeof(struct space));
	hash_seed_draw(&images->seed);
	return spans_init(&images->spans, limit, &hooks, counts) ||
			       !hash_index_reserve(&images->index)
		       ? -1
		       : 0;
}

void images_done(struct images *images)
{
	uint32_t i;

	for (i = 0; images->index.slots && i <= images->index.mask; i++)
		if (images->index.slots[i].number)
			free(space_at(images, images->index.slots[i].number)->bases);
	hash_index_done(&images->index);
	slab_done(&images->spaces);
	spans_done(&images->spans);
}

/* Drivers of a user's session are loaded in the name of a process. */
static uint32_t space_pid(uint32_t pid, uint64_t address)
{
	return address >= UPPER_HALF || pid == SYSTEM_PID ? KERNEL_PID : pid;
}

/* What overlaps it was unloaded, and that was not seen. */
static void close_overlapping(struct images *images, const struct space *space, uint64_t base,
			      uint64_t end, int64_t time_ns)
{
	uint32_t here = bases_up_to(space, base), i;

	for (i = here; i < space->count && i - here < NEIGHBOURS_MAX; i++) {
		if (space->bases[i].at >= end)
			break;
		spans_close(&images->spans, key_of(space, space->bases[i].at), time_ns);
	}
	for (i = here; i > 0 && here - i < NEIGHBOURS_MAX; i--)
		if (space->bases[i - 1].at != base && space->bases[i - 1].end > base)
			spans_close(&images->spans, key_of(space, space->bases[i - 1].at), time_ns);
}

/* The span is there already; without a base nobody would find it. */
static void learn_base(struct images *images, struct span_key key, uint64_t end)
{
	uint32_t number = find_space(images, key.space);

	if (!spans_newest(&images->spans, key))
		return;
	if (number == SLAB_NONE)
		number = add_space(images, key.space);
	if (number == SLAB_NONE || !add_base(space_at(images, number), key.id, end))
		table_refuse(images->counts);
}

void images_learn(struct images *images, enum span_news news, const struct image *image,
		  int64_t time_ns)
{
	struct span_key key = {image->base, space_pid(image->pid, image->base)};
	uint32_t number = find_space(images, key.space);
	uint64_t end;

	if (__builtin_add_overflow(image->base, image->bytes, &end))
		end = UINT64_MAX;
	if (number != SLAB_NONE && space_at(images, number)->count == SPACE_BASES_MAX &&
	    !find_base(space_at(images, number), image->base)) {
		table_refuse(images->counts);
		return;
	}
	if (number != SLAB_NONE && news == SPAN_START)
		close_overlapping(images, space_at(images, number), image->base, end, time_ns);
	spans_learn(&images->spans, news, key, time_ns, image->name_id);
	learn_base(images, key, end);
}

void images_end_process(struct images *images, uint32_t pid, int64_t time_ns)
{
	uint32_t number = find_space(images, pid), i;
	const struct space *space;

	if (number == SLAB_NONE || space_pid(pid, 0) == KERNEL_PID)
		return;
	space = space_at(images, number);
	for (i = 0; i < space->count; i++)
		spans_close(&images->spans, key_of(space, space->bases[i].at), time_ns);
}

static uint32_t name_in(const struct images *images, uint32_t pid, uint64_t address,
			int64_t time_ns)
{
	uint32_t number = find_space(images, pid), i, tried = 0;
	const struct space *space;

	if (number == SLAB_NONE)
		return NAME_UNKNOWN;
	space = space_at(images, number);
	for (i = bases_up_to(space, address); i > 0 && tried < NEIGHBOURS_MAX; i--, tried++) {
		const struct base *base = &space->bases[i - 1];
		const struct span *span = NULL;

		if (address < base->end)
			span = spans_find(&images->spans, key_of(space, base->at), time_ns);
		if (span)
			return span->value;
	}
	return NAME_UNKNOWN;
}

uint32_t images_name(const struct images *images, uint32_t pid, uint64_t address, int64_t time_ns)
{
	uint32_t space = space_pid(pid, address);
	uint32_t name_id = name_in(images, space, address, time_ns);

	/* 32-bit kernels begin at 2 GiB, but processes may reach higher. */
	if (name_id == NAME_UNKNOWN && space != KERNEL_PID && address >= UPPER_HALF_32 &&
	    address <= UINT32_MAX)
		name_id = name_in(images, KERNEL_PID, address, time_ns);
	return name_id;
}
