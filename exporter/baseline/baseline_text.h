/*
 * baseline_text: a baseline for a person to read. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_TEXT_H
#define EXPORTER_BASELINE_TEXT_H

#include "exporter/baseline/baseline.h"

/* Appends its runs, and a line for each series; `bars`: with the course of its rates, drawn. */
void baseline_text(const struct baseline *baseline, bool bars, struct text *to);

/* Appends the course of rates as bars of eight heights, `width` at most; blank where there is none.
 */
void baseline_bars(const double *rates, size_t count, size_t width, struct text *to);

#endif
