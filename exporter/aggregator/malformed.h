/*
 * malformed: the reasons for which bytes of a trace could not be used.
 */
#ifndef EXPORTER_MALFORMED_H
#define EXPORTER_MALFORMED_H

/* Each is a row of etw_session_malformed_total. */
enum malformed {
	MALFORMED_BUFFER_HEADER,      /* no buffer begins where one should */
	MALFORMED_BUFFER_SIZE,	      /* a buffer's size is not where the next begins */
	MALFORMED_BUFFER_OFFSET,      /* a buffer's end of data is outside of it */
	MALFORMED_BUFFER_TRUNCATED,   /* the file ends inside a buffer */
	MALFORMED_BUFFER_ZEROS,	      /* zeros where a buffer should be */
	MALFORMED_BUFFER_COMPRESSION, /* a damaged compressed buffer */
	MALFORMED_FILE_HEADER,	      /* the log file header cannot be read */
	MALFORMED_RECORD_MARKER,      /* no record begins where one should */
	MALFORMED_RECORD_SIZE,	      /* a record's size does not fit the buffer or the kind */
	MALFORMED_RECORD_ITEMS,	      /* damaged extended data items */
	MALFORMED_PAGE,		      /* a ring buffer's page whose header does not fit */
	MALFORMED_PAGE_EVENT,	      /* an event in one whose size does not fit */
	MALFORMED_COUNT
};

/* The label value: "buffer_header", ... */
const char *malformed_name(enum malformed reason);

#endif
