#include "exporter/state/span_chain.h"

void span_chain_load(struct span_chain *chain, struct spans *spans, struct span_key key)
{
	const struct span *newest = spans_newest(spans, key);
	uint32_t hash = span_hash(spans, key), at = hash, number;

	*chain = (struct span_chain){.spans = spans, .key = key};
	if (!newest)
		return;
	while ((number = hash_index_next(&spans->index, hash, &at)))
		if (span_at(spans, number) == newest)
			break;
	chain->head = number;
	for (; number != SLAB_NONE; number = chain->at[chain->count++]->older) {
		chain->at[chain->count] = span_at(spans, number);
		chain->numbers[chain->count] = number;
	}
}

static void swap(struct span_chain *chain, unsigned int i, unsigned int j)
{
	struct span *span = chain->at[i];
	uint32_t number = chain->numbers[i];

	chain->at[i] = chain->at[j];
	chain->numbers[i] = chain->numbers[j];
	chain->at[j] = span;
	chain->numbers[j] = number;
}

/* Of two that began at the same time the one that ended later is the newer. */
static bool is_newer(const struct span *a, const struct span *b)
{
	return a->begin_ns > b->begin_ns || (a->begin_ns == b->begin_ns && a->end_ns > b->end_ns);
}

/* There are few, and all but one are in order. */
static void sort(struct span_chain *chain)
{
	unsigned int i, j;

	for (i = 1; i < chain->count; i++)
		for (j = i; j && is_newer(chain->at[j], chain->at[j - 1]); j--)
			swap(chain, j, j - 1);
}

/* There is room in the index. */
static void set_head(struct span_chain *chain)
{
	struct hash_index *index = &chain->spans->index;
	uint32_t head = chain->count ? chain->numbers[0] : SLAB_NONE;
	uint32_t hash = span_hash(chain->spans, chain->key);

	if (head == chain->head)
		return;
	if (chain->head == SLAB_NONE)
		hash_index_add(index, hash, head);
	else if (head == SLAB_NONE)
		hash_index_remove(index, hash, chain->head);
	else
		hash_index_replace(index, hash, chain->head, head);
	chain->head = head;
}

void span_chain_store(struct span_chain *chain)
{
	unsigned int i;

	sort(chain);
	for (i = 0; i < chain->count; i++)
		chain->at[i]->older = i + 1 < chain->count ? chain->numbers[i + 1] : SLAB_NONE;
	set_head(chain);
}

static struct span_list *list_of(struct spans *spans, const struct span *span)
{
	return span->end_ns == INT64_MAX ? &spans->open : &spans->ended;
}

static void list_append(struct spans *spans, struct span *span, uint32_t number)
{
	struct span_list *list = list_of(spans, span);

	span->before = list->last;
	span->after = SLAB_NONE;
	if (list->last == SLAB_NONE)
		list->first = number;
	else
		span_at(spans, list->last)->after = number;
	list->last = number;
}

static void list_remove(struct spans *spans, const struct span *span)
{
	struct span_list *list = list_of(spans, span);

	if (span->before == SLAB_NONE)
		list->first = span->after;
	else
		span_at(spans, span->before)->after = span->after;
	if (span->after == SLAB_NONE)
		list->last = span->before;
	else
		span_at(spans, span->after)->before = span->before;
}

void span_set_end(struct spans *spans, struct span *span, uint32_t number, int64_t end_ns,
		  bool known)
{
	list_remove(spans, span);
	span->end_ns = end_ns;
	span->end_known = known;
	list_append(spans, span, number);
}

static void drop(struct span_chain *chain, unsigned int i)
{
	struct spans *spans = chain->spans;
	uint32_t number = chain->numbers[i];

	if (spans->hooks.dropped)
		spans->hooks.dropped(spans->hooks.context, chain->at[i]);
	list_remove(spans, chain->at[i]);
	for (chain->count--; i < chain->count; i++)
		swap(chain, i, i + 1);
	span_chain_store(chain);
	slab_give_back(&spans->slab, number);
	table_set_entries(spans->counts, table_entries(spans->counts) - 1);
	table_refuse(spans->counts);
}

/* Those that ended are of less use than those that have not, the ones of long ago of the least. */
static void push_out(struct spans *spans)
{
	uint32_t number = spans->ended.first != SLAB_NONE ? spans->ended.first : spans->open.first;
	struct span_chain chain;
	unsigned int i = 0;

	span_chain_load(&chain, spans, span_at(spans, number)->key);
	while (i < chain.count && chain.numbers[i] != number)
		i++;
	if (i < chain.count)
		drop(&chain, i);
}

/* SLAB_NONE: there is no room, and none can be made. */
static uint32_t take(struct spans *spans)
{
	uint32_t number = SLAB_NONE;

	if (table_entries(spans->counts) >= spans->limit && spans->limit)
		push_out(spans);
	if (spans->limit && hash_index_reserve(&spans->index))
		number = slab_take(&spans->slab);
	if (number == SLAB_NONE)
		table_refuse(spans->counts);
	return number;
}

void span_chain_add(struct span_chain *chain, const struct span *span)
{
	struct spans *spans = chain->spans;
	uint32_t number;

	span_chain_store(chain);
	if (chain->count == SPANS_PER_KEY)
		drop(chain, SPANS_PER_KEY - 1);
	number = take(spans);
	if (number == SLAB_NONE)
		return;
	span_chain_load(chain, spans, chain->key);
	chain->at[chain->count] = span_at(spans, number);
	chain->numbers[chain->count] = number;
	*chain->at[chain->count] = *span;
	list_append(spans, chain->at[chain->count++], number);
	table_set_entries(spans->counts, table_entries(spans->counts) + 1);
	span_chain_store(chain);
}
