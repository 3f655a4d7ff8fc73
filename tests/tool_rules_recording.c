/*
 * Writes a recording of events with numbers, and the manifest that has their schemas, as
 * rules_recording.h says.
 *
 *   tool_rules_recording EVENTS FILE MANIFEST
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/rules_recording.h"

int main(int argc, char **argv)
{
	struct etl_writer *writer;
	const uint8_t *bytes;
	size_t length;

	if (argc != 4) {
		fprintf(stderr, "usage: tool_rules_recording EVENTS FILE MANIFEST\n");
		return 2;
	}
	writer = rules_recording_new();
	rules_recording_fill(writer, RULES_NUMBERS, strtoull(argv[1], NULL, 10));
	bytes = etl_writer_finish(writer, &length);
	etl_save(argv[2], bytes, length);
	etl_writer_free(writer);
	rules_recording_manifest(argv[3], RULES_NUMBERS);
	return 0;
}
