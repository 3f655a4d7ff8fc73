#include "exporter/base/slab.h"

#include <stdbool.h>
#include <stdlib.h>

#include "exporter/system/aligned.h"

#define PIECES_MAX (UINT32_MAX / SLAB_PIECE_ELEMENTS)

void slab_init(struct slab *slab, size_t element_bytes)
{
	*slab = (struct slab){.unused = SLAB_NONE + 1, .element_bytes = element_bytes};
}

void slab_done(struct slab *slab)
{
	uint32_t i;

	for (i = 0; i < slab->piece_count; i++)
		aligned_free(slab->pieces[i]);
	free(slab->pieces);
}

static bool add_piece(struct slab *slab)
{
	void **pieces, *piece;

	if (slab->piece_count == PIECES_MAX)
		return false;
	pieces = realloc(slab->pieces, (slab->piece_count + 1) * sizeof(*pieces));
	if (!pieces)
		return false;
	slab->pieces = pieces;
	piece = aligned_new(CACHE_LINE, slab->element_bytes * SLAB_PIECE_ELEMENTS);
	if (!piece)
		return false;
	pieces[slab->piece_count++] = piece;
	return true;
}

uint32_t slab_take_unused(struct slab *slab)
{
	if (slab->unused / SLAB_PIECE_ELEMENTS == slab->piece_count && !add_piece(slab))
		return SLAB_NONE;
	return slab->unused++;
}
