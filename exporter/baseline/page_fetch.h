/*
 * page_fetch: gets the metrics page of a running exporter over HTTP: page_fetch_linux.c and so on.
 *
 * Redirects are not followed. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_PAGE_FETCH_H
#define EXPORTER_BASELINE_PAGE_FETCH_H

#include "exporter/base/error.h"
#include "exporter/baseline/page_format.h"
#include "metrics/text.h"

struct page_fetch_config {
	const char *url;	 /* http or https; may have USER:PASSWORD@ before the host */
	const char *header_file; /* further header fields, NAME: VALUE each on a line; "": none */
	const char *ca_file;	 /* authorities that are trusted, PEM; "": the system's */
};

struct page_fetch;

/* The configuration is borrowed. NULL: see error. */
struct page_fetch *page_fetch_new(const struct page_fetch_config *config, struct error *error);
void page_fetch_free(struct page_fetch *fetch);

/* Appends the page, which is of that format. -1: see error. */
int page_fetch_get(struct page_fetch *fetch, struct text *page, enum page_format *format,
		   struct error *error);

/* The URL without its password, and its host; both borrowed. */
const char *page_fetch_url(const struct page_fetch *fetch);
const char *page_fetch_host(const struct page_fetch *fetch);

#endif
