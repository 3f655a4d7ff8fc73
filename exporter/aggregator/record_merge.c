#include "exporter/aggregator/record_merge.h"

#include <stdlib.h>
#include <string.h>

void record_merge_init(struct record_merge *merge, struct buffer_walk *walk)
{
	memset(merge, 0, sizeof(*merge));
	merge->walk = walk;
}

static void run_free(struct record_run *run)
{
	free(run->kept);
	free(run);
}

void record_merge_done(struct record_merge *merge)
{
	struct record_run *next;
	size_t i;

	for (i = 0; i < merge->count; i++)
		run_free(merge->runs[i]);
	for (; merge->spare; merge->spare = next) {
		next = merge->spare->next_spare;
		run_free(merge->spare);
	}
	free(merge->runs);
}

static bool is_before(const struct record_run *a, const struct record_run *b)
{
	return a->key != b->key ? a->key < b->key : a->number < b->number;
}

static void sift_up(struct record_merge *merge, size_t at)
{
	struct record_run *run = merge->runs[at];

	for (; at && is_before(run, merge->runs[(at - 1) / 2]); at = (at - 1) / 2)
		merge->runs[at] = merge->runs[(at - 1) / 2];
	merge->runs[at] = run;
}

static void sift_down(struct record_merge *merge)
{
	struct record_run *run = merge->runs[0];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < merge->count) {
		if (child + 1 < merge->count &&
		    is_before(merge->runs[child + 1], merge->runs[child]))
			child++;
		if (!is_before(merge->runs[child], run))
			break;
		merge->runs[at] = merge->runs[child];
		at = child;
	}
	merge->runs[at] = run;
}

static struct bytes rest_of(const struct record_cursor *cursor)
{
	if (cursor->is_ftrace)
		return cursor->ftrace.rest;
	return (struct bytes){cursor->etl.at, (size_t)(cursor->etl.end - cursor->etl.at)};
}

static void set_rest(struct record_cursor *cursor, const uint8_t *at, const uint8_t *end)
{
	if (cursor->is_ftrace) {
		cursor->ftrace.rest = (struct bytes){at, (size_t)(end - at)};
		return;
	}
	cursor->etl.at = at;
	cursor->etl.end = end;
}

/* To the next record; a record without a time, or one that goes back, has that of those before. */
static bool advance(struct record_merge *merge, struct record_run *run)
{
	run->begin = rest_of(&run->cursor).at;
	if (!buffer_walk_next(merge->walk, &run->cursor, &run->record))
		return false;
	if (run->record.has_time && run->record.timestamp > run->key)
		run->key = run->record.timestamp;
	return true;
}

static void retire(struct record_merge *merge, struct record_run *run)
{
	if (run->kept_bytes)
		merge->kept_bytes -= run->kept_bytes + sizeof(*run);
	run->kept_bytes = 0;
	run->next_spare = merge->spare;
	merge->spare = run;
}

static struct record_run *take_run(struct record_merge *merge)
{
	struct record_run *run = merge->spare;
	struct record_run **grown;

	if (merge->count == merge->capacity) {
		size_t capacity = merge->capacity ? 2 * merge->capacity : 16;

		grown = realloc(merge->runs, capacity * sizeof(*grown));
		if (!grown)
			return NULL;
		merge->runs = grown;
		merge->capacity = capacity;
	}
	if (!run)
		return calloc(1, sizeof(*run));
	merge->spare = run->next_spare;
	return run;
}

static void move(const uint8_t **pointer, const uint8_t *begin, const uint8_t *end,
		 const uint8_t *to)
{
	if (*pointer && *pointer >= begin && *pointer <= end)
		*pointer = to + (*pointer - begin);
}

/* Copies what is left of the run's bytes, with the record at hand, and lets it go on there. */
static bool keep(struct record_merge *merge, struct record_run *run)
{
	struct bytes rest = rest_of(&run->cursor);
	const uint8_t *begin = run->begin, *end = rest.at + rest.left;
	size_t bytes = (size_t)(end - begin);
	uint8_t *grown;

	if (bytes > run->kept_capacity) {
		grown = realloc(run->kept, bytes);
		if (!grown)
			return false;
		run->kept = grown;
		run->kept_capacity = bytes;
	}
	memcpy(run->kept, begin, bytes);
	move(&run->record.guid, begin, end, run->kept);
	move(&run->record.payload, begin, end, run->kept);
	move(&run->record.schema, begin, end, run->kept);
	move(&run->record.traits, begin, end, run->kept);
	set_rest(&run->cursor, run->kept + (rest.at - begin), run->kept + bytes);
	run->begin = run->kept;
	run->kept_bytes = bytes;
	merge->kept_bytes += bytes + sizeof(*run);
	return true;
}

int record_merge_add(struct record_merge *merge, const struct record_cursor *cursor,
		     bool is_passing)
{
	struct record_run *run;

	/* A few bytes may have become many by decompression, buffer after buffer. */
	if (is_passing && merge->kept_bytes &&
	    merge->kept_bytes + rest_of(cursor).left > RECORD_MERGE_BYTES_MAX)
		return -1;
	run = take_run(merge);
	if (!run)
		return -1;
	run->cursor = *cursor;
	run->key = 0;
	run->number = merge->runs_so_far;
	run->begin = rest_of(cursor).at;
	if (is_passing && rest_of(cursor).left) {
		/* No record is at hand that would have to move, too. */
		run->record = (struct event_record){.guid = NULL};
		if (!keep(merge, run)) {
			retire(merge, run);
			return -1;
		}
	}
	if (!advance(merge, run)) {
		retire(merge, run);
		return 0;
	}
	merge->runs_so_far++;
	merge->runs[merge->count++] = run;
	sift_up(merge, merge->count - 1);
	return 0;
}

static void move_on(struct record_merge *merge)
{
	struct record_run *run = merge->runs[0];

	merge->is_handed_out = false;
	if (!advance(merge, run)) {
		retire(merge, run);
		merge->runs[0] = merge->runs[--merge->count];
		if (!merge->count)
			return;
	}
	sift_down(merge);
}

const struct event_record *record_merge_next(struct record_merge *merge, uint64_t until)
{
	const struct event_record *record;

	if (merge->is_handed_out)
		move_on(merge);
	if (!merge->count || (merge->runs[0]->key >= until && until != UINT64_MAX))
		return NULL;
	record = &merge->runs[0]->record;
	merge->is_handed_out = true;
	if (record->has_time && record->timestamp < merge->newest)
		health_add(&merge->walk->health->events_unordered, 1);
	else if (record->has_time)
		merge->newest = record->timestamp;
	return record;
}

bool record_merge_peek(const struct record_merge *merge, const struct event_record **record,
		       uint64_t *time)
{
	if (!merge->count)
		return false;
	*record = &merge->runs[0]->record;
	*time = merge->runs[0]->key;
	return true;
}

bool record_merge_keep(struct record_merge *merge)
{
	size_t i;

	for (i = 0; i < merge->count; i++)
		if (!merge->runs[i]->kept_bytes && !keep(merge, merge->runs[i]))
			return false;
	return merge->kept_bytes <= RECORD_MERGE_BYTES_MAX;
}

void record_merge_restart(struct record_merge *merge)
{
	merge->newest = 0;
}
