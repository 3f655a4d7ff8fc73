/*
 * http_query: what is behind the question mark of a request's target: parameters, such as
 * "name[]=up&name[]=x", percent-encoded, with + for a space. Any thread.
 *
 * Strangers write it; it may have as many parameters as it has room for.
 */
#ifndef EXPORTER_HTTP_QUERY_H
#define EXPORTER_HTTP_QUERY_H

#include <stddef.h>

/*
 * Finds the values of `name`: at most `max`, in their order; "" where a parameter has none. The
 * query becomes what they point into; NULL: there is none. Returns how many.
 */
size_t http_query_values(char *query, const char *name, const char **values, size_t max);

#endif
