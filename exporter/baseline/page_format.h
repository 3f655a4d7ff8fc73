/*
 * page_format: in which format a page of metrics is asked for and comes. No state; any thread.
 */
#ifndef EXPORTER_BASELINE_PAGE_FORMAT_H
#define EXPORTER_BASELINE_PAGE_FORMAT_H

enum page_format {
	PAGE_TEXT,
	PAGE_PROTOBUF, /* see page_protobuf.h */
};

#define PAGE_PROTOBUF_TYPE    "application/vnd.google.protobuf"
#define PAGE_PROTOBUF_MESSAGE "io.prometheus.client.MetricFamily"

/*
 * Protobuf first, as native histograms are in it alone. Names that are more than letters, digits
 * and `_` are left to be escaped: they are the same in both formats then.
 */
#define PAGE_ACCEPT                                                                          \
	"Accept: " PAGE_PROTOBUF_TYPE ";proto=" PAGE_PROTOBUF_MESSAGE ";encoding=delimited;" \
	"q=0.7,text/plain;version=0.0.4;q=0.5"

/* By the answer's Content-Type; NULL: it has none. What is not said to be protobuf is text. */
enum page_format page_format_of(const char *content_type);

#endif
