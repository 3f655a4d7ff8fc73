#include "exporter/state/processes.h"

#include <stdlib.h>

#define LIVES_MIN 64

static bool agree(const void *context, uint32_t a, uint32_t b)
{
	const struct processes *processes = context;

	return names_agree(processes->names, a, b);
}

/* The longer one: the other is unknown, or cut. */
static uint32_t better(const void *context, uint32_t a, uint32_t b)
{
	const struct processes *processes = context;
	const struct names *names = processes->names;

	if (a == NAME_UNKNOWN || b == NAME_UNKNOWN)
		return a == NAME_UNKNOWN ? b : a;
	return names_get(names, b)->length > names_get(names, a)->length ? b : a;
}

/* NULL: no memory. */
static struct life *life_of(struct processes *processes, uint32_t name_id)
{
	size_t count = processes->life_count ? processes->life_count : LIVES_MIN;
	struct life *lives;

	if (name_id < processes->life_count)
		return &processes->lives[name_id];
	while (count <= name_id)
		count *= 2;
	lives = realloc(processes->lives, count * sizeof(*lives));
	if (!lives)
		return NULL;
	for (size_t i = processes->life_count; i < count; i++)
		lives[i] = (struct life){.ended_ns = INT64_MIN};
	processes->lives = lives;
	processes->life_count = count;
	return &lives[name_id];
}

static void add_life(struct processes *processes, const struct span *span)
{
	struct life *life = life_of(processes, span->value);

	if (!life)
		return;
	life->was_process = true;
	if (span->end_ns == INT64_MAX)
		life->living++;
	else if (span->end_ns > life->ended_ns)
		life->ended_ns = span->end_ns;
}

/* Where there was no memory for a life it was not counted either. */
static struct life *take_life(struct processes *processes, const struct span *span)
{
	struct life *life =
		span->value < processes->life_count ? &processes->lives[span->value] : NULL;

	if (!life || span->end_ns != INT64_MAX || !life->living)
		return NULL;
	life->living--;
	return life;
}

static void for_spans(struct processes *processes, struct span_key key,
		      void (*act)(struct processes *processes, const struct span *span))
{
	const struct span *span = spans_newest(&processes->spans, key);

	while (span) {
		act(processes, span);
		span = span->older == SLAB_NONE ? NULL : span_at(&processes->spans, span->older);
	}
}

static void take_away(struct processes *processes, const struct span *span)
{
	take_life(processes, span);
}

static void dropped(void *context, const struct span *span)
{
	struct processes *processes = context;
	struct life *life;

	if (processes->changing && processes->changing->id == span->key.id)
		return;
	life = take_life(processes, span);
	if (life && life->ended_ns < processes->newest_ns)
		life->ended_ns = processes->newest_ns;
}

int processes_init(struct processes *processes, size_t limit, const struct names *names,
		   struct table_counts *counts)
{
	const struct span_hooks hooks = {agree, better, dropped, processes};

	*processes = (struct processes){.names = names, .newest_ns = INT64_MIN};
	return spans_init(&processes->spans, limit, &hooks, counts);
}

void processes_done(struct processes *processes)
{
	spans_done(&processes->spans);
	free(processes->lives);
}

void processes_learn(struct processes *processes, enum span_news news, uint32_t pid,
		     int64_t time_ns, uint32_t name_id)
{
	const struct span_key key = {.id = pid};

	if (time_ns > processes->newest_ns)
		processes->newest_ns = time_ns;
	for_spans(processes, key, take_away);
	processes->changing = &key;
	spans_learn(&processes->spans, news, key, time_ns, name_id);
	processes->changing = NULL;
	for_spans(processes, key, add_life);
}

bool processes_name_lives(const struct processes *processes, uint32_t name_id, int64_t *since)
{
	const struct life *life =
		name_id < processes->life_count ? &processes->lives[name_id] : NULL;

	/* These stand for many. */
	if (name_id == NAME_UNKNOWN || name_id == NAME_OTHER)
		return true;
	if (!life || !life->was_process || life->living)
		return true;
	*since = life->ended_ns;
	return false;
}
