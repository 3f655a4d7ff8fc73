#include "exporter/baseline/page_classic.h"

#include <math.h>

bool page_is_count(double value)
{
	return value >= 0 && value <= (double)BASELINE_COUNT_MAX && value == floor(value);
}

void page_classic_clear(struct page_classic *classic)
{
	classic->bound_count = 0;
	classic->below = 0;
	classic->has_inf = false;
}

const char *page_classic_add(struct page_classic *classic, double bound, double below)
{
	size_t count = classic->bound_count;

	if (isnan(bound) || bound == -INFINITY)
		return "a histogram's bucket has no bound le";
	if (!page_is_count(below))
		return "a histogram's bucket " PAGE_NO_COUNT;
	if (classic->has_inf || (count && bound <= classic->bounds[count - 1]))
		return "a histogram's buckets do not rise";
	if (below < (double)classic->below)
		return "a histogram's bucket has less than the one before it";
	if (!isinf(bound) && count == PAGE_BOUNDS_MAX)
		return "a histogram has too many buckets";
	classic->counts[count] = (uint64_t)below - classic->below;
	classic->below = (uint64_t)below;
	if (isinf(bound))
		classic->has_inf = true;
	else
		classic->bounds[classic->bound_count++] = bound;
	return NULL;
}
