#include "config/nearest.h"

#include <stdint.h>
#include <string.h>

/* No known word is longer. */
#define WORD_MAX 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

/* Three rows of the table of distances between the beginnings of two words. */
struct rows {
	size_t row[3][WORD_MAX + 1];
};

static size_t *row(struct rows *rows, size_t i)
{
	return rows->row[i % 3];
}

static size_t cell(struct rows *rows, const char *a, const char *b, size_t i, size_t j)
{
	size_t changed = lower(a[i - 1]) != lower(b[j - 1]);
	size_t value = row(rows, i - 1)[j - 1] + changed;

	value = least(value, row(rows, i - 1)[j] + 1);
	value = least(value, row(rows, i)[j - 1] + 1);
	if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
	    lower(a[i - 2]) == lower(b[j - 1]))
		value = least(value, row(rows, i - 2)[j - 2] + 1);
	return value;
}

size_t edit_distance(const char *a, const char *b)
{
	size_t a_length = strnlen(a, WORD_MAX + 1), b_length = strnlen(b, WORD_MAX + 1);
	struct rows rows;
	size_t i, j;

	if (a_length > WORD_MAX || b_length > WORD_MAX)
		return SIZE_MAX;
	for (j = 0; j <= b_length; j++)
		rows.row[0][j] = j;
	for (i = 1; i <= a_length; i++) {
		row(&rows, i)[0] = i;
		for (j = 1; j <= b_length; j++)
			row(&rows, i)[j] = cell(&rows, a, b, i, j);
	}
	return row(&rows, a_length)[b_length];
}

size_t nearest(const char *word, const char *(*known)(size_t i, const void *context),
	       const void *context)
{
	size_t i, distance, best = NEAREST_NONE, best_distance = SIZE_MAX;
	const char *candidate;

	for (i = 0; (candidate = known(i, context)); i++) {
		distance = edit_distance(word, candidate);
		if (distance > 1 + strlen(candidate) / 5 || distance >= strlen(candidate))
			continue;
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}
