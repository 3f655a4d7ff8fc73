/*
 * Any bytes as an instrumentation manifest: no crash, bounded work, and an error that says why or
 * schemas that any payload can be held against.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/decoder/manifests.h"
#include "exporter/schema/payload.h"
#include "tests/support/manifest_text.h"

#define IDS	 32
#define VERSIONS 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_fields(const struct schema *schema)
{
	size_t i, j, length = 0;

	for (i = 0; i < schema->field_count; i++) {
		const struct value_map *map = schema->fields[i].map;

		length += strlen(schema->fields[i].name);
		for (j = 0; map && j < map->count; j++)
			length += strlen(map->names[j]) + map->values[j] % 2;
	}
	require(length < SIZE_MAX);
	require(schema->top_count <= schema->field_count);
}

static void check_event(const struct manifests *manifests, uint16_t id, uint8_t version,
			const uint8_t *data, size_t size)
{
	struct event_record record = shop_event(id, version, NULL);
	const struct schema *schema;
	size_t consumed;

	record.payload = data;
	record.payload_bytes = (uint32_t)size;
	schema = manifests_find(manifests, &record);
	if (!schema)
		return;
	check_fields(schema);
	payload_visit(schema, data, size, 8, NULL, &consumed);
	require(consumed <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifests *manifests = manifests_new("manifest");
	struct error error = {.text = ""};
	uint16_t id;

	require(manifests != NULL);
	if (manifests_add(manifests, "fuzz", (const char *)data, size, &error))
		require(error.text[0]);
	else
		require(!error.text[0]);
	for (id = 0; id < IDS; id++)
		for (uint8_t version = 0; version < VERSIONS; version++)
			check_event(manifests, id, version, data, size);
	manifests_free(manifests);
	return 0;
}
