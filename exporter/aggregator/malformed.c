#include "exporter/aggregator/malformed.h"

const char *malformed_name(enum malformed reason)
{
	static const char *const names[] = {
		[MALFORMED_BUFFER_HEADER] = "buffer_header",
		[MALFORMED_BUFFER_SIZE] = "buffer_size",
		[MALFORMED_BUFFER_OFFSET] = "buffer_offset",
		[MALFORMED_BUFFER_TRUNCATED] = "buffer_truncated",
		[MALFORMED_BUFFER_ZEROS] = "buffer_zeros",
		[MALFORMED_BUFFER_COMPRESSION] = "buffer_compression",
		[MALFORMED_FILE_HEADER] = "file_header",
		[MALFORMED_RECORD_MARKER] = "record_marker",
		[MALFORMED_RECORD_SIZE] = "record_size",
		[MALFORMED_RECORD_ITEMS] = "record_items",
		[MALFORMED_PAGE] = "page",
		[MALFORMED_PAGE_EVENT] = "page_event",
	};

	return names[reason];
}
