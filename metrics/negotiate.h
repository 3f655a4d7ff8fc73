/*
 * negotiate: what a client accepts, beyond the format of the page (exposition_negotiate()).
 *
 * Headers are read without regard to what they mean elsewhere; no state, any thread.
 */
#ifndef METRICS_NEGOTIATE_H
#define METRICS_NEGOTIATE_H

#include <stdbool.h>

enum content_coding {
	CODING_IDENTITY,
	CODING_GZIP,
	CODING_ZSTD,
};

/*
 * Chooses by an HTTP Accept-Encoding header (NULL: none) with its weights. Of what is wanted alike
 * zstd is taken before gzip, and either before none; zstd only where it is named.
 */
enum content_coding negotiate_coding(const char *accept_encoding);

/*
 * The header X-Prometheus-Scrape-Timeout-Seconds (NULL: none): a decimal number over 0, at most a
 * day. False: there is none.
 */
bool negotiate_timeout(const char *header, double *seconds);

#endif
