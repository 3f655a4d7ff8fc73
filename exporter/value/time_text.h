/*
 * time_text: times as text.
 */
#ifndef EXPORTER_TIME_TEXT_H
#define EXPORTER_TIME_TEXT_H

#include <stdint.h>

#define TIME_TEXT_SIZE 64

/* RFC 3339 in UTC with 7 digits, rounded down, as FILETIMEs have: 2016-08-17T23:30:22.0379266Z. */
const char *time_text(int64_t unix_ns, char text[TIME_TEXT_SIZE]);

/* The same of hundreds of nanoseconds since 1970. */
const char *time_text_100ns(int64_t hundreds, char text[TIME_TEXT_SIZE]);

#endif
