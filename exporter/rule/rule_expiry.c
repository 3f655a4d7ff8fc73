#include "exporter/rule/rule_expiry.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct expiring {
	struct cell *cell;
	uint32_t names[RULE_EXPIRY_NAMES_MAX];
	size_t count;
	UT_hash_handle hh;
};

static void forget(struct rule_expiry *expiry, struct expiring *series)
{
	HASH_DEL(expiry->series, series);
	free(series);
}

void rule_expiry_done(struct rule_expiry *expiry)
{
	struct expiring *series, *next;

	HASH_ITER(hh, expiry->series, series, next)
	{
		forget(expiry, series);
	}
}

/* Out of memory the series stays on the page for good. */
void rule_expiry_add(struct rule_expiry *expiry, struct cell *cell,
		     const struct state_name *const *names, size_t count)
{
	struct expiring *series;
	size_t i;

	HASH_FIND_PTR(expiry->series, &cell, series);
	if (series || !count || count > RULE_EXPIRY_NAMES_MAX)
		return;
	series = calloc(1, sizeof(*series));
	if (!series)
		return;
	series->cell = cell;
	for (i = 0; i < count; i++)
		series->names[series->count++] = names[i]->id;
	HASH_ADD_PTR(expiry->series, cell, series);
	if (!series->hh.tbl)
		free(series);
}

/* What is not known cannot be known to have ended. */
static bool has_expired(const struct expiring *series, const struct trace_state *state,
			int64_t now_ns, uint64_t expire_ns)
{
	int64_t since;
	size_t i;

	for (i = 0; i < series->count; i++)
		if (!series->names[i] || trace_state_name_lives(state, series->names[i], &since) ||
		    now_ns < since || (uint64_t)now_ns - (uint64_t)since < expire_ns)
			return false;
	return true;
}

bool rule_expiry_sweep(struct rule_expiry *expiry, const struct trace_state *state, int64_t now_ns,
		       uint64_t expire_ns, struct shard *shard, struct family *family)
{
	struct expiring *series, *next;
	bool any = false;

	HASH_ITER(hh, expiry->series, series, next)
	{
		if (!has_expired(series, state, now_ns, expire_ns))
			continue;
		shard_retire(shard, family, series->cell);
		forget(expiry, series);
		any = true;
	}
	return any;
}
