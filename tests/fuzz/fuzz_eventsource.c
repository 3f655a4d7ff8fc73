/*
 * Any bytes as a series of records with chunks of manifests: no crash, and what is learnt is
 * counted.
 *
 * Each record: provider, process, total, number, a length of two bytes, and the chunk.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/eventsource.h"

enum {
	AT_PROVIDER,
	AT_PID,
	AT_TOTAL,
	AT_NUMBER,
	AT_LENGTH,
	HEAD_BYTES = AT_LENGTH + 2,

	ENVELOPE_BYTES = 8,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void learn(struct eventsource *eventsource, struct manifests *manifests, const uint8_t *head,
		  const uint8_t *chunk, size_t length)
{
	uint8_t *payload = malloc(ENVELOPE_BYTES + length);
	const uint8_t guid[16] = {head[AT_PROVIDER]};
	const struct event_record record = {
		.guid = guid,
		.kind = RECORD_EVENT,
		.id = 0xfffe,
		.pid = head[AT_PID],
		.payload = payload,
		.payload_bytes = (uint32_t)(ENVELOPE_BYTES + length),
	};
	size_t before = manifests_count(manifests);
	bool learnt;

	require(payload != NULL);
	memcpy(payload, "\1\1\0\x5b\0\0\0\0", ENVELOPE_BYTES);
	payload[4] = head[AT_TOTAL];
	payload[6] = head[AT_NUMBER];
	memcpy(payload + ENVELOPE_BYTES, chunk, length);
	learnt = eventsource_learn(eventsource, &record, manifests);
	require(learnt == (manifests_count(manifests) > before));
	free(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eventsource *eventsource = eventsource_new();
	struct manifests *manifests = manifests_new("eventsource");
	struct bytes rest = {data, size};
	const uint8_t *head, *chunk;
	size_t length;

	require(eventsource && manifests);
	while ((head = bytes_take(&rest, HEAD_BYTES))) {
		length = le16(head + AT_LENGTH);
		if (length > rest.left)
			length = rest.left;
		chunk = bytes_take(&rest, length);
		learn(eventsource, manifests, head, chunk, length);
	}
	eventsource_free(eventsource);
	manifests_free(manifests);
	return 0;
}
