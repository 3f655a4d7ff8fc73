#include "exporter/http/http_gzip.h"

#include <limits.h>
#include <zlib.h>

#define LEVEL	    1
#define WINDOW_BITS (15 + 16) /* 16: with gzip's header and trailer */
#define MEMORY	    9

static bool deflate_into(z_stream *stream, const struct text *page, struct text *out)
{
	size_t bound = deflateBound(stream, (uLong)page->length);
	char *to = text_reserve(out, bound);
	int result;

	if (!to || bound > UINT_MAX)
		return false;
	stream->next_in = (z_const Bytef *)page->bytes;
	stream->avail_in = (uInt)page->length;
	stream->next_out = (Bytef *)to;
	stream->avail_out = (uInt)bound;
	result = deflate(stream, Z_FINISH);
	out->length += bound - stream->avail_out;
	return result == Z_STREAM_END;
}

void http_gzip(const struct text *page, struct text *out)
{
	z_stream stream = {0};

	if (page->length > UINT_MAX || deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY,
						    Z_DEFAULT_STRATEGY) != Z_OK) {
		out->failed = true;
		return;
	}
	if (!deflate_into(&stream, page, out))
		out->failed = true;
	deflateEnd(&stream);
}
