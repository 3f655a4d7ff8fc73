#include "exporter/http/http_gzip.h"

#include <libdeflate.h>

/* Pages repeat themselves so much that higher ones gain little. */
#define LEVEL 1

static void compress_into(struct libdeflate_compressor *compressor, const struct text *page,
			  struct text *out)
{
	size_t bound = libdeflate_gzip_compress_bound(compressor, page->length);
	char *to = text_reserve(out, bound);
	size_t length;

	if (!to)
		return;
	length = libdeflate_gzip_compress(compressor, page->bytes, page->length, to, bound);
	out->length += length;
	/* It has not fitted. */
	if (!length)
		out->failed = true;
}

void http_gzip(const struct text *page, struct text *out)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);

	if (compressor)
		compress_into(compressor, page, out);
	else
		out->failed = true;
	libdeflate_free_compressor(compressor);
}
