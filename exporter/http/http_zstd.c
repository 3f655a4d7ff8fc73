#include "exporter/http/http_zstd.h"

#include <zstd.h>

/* Pages are made for one reader each: more time for a little less to send is not worth it. */
#define LEVEL 1

void http_zstd(const struct text *page, struct text *out)
{
	size_t bound = ZSTD_compressBound(page->length), length;
	char *to = text_reserve(out, bound);

	if (!to)
		return;
	length = ZSTD_compress(to, bound, page->bytes, page->length, LEVEL);
	if (ZSTD_isError(length))
		out->failed = true;
	else
		out->length += length;
}
