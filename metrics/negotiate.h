/*
 * negotiate: what a client accepts, beyond the format of the page (exposition_negotiate()).
 */
#ifndef METRICS_NEGOTIATE_H
#define METRICS_NEGOTIATE_H

#include <stdbool.h>

/* Whether an HTTP Accept-Encoding header (NULL: none) takes gzip. */
bool negotiate_gzip(const char *accept_encoding);

#endif
