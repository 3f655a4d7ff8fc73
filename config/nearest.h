/*
 * nearest: which of the known words a misspelt one was meant to be. Any thread.
 */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include <stddef.h>

/* Letters to insert, drop, change or swap with their neighbour; long words are infinitely far. */
size_t edit_distance(const char *a, const char *b);

#define NEAREST_NONE ((size_t)-1)

/*
 * The index of the known word that is nearest to `word`, in any case; NEAREST_NONE where none is so
 * near that it is likely meant. `known(i, context)` gives the words, NULL behind the last.
 */
size_t nearest(const char *word, const char *(*known)(size_t i, const void *context),
	       const void *context);

#endif
