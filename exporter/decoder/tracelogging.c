/*
 * TraceLogging: events that carry their own schema in extended data items.
 *
 * Source: TraceLoggingProvider.h of the Windows SDK ("_tlgEventMetadata_t",
 * "_tlgProviderMetadata_t").
 */
#include "exporter/decoder.h"

#include "exporter/bytes.h"
#include "metrics/utf8.h"

/* Both items begin with their own length. */
static struct bytes open_item(const uint8_t *item, uint16_t item_bytes)
{
	struct bytes bytes = {item, item_bytes};

	if (!bytes_take(&bytes, 2))
		bytes.left = 0;
	return bytes;
}

/* Tags: one to four bytes, each but the last with its high bit set. */
static void skip_tags(struct bytes *bytes)
{
	const uint8_t *tag;

	do {
		tag = bytes_take(bytes, 1);
	} while (tag && *tag & 0x80);
}

static void take_name(struct bytes *bytes, char to[EVENT_NAME_SIZE])
{
	size_t length;
	const uint8_t *name = bytes_string(bytes, &length);

	if (!name || to[0])
		return;
	memcpy(to, name, length < EVENT_NAME_SIZE ? length : EVENT_NAME_SIZE - 1);
	if (length >= EVENT_NAME_SIZE)
		length = utf8_cut(to, EVENT_NAME_SIZE - 1);
	to[length] = '\0';
}

void tracelogging_name_event(const struct event_record *record, struct event_names *names)
{
	struct bytes bytes;

	if (record->schema) {
		bytes = open_item(record->schema, record->schema_bytes);
		skip_tags(&bytes);
		take_name(&bytes, names->event);
	}
	if (record->traits) {
		bytes = open_item(record->traits, record->traits_bytes);
		take_name(&bytes, names->provider);
	}
}
