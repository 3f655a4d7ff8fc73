/*
 * page_protobuf: reads a page of metrics in protobuf and hands out its series as page_parser does
 * those of text, and native histograms beside them. One that has classic buckets, too, is handed
 * out once, with the finer ones and what it is with the others.
 *
 * Source: client_model's metrics.proto, messages of io.prometheus.client.MetricFamily, each with
 * its length before it. A page may come from anywhere: all of it is checked. Any thread; nothing is
 * kept.
 */
#ifndef EXPORTER_BASELINE_PAGE_PROTOBUF_H
#define EXPORTER_BASELINE_PAGE_PROTOBUF_H

#include "exporter/baseline/page_parser.h"

/*
 * `name` is the page's in messages. -1: see error, which says the byte; what came before it was
 * handed out.
 */
int page_protobuf(const char *name, const void *bytes, size_t length, page_take *take,
		  void *context, struct error *error);

#endif
