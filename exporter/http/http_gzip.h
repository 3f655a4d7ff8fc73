/*
 * http_gzip: compresses a page. No state; any thread.
 */
#ifndef EXPORTER_HTTP_GZIP_H
#define EXPORTER_HTTP_GZIP_H

#include "metrics/text.h"

/* Appends `page` as a gzip file (RFC 1952) to `out`, which fails where memory or its limit is
 * short. */
void http_gzip(const struct text *page, struct text *out);

#endif
