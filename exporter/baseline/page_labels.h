/*
 * page_labels: the labels of a sample while a page is read: names and values one after the other,
 * each with its end, then in the order of the names. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_PAGE_LABELS_H
#define EXPORTER_BASELINE_PAGE_LABELS_H

#include "exporter/baseline/baseline.h"
#include "exporter/baseline/page_parser.h"
#include "metrics/text.h"

/* With le, which histograms have for a while. */
#define PAGE_LABELS_ROOM (PAGE_LABELS_MAX + 1)

struct page_labels {
	struct text text;
	struct baseline_label list[PAGE_LABELS_ROOM]; /* once they are sorted; of the text */
	size_t offsets[PAGE_LABELS_ROOM];	      /* of names in the text; values behind */
	size_t count;
};

void page_labels_init(struct page_labels *labels);
void page_labels_done(struct page_labels *labels);
/* Those of another sample follow. */
void page_labels_clear(struct page_labels *labels);

/*
 * Begins a label. What is appended to labels->text from then on is its value, up to a zero that is
 * appended, too. False: there are too many.
 */
bool page_labels_name(struct page_labels *labels, const char *name, size_t length);

/* After the last; labels->text has not failed. */
void page_labels_sort(struct page_labels *labels);

/* Of sorted ones: whether two have the same name. */
bool page_labels_repeat(const struct page_labels *labels);

/* Names of metrics and labels may be any text of UTF-8 but an empty one. */
bool page_is_name(const char *name, size_t length);

#endif
