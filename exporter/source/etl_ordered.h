/*
 * etl_ordered: reads a recording buffer by buffer in the order of an index. Used by one thread.
 */
#ifndef EXPORTER_SOURCE_ETL_ORDERED_H
#define EXPORTER_SOURCE_ETL_ORDERED_H

#include "exporter/aggregator/recording.h"
#include "exporter/source/source.h"
#include "exporter/source/etl_index.h"
#include "exporter/source/input.h"

/*
 * Hands on all buffers of a sorted index, and the end of the recording, which becomes the
 * aggregator's. -1: see error; what was read before was handed on.
 */
int etl_ordered_read(const struct source_context *context, struct recording *recording,
		     const struct etl_index *index, struct input *input, struct error *error);

#endif
