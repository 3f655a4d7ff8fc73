/*
 * buckets_reader: reads `buckets:` of a histogram. Used while a configuration is read, by one
 * thread.
 */
#ifndef CONFIG_BUCKETS_READER_H
#define CONFIG_BUCKETS_READER_H

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

/* A list of bounds, or how to make them. All that is wrong goes to the report. */
void buckets_reader_read(const struct yaml_node *node, struct buckets_config *buckets,
			 const struct report *report);

#endif
