/*
 * manifest_schema: the schema of an event element of a manifest.
 *
 * Source: EventDefinitionType, TemplateItemType of eventman.xsd. Pure function, any thread.
 */
#ifndef EXPORTER_DECODER_MANIFEST_SCHEMA_H
#define EXPORTER_DECODER_MANIFEST_SCHEMA_H

#include <stdbool.h>

#include "exporter/decoder/manifest_index.h"
#include "exporter/decoder/manifest_xml.h"
#include "exporter/schema/schema.h"

/* What is around an event; all borrowed. */
struct manifest_scope {
	const struct manifest_tree *tree;
	const char *source;   /* of schemas */
	const char *provider; /* its name */
	const uint8_t *guid;  /* its 16 bytes */
	bool named_by_task;   /* events are called by their task rather than their symbol */
	struct manifest_index templates; /* of struct manifest_node */
	struct manifest_index maps;	 /* of struct value_map */
};

/* `*bytes` is about what the schema takes, or would have. NULL: see problems. */
struct schema *manifest_schema_new(const struct manifest_scope *scope,
				   const struct manifest_node *event,
				   struct manifest_problems *problems, size_t *bytes);

#endif
