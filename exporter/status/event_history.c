#include "exporter/status/event_history.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/base/hash_index.h"
#include "exporter/base/seeded_hash.h"

#define NO_ROW UINT32_MAX

/* An event type, by the hash of its labels: that two have the same will not be seen in practice. */
struct known {
	uint64_t hash;
	uint64_t count;
	uint32_t row; /* or NO_ROW */
};

struct event_history {
	struct hash_seed seed;
	struct hash_index index; /* of known, by number + 1 */
	struct known *known;
	size_t known_count, known_capacity;
	size_t left_out; /* in the last step */
	size_t types;	 /* likewise, all */
	struct event_row rows[EVENT_HISTORY_ROWS];
	uint32_t row_of[EVENT_HISTORY_ROWS]; /* whose it is, in known */
	size_t row_count;
	uint64_t steps;
	double seconds; /* of the current step */
};

struct event_history *event_history_new(void)
{
	struct event_history *history = calloc(1, sizeof(*history));

	if (history)
		hash_seed_draw(&history->seed);
	return history;
}

void event_history_free(struct event_history *history)
{
	size_t i;

	if (!history)
		return;
	for (i = 0; i < history->row_count; i++)
		free(history->rows[i].labels);
	hash_index_done(&history->index);
	free(history->known);
	free(history);
}

static struct known *find(const struct event_history *history, uint64_t hash)
{
	uint32_t at = (uint32_t)hash, number;

	if (!history->index.slots)
		return NULL;
	while ((number = hash_index_next(&history->index, (uint32_t)hash, &at)))
		if (history->known[number - 1].hash == hash)
			return &history->known[number - 1];
	return NULL;
}

static bool reserve(struct event_history *history)
{
	size_t capacity = history->known_capacity ? 2 * history->known_capacity : 64;
	struct known *known;

	if (!hash_index_reserve(&history->index))
		return false;
	if (history->known_count < history->known_capacity)
		return true;
	known = realloc(history->known, capacity * sizeof(*known));
	if (!known)
		return false;
	history->known = known;
	history->known_capacity = capacity;
	return true;
}

/* NULL: beyond the limit, or no memory. */
static struct known *add(struct event_history *history, uint64_t hash, uint64_t count)
{
	struct known *known;

	if (history->known_count == EVENT_HISTORY_TYPES_MAX || !reserve(history))
		return NULL;
	known = &history->known[history->known_count++];
	*known = (struct known){hash, count, NO_ROW};
	hash_index_add(&history->index, (uint32_t)hash, (uint32_t)history->known_count);
	return known;
}

static size_t least_busy(const struct event_history *history)
{
	size_t least = 0, i;

	for (i = 1; i < history->row_count; i++)
		if (history->rows[i].sum < history->rows[least].sum)
			least = i;
	return least;
}

/* A row for who has come so often in this step; NULL: there is none for so few. */
static struct event_row *take_row(struct event_history *history, struct known *known, double rate)
{
	struct event_row *row;
	size_t number = history->row_count;

	if (number == EVENT_HISTORY_ROWS) {
		number = least_busy(history);
		if (rate * RATE_STEPS <= history->rows[number].sum)
			return NULL;
		history->known[history->row_of[number]].row = NO_ROW;
		free(history->rows[number].labels);
	} else {
		history->row_count++;
	}
	row = &history->rows[number];
	*row = (struct event_row){0};
	history->row_of[number] = (uint32_t)(known - history->known);
	known->row = (uint32_t)number;
	return row;
}

static void name_row(struct event_row *row, const char *labels, size_t length)
{
	row->labels = malloc(length + 1);
	row->length = row->labels ? length : 0;
	if (row->labels)
		memcpy(row->labels, labels, length);
}

/* What is seen of a series in a step. */
struct seen {
	const char *labels;
	size_t length;
	uint64_t count;
	double rate;
	bool born; /* since the step before */
};

static void note_in_row(struct event_history *history, struct known *known, const struct seen *seen)
{
	struct event_row *row = known->row == NO_ROW ? NULL : &history->rows[known->row];

	if (!row) {
		row = seen->rate > 0 ? take_row(history, known, seen->rate) : NULL;
		if (!row)
			return;
		name_row(row, seen->labels, seen->length);
		rate_history_fill(&row->history, seen->born ? 0 : NAN);
	}
	row->count = seen->count;
	rate_history_set(&row->history, history->steps, seen->rate);
	row->sum = rate_history_sum(&row->history);
}

static void visit(void *context, const char *labels, size_t length, uint64_t count)
{
	struct event_history *history = context;
	uint64_t hash = seeded_hash(&history->seed, (const uint8_t *)labels, length);
	struct seen seen = {.labels = labels, .length = length, .count = count};
	struct known *known = find(history, hash);
	bool first = !(history->seconds > 0);

	history->types++;
	seen.born = !known && !first;
	if (!known)
		known = add(history, hash, first ? count : 0);
	if (!known) {
		history->left_out++;
		return;
	}
	/* It was gone, and counts anew. */
	if (count < known->count)
		known->count = 0;
	seen.rate = first ? 0 : (double)(count - known->count) / history->seconds;
	known->count = count;
	note_in_row(history, known, &seen);
}

/* Of a type that is gone nothing comes any more. */
static void pass_zeros(struct event_history *history)
{
	size_t i;

	for (i = 0; i < history->row_count; i++) {
		struct event_row *row = &history->rows[i];

		rate_history_set(&row->history, history->steps, 0);
		row->sum = rate_history_sum(&row->history);
	}
}

void event_history_step(struct event_history *history, struct registry *registry,
			struct family *family, double seconds)
{
	history->types = 0;
	history->left_out = 0;
	history->seconds = seconds;
	if (seconds > 0)
		pass_zeros(history);
	family_walk(registry, family, visit, history);
	if (seconds > 0)
		history->steps++;
}

size_t event_history_types(const struct event_history *history)
{
	return history->types;
}

size_t event_history_types_left_out(const struct event_history *history)
{
	return history->left_out;
}

static int compare_rows(const void *a, const void *b)
{
	const struct event_row *left = *(const struct event_row *const *)a;
	const struct event_row *right = *(const struct event_row *const *)b;

	return (left->sum < right->sum) - (left->sum > right->sum);
}

size_t event_history_top(const struct event_history *history, const struct event_row **rows,
			 size_t max)
{
	const struct event_row *all[EVENT_HISTORY_ROWS];
	size_t count = 0, i;

	for (i = 0; i < history->row_count; i++)
		if (history->rows[i].sum > 0 && history->rows[i].labels)
			all[count++] = &history->rows[i];
	qsort(all, count, sizeof(*all), compare_rows);
	if (count > max)
		count = max;
	memcpy(rows, all, count * sizeof(*all));
	return count;
}
