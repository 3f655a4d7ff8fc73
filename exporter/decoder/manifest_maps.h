/*
 * manifest_maps: the value maps and bit maps of manifests, and the strings that they are named by.
 *
 * Pure functions, any thread.
 */
#ifndef EXPORTER_DECODER_MANIFEST_MAPS_H
#define EXPORTER_DECODER_MANIFEST_MAPS_H

#include "exporter/decoder/manifest_index.h"
#include "exporter/decoder/manifest_xml.h"
#include "exporter/schema/schema.h"

/*
 * A map of its own, which free() frees; `*bytes` is its size. Values without a message are named by
 * their symbol, those with neither are left out. NULL: no memory.
 */
struct value_map *manifest_map_new(const struct manifest_node *node,
				   const struct manifest_index *strings, size_t *bytes);

#endif
