/*
 * counted_events: events to write, and to count. For tests.
 */
#ifndef TESTS_SUPPORT_COUNTED_EVENTS_H
#define TESTS_SUPPORT_COUNTED_EVENTS_H

#include <stdint.h>
#include <string.h>

#include "exporter/base/guid.h"
#include "tests/support/counting.h"
#include "tests/support/etl_writer.h"

/* A provider that has no name. */
static const struct guid app = GUID(11112222, 3333, 4444, 5555, 666677778888);
#define APP "{11112222-3333-4444-5555-666677778888}"

static inline void take_guid(uint8_t to[16], const struct guid *guid)
{
	memcpy(to, guid->bytes, sizeof(guid->bytes));
}

static inline struct etl_event event_of(const struct guid *guid, uint16_t id)
{
	struct etl_event event = {.time = 1000000000, .id = id, .payload = "payload"};

	take_guid(event.guid, guid);
	event.payload_bytes = 7;
	return event;
}

/* Counts what was written; frees the writer. */
static inline void finish_and_feed(struct counting *counting, struct etl_writer *writer)
{
	size_t length;
	const uint8_t *bytes = etl_writer_finish(writer, &length);

	counting_feed_all(counting, bytes, length);
	etl_writer_free(writer);
}

static inline uint64_t malformed(const struct counting *counting, enum malformed reason)
{
	return health_get(&counting->health.malformed[reason]);
}

static inline uint64_t all_malformed(const struct counting *counting)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < MALFORMED_COUNT; i++)
		sum += malformed(counting, (enum malformed)i);
	return sum;
}

#endif
