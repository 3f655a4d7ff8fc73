#include "exporter/baseline/page_format.h"

#include <string.h>
#include <strings.h>

/* Of the type alone: what else there may be is encoded in text, which nobody sends unasked. */
enum page_format page_format_of(const char *content_type)
{
	size_t length = strlen(PAGE_PROTOBUF_TYPE);

	if (!content_type || strncasecmp(content_type, PAGE_PROTOBUF_TYPE, length) != 0)
		return PAGE_TEXT;
	return strchr("; \t", content_type[length]) ? PAGE_PROTOBUF : PAGE_TEXT;
}
