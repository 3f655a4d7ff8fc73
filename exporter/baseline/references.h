/*
 * references: what a baseline says of each series, found by the samples of a page.
 *
 * Samples come with their labels as one text, in the order that their family has. So does a
 * reference, from when its family is first seen on: finding it takes apart and allocates nothing,
 * and as a page has a family's series in the order of these texts, too, seldom searches. Used by
 * one thread; but struct reference is changed by nobody in here.
 */
#ifndef EXPORTER_BASELINE_REFERENCES_H
#define EXPORTER_BASELINE_REFERENCES_H

#include "exporter/baseline/baseline.h"
#include "metrics/family_info.h"

/* A series of the baseline, as collectors show it. */
struct reference {
	char *labels; /* as they stand between the braces, with the metric's name as the first */
	size_t label_bytes;
	double median, deviation; /* NAN: it has no values */
	double now;		  /* NAN: not known */
};

/* The same as a page has it. In another order, so that a page finds one behind the other. */
struct reference_sample {
	const char *labels; /* as pages have them; NULL: none has had the family, or has these */
	uint32_t label_bytes;
	uint32_t reference;	/* its place in the list of those */
	double next;		/* what `now` becomes */
	double last;		/* of a counter or a histogram's count: on the last page */
	bool has_last, is_seen; /* on it, and on the page at hand */
	enum baseline_kind kind;
};

struct references;

/* The baseline is only looked at. NULL: out of memory. Free accepts NULL. */
struct references *references_new(const struct baseline *baseline);
void references_free(struct references *references);

/* All of them: `count` of each. */
struct reference *references_list(const struct references *references, size_t *count);
struct reference_sample *references_samples(const struct references *references, size_t *count);

/* The names of their families, in the order of strcmp(), each once. */
const char *const *references_names(const struct references *references, size_t *count);

/*
 * Of the samples that follow: says what their family is. -1: out of memory, and none of its samples
 * is found.
 */
int references_family(struct references *references, const struct family_info *family);

/* By the labels of a sample of that family; NULL: the baseline does not have it. */
struct reference_sample *references_find(struct references *references, const char *labels,
					 size_t length);

#endif
