/*
 * family_copy: a family_info of the registry's own, since configurations come and go.
 */
#ifndef METRICS_FAMILY_COPY_H
#define METRICS_FAMILY_COPY_H

#include <stdbool.h>

#include "metrics/family_info.h"

/* A copy with all it points to. -1: out of memory, and there is nothing to be freed. */
int family_copy(struct family_info *to, const struct family_info *from);
void family_copy_done(struct family_info *copy);

void family_swap_help(struct family_info *a, struct family_info *b);

/* Whether the same numbers are shown in the same way: all but the help and the limit of series. */
bool family_is_same(const struct family_info *a, const struct family_info *b);

#endif
