/* page_series_text: a page_take that appends to a text what is handed out, a line for each series.
 */
#ifndef TESTS_SUPPORT_PAGE_SERIES_TEXT_H
#define TESTS_SUPPORT_PAGE_SERIES_TEXT_H

#include "exporter/baseline/page_parser.h"
#include "metrics/text.h"

static inline void page_buckets_text(struct text *to, const struct page_series *series)
{
	size_t i;

	for (i = 0; i <= series->bound_count; i++) {
		text_char(to, ' ');
		if (i < series->bound_count)
			text_double(to, series->bounds[i]);
		text_printf(to, "=%llu", (unsigned long long)series->counts[i]);
	}
}

static inline bool page_series_text(void *context, const struct page_series *series,
				    struct error *error)
{
	struct text *to = context;

	(void)error;
	text_printf(to, "%s ", baseline_kind_name(series->kind));
	baseline_key(to, series->family, series->labels, series->label_count);
	if (series->kind != BASELINE_HISTOGRAM) {
		text_char(to, ' ');
		text_double(to, series->value);
		text_char(to, '\n');
		return true;
	}
	page_buckets_text(to, series);
	text_printf(to, " count %llu sum ", (unsigned long long)series->count);
	text_double(to, series->sum);
	if (series->is_native)
		text_string(to, " native");
	if (series->other) {
		text_string(to, ", or");
		page_buckets_text(to, series->other);
	}
	text_char(to, '\n');
	return true;
}

#endif
