#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/pairs.h"
#include "tests/support/random.h"

/* What pairs do, said in the plainest way: a list, looked through from end to end. */
#define MODEL_MAX 64
#define SEEN_MAX  512
#define TIMES	  20000

struct model_entry {
	uint8_t key[300], note[700];
	size_t key_bytes, note_bytes;
	int64_t time_ns, since_ns;
	int64_t seen[SEEN_MAX]; /* times of its key that were known, or came while it waited */
	size_t seen_count;
};

struct model {
	size_t limit;
	uint64_t timeout_ns;
	int64_t newest_ns;
	struct model_entry waiting[PAIR_SIDE_COUNT][MODEL_MAX];
	size_t count[PAIR_SIDE_COUNT];
	uint64_t matched, expired, unmatched[PAIR_SIDE_COUNT];
};

static void model_drop(struct model *model, enum pair_side side, size_t index)
{
	struct model_entry *entries = model->waiting[side];

	memmove(&entries[index], &entries[index + 1],
		(--model->count[side] - index) * sizeof(*entries));
}

static void model_expire(struct model *model, int64_t time_ns)
{
	int side;

	if (time_ns > model->newest_ns)
		model->newest_ns = time_ns;
	for (side = 0; side < PAIR_SIDE_COUNT; side++)
		while (model->count[side] &&
		       (uint64_t)model->newest_ns - (uint64_t)model->waiting[side][0].since_ns >
			       model->timeout_ns) {
			model_drop(model, (enum pair_side)side, 0);
			if (side == PAIR_START)
				model->expired++;
			else
				model->unmatched[side]++;
		}
}

static bool model_is_same(const struct model_entry *a, const struct model_entry *b)
{
	return a->key_bytes == b->key_bytes && memcmp(a->key, b->key, a->key_bytes) == 0;
}

/* What has the key gets to know the time, and the other way round. */
static void model_see(struct model *model, struct model_entry *entry)
{
	int side;
	size_t i;

	for (side = 0; side < PAIR_SIDE_COUNT; side++)
		for (i = 0; i < model->count[side]; i++) {
			struct model_entry *waiting = &model->waiting[side][i];

			if (!model_is_same(waiting, entry))
				continue;
			assert_true(waiting->seen_count < SEEN_MAX);
			waiting->seen[waiting->seen_count++] = entry->time_ns;
			entry->seen[entry->seen_count++] = waiting->time_ns;
		}
}

static bool model_is_pair(const struct model *model, const struct model_entry *start,
			  const struct model_entry *end, const struct model_entry *waiting)
{
	size_t i;

	if (!model_is_same(start, end) || start->time_ns > end->time_ns ||
	    end->time_ns - start->time_ns > (int64_t)model->timeout_ns)
		return false;
	for (i = 0; i < waiting->seen_count; i++)
		if (start->time_ns < waiting->seen[i] && waiting->seen[i] < end->time_ns)
			return false;
	return true;
}

static size_t model_find_other(const struct model *model, enum pair_side side,
			       const struct model_entry *entry)
{
	enum pair_side other = side == PAIR_START ? PAIR_END : PAIR_START;
	const struct model_entry *entries = model->waiting[other];
	size_t i, found = SIZE_MAX;

	for (i = 0; i < model->count[other]; i++) {
		if (!model_is_pair(model, side == PAIR_START ? entry : &entries[i],
				   side == PAIR_START ? &entries[i] : entry, &entries[i]))
			continue;
		if (found == SIZE_MAX ||
		    (entries[i].time_ns < entries[found].time_ns) == (side == PAIR_START))
			found = i;
	}
	return found;
}

/* To the next thing that is known of the key. */
static uint64_t model_room(enum pair_side side, const struct model_entry *entry)
{
	int64_t end = side == PAIR_START ? INT64_MAX : INT64_MIN;
	size_t i;

	for (i = 0; i < entry->seen_count; i++)
		if (side == PAIR_START && entry->seen[i] > entry->time_ns && entry->seen[i] < end)
			end = entry->seen[i];
		else if (side == PAIR_END && entry->seen[i] < entry->time_ns &&
			 entry->seen[i] > end)
			end = entry->seen[i];
	return side == PAIR_START ? (uint64_t)end - (uint64_t)entry->time_ns
				  : (uint64_t)entry->time_ns - (uint64_t)end;
}

static bool model_is_less(enum pair_side side, const struct model_entry *a,
			  const struct model_entry *b)
{
	uint64_t room_a = model_room(side, a), room_b = model_room(side, b);

	return room_a < room_b || (room_a == room_b && a->time_ns < b->time_ns);
}

/* What is to go of those that have the key, where there are as many as there can be. */
static size_t model_find_least(const struct model *model, enum pair_side side,
			       const struct model_entry *entry)
{
	const struct model_entry *entries = model->waiting[side];
	size_t i, count = 0, found = SIZE_MAX;

	for (i = 0; i < model->count[side]; i++) {
		if (!model_is_same(&entries[i], entry))
			continue;
		count++;
		if (found == SIZE_MAX || model_is_less(side, &entries[i], &entries[found]))
			found = i;
	}
	return count < PAIRS_OF_KEY_MAX ? SIZE_MAX : found;
}

static size_t model_bytes(const struct model *model, enum pair_side side)
{
	size_t i, bytes = 0;

	for (i = 0; i < model->count[side]; i++)
		bytes += model->waiting[side][i].key_bytes + model->waiting[side][i].note_bytes;
	return bytes;
}

static void model_wait(struct model *model, enum pair_side side, const struct model_entry *entry)
{
	size_t same = model_find_least(model, side, entry);
	size_t bytes = entry->key_bytes + entry->note_bytes;

	if (same != SIZE_MAX || bytes > model->limit * 256)
		model->unmatched[side]++;
	if (same != SIZE_MAX) {
		if (!model_is_less(side, &model->waiting[side][same], entry))
			return;
		model_drop(model, side, same);
	}
	if (bytes > model->limit * 256) {
		model->unmatched[side] += same != SIZE_MAX;
		return;
	}
	while (model->count[side] == model->limit ||
	       model_bytes(model, side) + bytes > model->limit * 256) {
		model_drop(model, side, 0);
		model->unmatched[side]++;
	}
	model->waiting[side][model->count[side]] = *entry;
	model->waiting[side][model->count[side]++].since_ns = model->newest_ns;
}

static bool model_add(struct model *model, enum pair_side side, struct model_entry *entry,
		      struct model_entry *with)
{
	enum pair_side other = side == PAIR_START ? PAIR_END : PAIR_START;
	size_t found;

	model_expire(model, entry->time_ns);
	found = model_find_other(model, side, entry);
	model_see(model, entry);
	if (found != SIZE_MAX) {
		*with = model->waiting[other][found];
		model_drop(model, other, found);
		model->matched++;
		return true;
	}
	model_wait(model, side, entry);
	return false;
}

/* No two have the same time: which of them was paired could not be told. */
static struct model_entry random_entry(struct random *random, int64_t clock_ns, int number)
{
	struct model_entry entry = {.time_ns = (clock_ns + random_below(random, 60) - 30) * TIMES +
					       number};
	uint32_t key = random_below(random, 40);
	size_t i;

	/* Keys of all lengths, among them such as begin as others do. */
	entry.key_bytes = key * 7;
	memset(entry.key, 'k', entry.key_bytes);
	if (key && random_below(random, 2))
		entry.key[entry.key_bytes - 1] = 'x';
	entry.note_bytes = random_below(random, random_below(random, 8) ? 90 : 700);
	for (i = 0; i < entry.note_bytes; i++)
		entry.note[i] = (uint8_t)random_next(random);
	return entry;
}

static void check_counts(const struct pairs_counts *counts, const struct model *model)
{
	size_t side;

	assert_int_equal(counts->matched, model->matched);
	assert_int_equal(counts->open, model->count[PAIR_START]);
	assert_int_equal(counts->expired, model->expired);
	for (side = 0; side < PAIR_SIDE_COUNT; side++)
		assert_int_equal(counts->unmatched[side], model->unmatched[side]);
}

static void run_against_model(uint64_t seed, size_t limit)
{
	static struct model model;
	struct random random = {seed};
	struct pairs_counts counts = {0};
	struct pairs *pairs;
	struct paired found;
	int64_t clock_ns = 0;
	int i;

	memset(&model, 0, sizeof(model));
	model.limit = limit;
	model.timeout_ns = 200 * TIMES;
	model.newest_ns = INT64_MIN;
	pairs = pairs_new(limit, model.timeout_ns, &counts);
	assert_non_null(pairs);
	for (i = 0; i < TIMES; i++) {
		enum pair_side side = random_below(&random, 2) ? PAIR_START : PAIR_END;
		struct model_entry entry, with;
		bool paired;

		clock_ns += random_below(&random, 100) ? random_below(&random, 10)
						       : random_below(&random, 400);
		entry = random_entry(&random, clock_ns, i);
		paired = pairs_add(pairs, side, entry.key, entry.key_bytes, entry.time_ns, NULL,
				   entry.note, entry.note_bytes, &found);
		assert_int_equal(paired, model_add(&model, side, &entry, &with));
		check_counts(&counts, &model);
		if (!paired)
			continue;
		assert_int_equal(found.time_ns, with.time_ns);
		assert_int_equal(found.note_bytes, with.note_bytes);
		assert_memory_equal(found.note, with.note, with.note_bytes);
	}
	assert_true(model.matched > 100);
	pairs_free(pairs);
}

static void random_events_are_paired_as_by_a_plain_list(void **state)
{
	(void)state;
	run_against_model(1, MODEL_MAX);
	run_against_model(2, MODEL_MAX);
	run_against_model(3, 10);
	run_against_model(4, 3);
	run_against_model(5, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_events_are_paired_as_by_a_plain_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
