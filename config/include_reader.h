/*
 * include_reader: reads the files that `include:` names. Used while a configuration is read, by one
 * thread.
 */
#ifndef CONFIG_INCLUDE_READER_H
#define CONFIG_INCLUDE_READER_H

#include "config/file_reader.h"
#include "config/report.h"
#include "config/yaml.h"

#define INCLUDE_DEPTH_MAX 8

/*
 * Reads them one after the other, by file_reader_read(). A file that was read before is left out;
 * one that is being read goes in a circle, which is an error.
 */
void include_reader_read(struct files_reading *reading, const struct file_reading *file,
			 const struct yaml_node *node, const struct report *report);

#endif
