/*
 * labels: the text between the braces of a sample. No state; any thread.
 */
#ifndef METRICS_LABELS_H
#define METRICS_LABELS_H

#include "metrics/registry.h"
#include "metrics/text.h"

/*
 * Appends name="value" for each label of the family, with commas between; nothing where it has
 * none. `value_limit` bytes of each value are used; returns how many values were cut.
 */
size_t labels_render(struct text *text, const struct family_info *family, const char *const *values,
		     size_t value_limit);

#endif
