#include "exporter/rule/rule_expiry.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct expiring {
	struct cell *cell;
	uint32_t names[RULE_EXPIRY_NAMES_MAX];
	size_t count;  /* 0: they were forgotten */
	int64_t since; /* then: when that was noticed */
	bool has_since;
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

void rule_expiry_move(struct rule_expiry *to, struct rule_expiry *from)
{
	to->series = from->series;
	from->series = NULL;
}

static bool has_unknown(const struct expiring *series)
{
	size_t i;

	for (i = 0; i < series->count; i++)
		if (!series->names[i])
			return true;
	return false;
}

void rule_expiry_forget_names(struct rule_expiry *expiry)
{
	struct expiring *series;

	for (series = expiry->series; series; series = series->hh.next) {
		if (has_unknown(series))
			continue;
		series->count = 0;
		series->has_since = false;
	}
}

static void set_names(struct expiring *series, const struct state_name *const *names, size_t count)
{
	series->count = 0;
	while (series->count < count) {
		series->names[series->count] = names[series->count]->id;
		series->count++;
	}
}

/* Out of memory the series stays on the page for good. */
void rule_expiry_add(struct rule_expiry *expiry, struct cell *cell,
		     const struct state_name *const *names, size_t count)
{
	struct expiring *series;

	if (!count || count > RULE_EXPIRY_NAMES_MAX)
		return;
	HASH_FIND_PTR(expiry->series, &cell, series);
	if (series) {
		if (!series->count)
			set_names(series, names, count);
		return;
	}
	series = calloc(1, sizeof(*series));
	if (!series)
		return;
	series->cell = cell;
	set_names(series, names, count);
	HASH_ADD_PTR(expiry->series, cell, series);
	if (!series->hh.tbl)
		free(series);
}

static bool is_long_ago(int64_t since, int64_t now_ns, uint64_t expire_ns)
{
	return now_ns >= since && (uint64_t)now_ns - (uint64_t)since >= expire_ns;
}

/* What is not known cannot be known to have ended. */
static bool has_expired(const struct expiring *series, const struct trace_state *state,
			int64_t now_ns, uint64_t expire_ns)
{
	int64_t since;
	size_t i;

	/* Nothing was counted for it since its processes were forgotten. */
	if (!series->count)
		return is_long_ago(series->since, now_ns, expire_ns);
	for (i = 0; i < series->count; i++)
		if (!series->names[i] || trace_state_name_lives(state, series->names[i], &since) ||
		    !is_long_ago(since, now_ns, expire_ns))
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
		if (!series->has_since)
			series->since = now_ns;
		series->has_since = true;
		if (!has_expired(series, state, now_ns, expire_ns))
			continue;
		shard_retire(shard, family, series->cell);
		forget(expiry, series);
		any = true;
	}
	return any;
}
