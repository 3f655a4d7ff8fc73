#include "exporter/state/spans.h"

#include "exporter/state/span_chain.h"

#define NONE (-1) /* of a chain */

int spans_init(struct spans *spans, size_t limit, const struct span_hooks *hooks,
	       struct table_counts *counts)
{
	*spans = (struct spans){.limit = limit, .counts = counts};
	if (hooks)
		spans->hooks = *hooks;
	slab_init(&spans->slab, sizeof(struct span));
	hash_seed_draw(&spans->seed);
	return hash_index_reserve(&spans->index) ? 0 : -1;
}

void spans_done(struct spans *spans)
{
	hash_index_done(&spans->index);
	slab_done(&spans->slab);
}

/* `later` is not before `earlier`. */
static bool within(int64_t earlier, int64_t later)
{
	return (uint64_t)later - (uint64_t)earlier <= SPANS_TOLERANCE_NS;
}

static bool is_close(int64_t a, int64_t b)
{
	return a < b ? within(a, b) : within(b, a);
}

static bool agrees(const struct span_chain *chain, unsigned int i, uint32_t value)
{
	const struct span_hooks *hooks = &chain->spans->hooks;

	if (!hooks->agree)
		return chain->at[i]->value == value;
	return hooks->agree(hooks->context, chain->at[i]->value, value);
}

static void take_value(struct span_chain *chain, unsigned int i, uint32_t value)
{
	const struct span_hooks *hooks = &chain->spans->hooks;

	if (hooks->better)
		chain->at[i]->value = hooks->better(hooks->context, chain->at[i]->value, value);
}

static void set_end(struct span_chain *chain, unsigned int i, int64_t end_ns, bool known)
{
	span_set_end(chain->spans, chain->at[i], chain->numbers[i], end_ns, known);
}

/* The last that began by then; chain->count: none. */
static unsigned int last_by(const struct span_chain *chain, int64_t time_ns)
{
	unsigned int i;

	for (i = 0; i < chain->count && chain->at[i]->begin_ns > time_ns; i++)
		;
	return i;
}

/* When the next one began that is known to; INT64_MAX: none is known. */
static int64_t next_begin(const struct span_chain *chain, unsigned int i)
{
	while (i-- > 0)
		if (chain->at[i]->begin_known)
			return chain->at[i]->begin_ns;
	return INT64_MAX;
}

/* Whether a span was certainly there some time after then. */
static bool was_there_after(const struct span *span, int64_t time_ns)
{
	return span->begin_known
		       ? span->begin_ns > time_ns || (span->end_known && span->end_ns > time_ns)
		       : span->seen_ns >= time_ns;
}

/* The span that was there first after then, if it may have begun then. */
static int find_without_start(const struct span_chain *chain, int64_t time_ns, uint32_t value)
{
	int found = NONE;
	unsigned int i;

	for (i = 0; i < chain->count; i++)
		if (was_there_after(chain->at[i], time_ns))
			found = !chain->at[i]->begin_known && agrees(chain, i, value) ? (int)i
										      : NONE;
	return found;
}

/* One that began then already, as another provider has said. */
static int find_started(const struct span_chain *chain, int64_t time_ns, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < chain->count; i++) {
		const struct span *span = chain->at[i];

		if (span->begin_known && is_close(span->begin_ns, time_ns) &&
		    span->end_ns >= time_ns && agrees(chain, i, value))
			return (int)i;
	}
	return NONE;
}

/* Others that were thought to reach over this time end, or begin later. */
static void make_way(struct span_chain *chain, int64_t time_ns)
{
	unsigned int i;

	for (i = 0; i < chain->count; i++) {
		struct span *span = chain->at[i];

		if (span->begin_ns > time_ns || span->end_ns <= time_ns)
			continue;
		if (!span->begin_known && span->seen_ns > time_ns)
			span->begin_ns = span->seen_ns;
		else if (!span->end_known)
			set_end(chain, i, time_ns, false);
	}
}

static void complete_start(struct span_chain *chain, unsigned int i, int64_t time_ns,
			   uint32_t value)
{
	struct span *span = chain->at[i];

	take_value(chain, i, value);
	span->begin_ns = time_ns;
	span->begin_known = true;
	span->seen_ns = time_ns;
	/* It itself has moved; what was thought to be there before it gives way. */
	for (i++; i < chain->count; i++)
		if (!chain->at[i]->end_known && chain->at[i]->end_ns > time_ns &&
		    chain->at[i]->begin_ns <= time_ns)
			set_end(chain, i, time_ns, false);
	span_chain_store(chain);
}

/* What had a start and an end was two, where there is a start in between: it ends the second. */
static void take_over_end(struct span_chain *chain, struct span *span)
{
	unsigned int i = last_by(chain, span->begin_ns);

	if (i == chain->count || !chain->at[i]->end_known ||
	    chain->at[i]->end_ns <= span->begin_ns || !agrees(chain, i, span->value))
		return;
	span->end_ns = chain->at[i]->end_ns;
	span->end_known = true;
	set_end(chain, i, span->begin_ns, false);
}

static int64_t oldest_begin_after(const struct span_chain *chain, int64_t time_ns)
{
	unsigned int i = last_by(chain, time_ns);

	return i ? chain->at[i - 1]->begin_ns : INT64_MAX;
}

static void learn_start(struct spans *spans, struct span_key key, int64_t time_ns, uint32_t value)
{
	struct span span = {.key = key,
			    .value = value,
			    .begin_ns = time_ns,
			    .end_ns = INT64_MAX,
			    .seen_ns = time_ns,
			    .begin_known = true};
	struct span_chain chain;
	int i;

	span_chain_load(&chain, spans, key);
	i = find_without_start(&chain, time_ns, value);
	if (i != NONE) {
		complete_start(&chain, (unsigned int)i, time_ns, value);
		return;
	}
	i = find_started(&chain, time_ns, value);
	if (i != NONE) {
		take_value(&chain, (unsigned int)i, value);
		return;
	}
	take_over_end(&chain, &span);
	make_way(&chain, time_ns);
	span_chain_store(&chain);
	if (!span.end_known)
		span.end_ns = oldest_begin_after(&chain, time_ns);
	span_chain_add(&chain, &span);
}

/* The last one that may have ended then. */
static int find_without_end(const struct span_chain *chain, int64_t time_ns, uint32_t value)
{
	unsigned int i;

	for (i = last_by(chain, time_ns); i < chain->count; i++) {
		int64_t next = next_begin(chain, i);

		if (next < time_ns && !within(next, time_ns))
			return NONE;
		if (!chain->at[i]->end_known && agrees(chain, i, value))
			return (int)i;
	}
	return NONE;
}

static int find_ended(const struct span_chain *chain, int64_t time_ns, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < chain->count; i++)
		if (chain->at[i]->end_known && is_close(chain->at[i]->end_ns, time_ns) &&
		    agrees(chain, i, value))
			return (int)i;
	return NONE;
}

static void complete_end(struct span_chain *chain, unsigned int i, int64_t time_ns, uint32_t value)
{
	struct span *span = chain->at[i];
	int64_t next = next_begin(chain, i);

	take_value(chain, i, value);
	if (span->seen_ns > time_ns)
		span->seen_ns = time_ns;
	set_end(chain, i, time_ns < next ? time_ns : next, true);
	span_chain_store(chain);
}

/* One that was there then, and is none of the others: it began when the one before it ended. */
static void add_unknown(struct span_chain *chain, int64_t time_ns, bool has_ended, uint32_t value)
{
	struct span span = {.key = chain->key,
			    .value = value,
			    .begin_ns = INT64_MIN,
			    .end_ns = time_ns,
			    .seen_ns = time_ns,
			    .end_known = has_ended};
	unsigned int i;

	make_way(chain, time_ns);
	span_chain_store(chain);
	i = last_by(chain, time_ns);
	if (i < chain->count)
		span.begin_ns = chain->at[i]->end_ns < time_ns ? chain->at[i]->end_ns : time_ns;
	if (!has_ended)
		span.end_ns = oldest_begin_after(chain, time_ns);
	span_chain_add(chain, &span);
}

/* An end between a start and an end: they are of two, and the start of the second is missing. */
static bool split(struct span_chain *chain, int64_t time_ns, uint32_t value)
{
	unsigned int i = last_by(chain, time_ns);
	struct span second;

	if (i == chain->count || !chain->at[i]->end_known || chain->at[i]->end_ns < time_ns ||
	    !agrees(chain, i, value))
		return false;
	second = *chain->at[i];
	second.begin_ns = time_ns;
	second.begin_known = false;
	second.seen_ns = second.end_ns;
	if (chain->at[i]->seen_ns > time_ns)
		chain->at[i]->seen_ns = time_ns;
	set_end(chain, i, time_ns, true);
	span_chain_add(chain, &second);
	return true;
}

static void learn_end(struct spans *spans, struct span_key key, int64_t time_ns, uint32_t value)
{
	struct span_chain chain;
	int i;

	span_chain_load(&chain, spans, key);
	i = find_without_end(&chain, time_ns, value);
	if (i != NONE)
		complete_end(&chain, (unsigned int)i, time_ns, value);
	else if (find_ended(&chain, time_ns, value) == NONE && !split(&chain, time_ns, value))
		add_unknown(&chain, time_ns, true, value);
}

static void learn_gone(struct spans *spans, struct span_key key, int64_t time_ns, uint32_t value)
{
	struct span_chain chain;
	unsigned int i;

	span_chain_load(&chain, spans, key);
	i = last_by(&chain, time_ns);
	if (i == chain.count || chain.at[i]->end_ns == INT64_MAX || !agrees(&chain, i, value))
		learn_end(spans, key, time_ns, value);
}

/* One that was there then, or nearly: rundown meets what just comes or goes. */
static int find_there(const struct span_chain *chain, int64_t time_ns, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < chain->count; i++) {
		const struct span *span = chain->at[i];

		if ((span_has(span, time_ns) || is_close(span->begin_ns, time_ns) ||
		     is_close(span->end_ns, time_ns)) &&
		    agrees(chain, i, value))
			return (int)i;
	}
	return NONE;
}

static void learn_there(struct spans *spans, struct span_key key, int64_t time_ns, uint32_t value)
{
	struct span_chain chain;
	int i;

	span_chain_load(&chain, spans, key);
	i = find_there(&chain, time_ns, value);
	if (i == NONE) {
		add_unknown(&chain, time_ns, false, value);
		return;
	}
	take_value(&chain, (unsigned int)i, value);
	if (!chain.at[i]->begin_known && chain.at[i]->seen_ns > time_ns)
		chain.at[i]->seen_ns = time_ns;
}

void spans_learn(struct spans *spans, enum span_news news, struct span_key key, int64_t time_ns,
		 uint32_t value)
{
	static void (*const learn[SPAN_NEWS_COUNT])(struct spans *, struct span_key, int64_t,
						    uint32_t) = {
		[SPAN_START] = learn_start,
		[SPAN_END] = learn_end,
		[SPAN_THERE] = learn_there,
		[SPAN_GONE] = learn_gone,
	};

	spans->changes++;
	learn[news](spans, key, time_ns, value);
}

void spans_close(struct spans *spans, struct span_key key, int64_t time_ns)
{
	struct span_chain chain;
	unsigned int i;

	spans->changes++;
	span_chain_load(&chain, spans, key);
	for (i = 0; i < chain.count; i++)
		if (chain.at[i]->begin_ns <= time_ns && chain.at[i]->end_ns == INT64_MAX)
			set_end(&chain, i, time_ns, false);
	span_chain_store(&chain);
}

static bool may_reach_back(const struct span *span, int64_t time_ns)
{
	return !span->begin_known || within(time_ns, span->begin_ns);
}

/* Between two spans: the one that is close enough, unless both are and differ. */
static const struct span *between(const struct span *older, const struct span *newer,
				  int64_t time_ns)
{
	bool is_older = older && within(older->end_ns, time_ns);
	bool is_newer = newer && may_reach_back(newer, time_ns);

	if (is_older && is_newer)
		return older->value == newer->value ? newer : NULL;
	if (is_older)
		return older;
	return is_newer ? newer : NULL;
}

const struct span *spans_find_older(const struct spans *spans, const struct span *newest,
				    int64_t time_ns)
{
	const struct span *newer = NULL, *span = newest;

	while (span->begin_ns > time_ns && span->older != SLAB_NONE) {
		newer = span;
		span = span_at(spans, span->older);
	}
	if (span->begin_ns > time_ns)
		return between(NULL, span, time_ns);
	if (span_has(span, time_ns))
		return span;
	return between(span, newer, time_ns);
}

const struct span *spans_last(const struct spans *spans, struct span_key key, int64_t time_ns)
{
	const struct span *span = spans_newest(spans, key);

	while (span && span->begin_ns > time_ns)
		span = span->older == SLAB_NONE ? NULL : span_at(spans, span->older);
	return span;
}
