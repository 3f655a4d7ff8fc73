#include <stdlib.h>
#include <string.h>

#include "tests/support/etl_writer_private.h"
#include "tests/support/little_endian.h"

/* The third byte of a typed record (TRACE_HEADER_TYPE_*), by the pointer size of its writer. */
struct record_type {
	uint8_t with32, with64;
};

static const struct record_type type_system = {0x01, 0x02};
static const struct record_type type_compact = {0x03, 0x04};
static const struct record_type type_full = {0x0a, 0x14};
static const struct record_type type_instance = {0x0b, 0x15};
static const struct record_type type_perfinfo = {0x10, 0x11};
static const struct record_type type_event = {0x12, 0x13};

enum {
	MARK_TYPED = 0xc0,
	MARK_MESSAGE = 0x90,

	SYSTEM_BYTES = 32,
	COMPACT_BYTES = 24,
	PERFINFO_BYTES = 16,
	FULL_BYTES = 48,
	INSTANCE_BYTES = 72,
	EVENT_BYTES = 80,
	ITEM_BYTES = 8,
	MESSAGE_BYTES = 8,

	EVENT_FLAG_EXTENDED_INFO = 0x0001,
	ITEM_ANOTHER_FOLLOWS = 0x0001,

	MESSAGE_SEQUENCE = 0x0001,
	MESSAGE_GUID = 0x0002,
	MESSAGE_COMPONENT_ID = 0x0004,
	MESSAGE_TIMESTAMP = 0x0008,
	MESSAGE_SYSTEM_INFO = 0x0020,

	ITEM_PADDING = 0x5a,
};

static void put_type(uint8_t *record, const struct record_type *type, int pointer_bytes)
{
	if (pointer_bytes != 4 && pointer_bytes != 8)
		abort();
	record[2] = pointer_bytes == 8 ? type->with64 : type->with32;
	record[3] = MARK_TYPED;
}

static uint8_t *put_bytes(uint8_t *to, const void *bytes, size_t length)
{
	if (length)
		memcpy(to, bytes, length);
	return to + length;
}

static size_t item_size(const struct etl_item *item)
{
	return ITEM_BYTES + ((item->bytes + 7) & ~(size_t)7);
}

static size_t items_size(const struct etl_event *event)
{
	size_t size = 0;

	for (size_t i = 0; i < event->item_count; i++)
		size += item_size(&event->items[i]);
	return size;
}

static uint8_t *put_items(uint8_t *to, const struct etl_event *event)
{
	for (size_t i = 0; i < event->item_count; i++) {
		const struct etl_item *item = &event->items[i];
		size_t size = item_size(item);

		put_le16(to, (uint16_t)size);
		put_le16(to + 2, item->type);
		put_le16(to + 4, i + 1 < event->item_count ? ITEM_ANOTHER_FOLLOWS : 0);
		put_le16(to + 6, (uint16_t)item->bytes);
		memset(put_bytes(to + ITEM_BYTES, item->data, item->bytes), ITEM_PADDING,
		       size - ITEM_BYTES - item->bytes);
		to += size;
	}
	return to;
}

void etl_write_event(struct etl_writer *writer, const struct etl_event *event, int pointer_bytes)
{
	size_t size = EVENT_BYTES + items_size(event) + event->payload_bytes;
	uint8_t *record = etl_writer_reserve(writer, event->processor, event->time, size);

	put_le16(record, (uint16_t)size);
	put_type(record, &type_event, pointer_bytes);
	put_le16(record + 4, event->flags | (event->item_count ? EVENT_FLAG_EXTENDED_INFO : 0));
	put_le16(record + 6, 0);
	put_le32(record + 8, event->tid);
	put_le32(record + 12, event->pid);
	put_le64(record + 16, event->time);
	memcpy(record + 24, event->guid, 16);
	put_le16(record + 40, event->id);
	record[42] = event->version;
	record[43] = event->channel;
	record[44] = event->level;
	record[45] = event->opcode;
	put_le16(record + 46, event->task);
	put_le64(record + 48, event->keyword);
	put_le64(record + 56, 0);
	memcpy(record + 64, event->activity_id, 16);
	put_bytes(put_items(record + EVENT_BYTES, event), event->payload, event->payload_bytes);
}

/* The kinds of the kernel begin alike: version, type of record, size, event type, group. */
static uint8_t *begin_hook(struct etl_writer *writer, const struct etl_classic *event,
			   const struct record_type *type, int pointer_bytes, size_t header_bytes)
{
	size_t size = header_bytes + event->payload_bytes;
	uint8_t *record = etl_writer_reserve(writer, event->processor, event->time, size);

	put_le16(record, event->version);
	put_type(record, type, pointer_bytes);
	put_le16(record + 4, (uint16_t)size);
	record[6] = event->type;
	record[7] = event->group;
	put_bytes(record + header_bytes, event->payload, event->payload_bytes);
	return record;
}

static void put_thread(uint8_t *record, const struct etl_classic *event)
{
	put_le32(record + 8, event->tid);
	put_le32(record + 12, event->pid);
	put_le64(record + 16, event->time);
}

void etl_write_system(struct etl_writer *writer, const struct etl_classic *event, int pointer_bytes)
{
	uint8_t *record = begin_hook(writer, event, &type_system, pointer_bytes, SYSTEM_BYTES);

	put_thread(record, event);
	put_le64(record + 24, 0);
}

void etl_write_compact(struct etl_writer *writer, const struct etl_classic *event,
		       int pointer_bytes)
{
	put_thread(begin_hook(writer, event, &type_compact, pointer_bytes, COMPACT_BYTES), event);
}

void etl_write_perfinfo(struct etl_writer *writer, const struct etl_classic *event,
			int pointer_bytes)
{
	uint8_t *record = begin_hook(writer, event, &type_perfinfo, pointer_bytes, PERFINFO_BYTES);

	put_le64(record + 8, event->time);
}

/* What full and instance records have in common. */
static uint8_t *begin_full(struct etl_writer *writer, const struct etl_classic *event,
			   const struct record_type *type, int pointer_bytes, size_t header_bytes)
{
	size_t size = header_bytes + event->payload_bytes;
	uint8_t *record = etl_writer_reserve(writer, event->processor, event->time, size);

	put_le16(record, (uint16_t)size);
	put_type(record, type, pointer_bytes);
	record[4] = event->type;
	record[5] = event->level;
	put_le16(record + 6, event->version);
	put_thread(record, event);
	memcpy(record + 24, event->guid, 16);
	put_le64(record + 40, 0);
	put_bytes(record + header_bytes, event->payload, event->payload_bytes);
	return record;
}

void etl_write_full(struct etl_writer *writer, const struct etl_classic *event, int pointer_bytes)
{
	begin_full(writer, event, &type_full, pointer_bytes, FULL_BYTES);
}

void etl_write_instance(struct etl_writer *writer, const struct etl_classic *event,
			int pointer_bytes)
{
	uint8_t *record = begin_full(writer, event, &type_instance, pointer_bytes, INSTANCE_BYTES);

	put_le32(record + 48, event->instance_id);
	put_le32(record + 52, event->parent_instance_id);
	memset(record + 56, 0, 16);
}

static size_t wpp_parts_size(uint16_t flags)
{
	size_t size = 0;

	size += flags & MESSAGE_SEQUENCE ? 4 : 0;
	size += flags & MESSAGE_GUID ? 16 : flags & MESSAGE_COMPONENT_ID ? 4 : 0;
	size += flags & MESSAGE_TIMESTAMP ? 8 : 0;
	size += flags & MESSAGE_SYSTEM_INFO ? 8 : 0;
	return size;
}

static uint8_t *put_wpp_parts(uint8_t *to, const struct etl_wpp *message)
{
	if (message->flags & MESSAGE_SEQUENCE) {
		put_le32(to, message->sequence);
		to += 4;
	}
	if (message->flags & MESSAGE_GUID) {
		to = put_bytes(to, message->guid, 16);
	} else if (message->flags & MESSAGE_COMPONENT_ID) {
		put_le32(to, message->component_id);
		to += 4;
	}
	if (message->flags & MESSAGE_TIMESTAMP) {
		put_le64(to, message->time);
		to += 8;
	}
	if (message->flags & MESSAGE_SYSTEM_INFO) {
		put_le32(to, message->tid);
		put_le32(to + 4, message->pid);
		to += 8;
	}
	return to;
}

void etl_write_wpp(struct etl_writer *writer, const struct etl_wpp *message)
{
	size_t size = MESSAGE_BYTES + wpp_parts_size(message->flags) + message->payload_bytes;
	uint8_t *record = etl_writer_reserve(writer, message->processor, message->time, size);

	put_le16(record, (uint16_t)size);
	record[2] = 0;
	record[3] = MARK_MESSAGE;
	put_le16(record + 4, message->number);
	put_le16(record + 6, message->flags);
	put_bytes(put_wpp_parts(record + MESSAGE_BYTES, message), message->payload,
		  message->payload_bytes);
}
