/*
 * page_samples: this program's own page as a page_parser would hand it out, but taken as numbers.
 *
 * Any thread; nothing is kept.
 */
#ifndef EXPORTER_BASELINE_PAGE_SAMPLES_H
#define EXPORTER_BASELINE_PAGE_SAMPLES_H

#include "exporter/baseline/page_parser.h"
#include "metrics/exposition.h"

/* `name` is the page's in messages. -1: see error; what came before was handed out. */
int page_samples(const char *name, struct metrics_page *page, page_take *take, void *context,
		 struct error *error);

#endif
