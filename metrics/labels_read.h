/*
 * labels_read: takes the text between the braces of a sample apart again. No state; any thread.
 */
#ifndef METRICS_LABELS_READ_H
#define METRICS_LABELS_READ_H

#include "metrics/text.h"

/* One label; both borrow from the text that is read. */
struct label_text {
	const char *name; /* not terminated */
	size_t name_length;
	const char *value; /* as it stands between the quotes, escaped */
	size_t value_length;
};

/* Steps *labels on by a label, up to `end`. False: there is no more (that makes sense). */
bool labels_next(const char **labels, const char *end, struct label_text *label);

/* Appends the label's value as it was before it was escaped. */
void labels_value(struct text *text, const struct label_text *label);

#endif
