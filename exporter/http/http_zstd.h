/*
 * http_zstd: compresses a page. No state; any thread.
 */
#ifndef EXPORTER_HTTP_ZSTD_H
#define EXPORTER_HTTP_ZSTD_H

#include "metrics/text.h"

/* Appends `page` as a Zstandard frame (RFC 8878) to `out`, which fails where memory or its limit is
 * short. */
void http_zstd(const struct text *page, struct text *out);

#endif
