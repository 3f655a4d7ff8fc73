/*
 * malformed: the reasons for which bytes of a trace could not be used.
 */
#ifndef EXPORTER_MALFORMED_H
#define EXPORTER_MALFORMED_H

/* X(enumerator, label value, what it means). Each is one row of etw_session_malformed_total. */
#define MALFORMED_REASONS(X)                                                                       \
	X(MALFORMED_BUFFER_HEADER, "buffer_header", "no buffer begins where one should")           \
	X(MALFORMED_BUFFER_SIZE, "buffer_size", "a buffer's size is not where the next begins")    \
	X(MALFORMED_BUFFER_OFFSET, "buffer_offset", "a buffer's end of data is outside of it")     \
	X(MALFORMED_BUFFER_TRUNCATED, "buffer_truncated", "the file ends inside a buffer")         \
	X(MALFORMED_BUFFER_ZEROS, "buffer_zeros", "zeros where a buffer should be")                \
	X(MALFORMED_BUFFER_COMPRESSION, "buffer_compression", "a damaged compressed buffer")       \
	X(MALFORMED_FILE_HEADER, "file_header", "the log file header cannot be read")              \
	X(MALFORMED_RECORD_MARKER, "record_marker", "no record begins where one should")           \
	X(MALFORMED_RECORD_SIZE, "record_size", "a record's size does not fit the buffer or kind") \
	X(MALFORMED_RECORD_ITEMS, "record_items", "damaged extended data items")

enum malformed {
#define X(name, label, meaning) name,
	MALFORMED_REASONS(X)
#undef X
	MALFORMED_COUNT
};

/* The label value. */
const char *malformed_name(enum malformed reason);

#endif
