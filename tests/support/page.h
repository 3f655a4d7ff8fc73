/*
 * page: looks samples up on a metrics page in the text format. For tests; no state.
 */
#ifndef TESTS_SUPPORT_PAGE_H
#define TESTS_SUPPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

/* A sample by name and label text, as on the page: `x_total{a="b"}`. False: it is not there. */
bool page_find(const char *page, const char *sample, double *value);

/* As page_find(), but what is not there is -1. */
double page_value(const char *page, const char *sample);

/* The sum of a name's samples, and how many there are. */
double page_sum(const char *page, const char *name);
size_t page_count(const char *page, const char *name);

/* Whether no sample is there twice. */
bool page_is_unique(const char *page);

#endif
