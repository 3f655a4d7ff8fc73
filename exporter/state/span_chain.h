/*
 * span_chain: the spans of one key laid out in a row, to be changed and put back.
 *
 * Part of spans.
 */
#ifndef EXPORTER_STATE_SPAN_CHAIN_H
#define EXPORTER_STATE_SPAN_CHAIN_H

#include "exporter/state/spans.h"

struct span_chain {
	struct spans *spans;
	struct span_key key;
	uint32_t head; /* as the index knows it; SLAB_NONE: it does not know the key */
	unsigned int count;
	struct span *at[SPANS_PER_KEY]; /* the one that began last first */
	uint32_t numbers[SPANS_PER_KEY];
};

void span_chain_load(struct span_chain *chain, struct spans *spans, struct span_key key);

/* After begins have changed. */
void span_chain_store(struct span_chain *chain);

/*
 * Adds a copy of a span, which the chain need not be loaded anew for, but pointers into it are no
 * longer valid: others may go to make room.
 */
void span_chain_add(struct span_chain *chain, const struct span *span);

/* Sets the end of a span that is in use. */
void span_set_end(struct spans *spans, struct span *span, uint32_t number, int64_t end_ns,
		  bool known);

#endif
