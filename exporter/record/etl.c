#include "exporter/record/etl.h"

#include <stdio.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/kernel_classes.h"
#include "exporter/record/etl_layout.h"

/*
 * How far ahead of the walk the cache is told what comes. The bytes were brought in by another
 * core; without this, waiting for them is a third of the time that an event takes.
 */
#define PREFETCH_BYTES 2048
#define CACHE_LINE     64

static const uint8_t no_guid[16];

void etl_buffer_read(const uint8_t *at, struct etl_buffer *buffer)
{
	buffer->bytes = le32(at);
	buffer->timestamp = le64(at + 0x10);
	buffer->sequence = le64(at + 0x18);
	buffer->data_end = le32(at + 0x30);
	buffer->flags = le16(at + 0x34);
	buffer->type = le16(at + 0x36);
	buffer->cpu =
		buffer->flags & ETL_BUFFER_PROCESSOR_INDEX ? le16(at + 0x28) & 0x7ff : at[0x28];
}

void etl_walk(struct etl_cursor *cursor, const uint8_t *records, size_t bytes, uint16_t cpu)
{
	cursor->at = records;
	/* Without bytes there need not be a pointer to add to. */
	cursor->end = bytes ? records + bytes : records;
	cursor->cpu = cpu;
	cursor->is_live = false;
}

static inline enum etl_next set_payload(struct event_record *record, const uint8_t *at, size_t size,
					size_t header_bytes)
{
	if (size < header_bytes)
		return ETL_BAD_SIZE;
	record->payload = at + header_bytes;
	record->payload_bytes = (uint32_t)(size - header_bytes);
	return ETL_RECORD;
}

/* Type, group and version, and the class that the group stands for; the kinds of the kernel. */
static enum etl_next read_hook(const uint8_t *at, size_t size, size_t header_bytes,
			       struct event_record *record)
{
	uint16_t version = le16(at);
	size_t counters = (version & ETL_VERSION_PEBS_INDEX) != 0;
	const struct kernel_class *class;

	counters += (version & ETL_VERSION_PMC_COUNT) >> 8;
	record->version = version;
	if (counters) {
		header_bytes += 8 * counters;
		record->version &= 0xff;
	}
	record->opcode = at[6];
	record->group = at[7];
	class = kernel_class_of_hook(record->group, record->opcode);
	if (class)
		record->guid = class->guid.bytes;
	return set_payload(record, at, size, header_bytes);
}

static enum etl_next read_system(const uint8_t *at, size_t size, struct event_record *record)
{
	size_t header_bytes =
		record->kind == RECORD_SYSTEM ? ETL_SYSTEM_HEADER_BYTES : ETL_COMPACT_HEADER_BYTES;

	if (size < header_bytes)
		return ETL_BAD_SIZE;
	record->tid = le32(at + 8);
	record->pid = le32(at + 12);
	record->timestamp = le64(at + 16);
	return read_hook(at, size, header_bytes, record);
}

static enum etl_next read_perfinfo(const uint8_t *at, size_t size, struct event_record *record)
{
	if (size < ETL_PERFINFO_HEADER_BYTES)
		return ETL_BAD_SIZE;
	record->timestamp = le64(at + 8);
	return read_hook(at, size, ETL_PERFINFO_HEADER_BYTES, record);
}

static enum etl_next read_full(const uint8_t *at, size_t size, struct event_record *record)
{
	size_t header_bytes =
		record->kind == RECORD_FULL ? ETL_FULL_HEADER_BYTES : ETL_INSTANCE_HEADER_BYTES;

	if (size < header_bytes)
		return ETL_BAD_SIZE;
	record->opcode = at[4];
	record->level = at[5];
	record->version = le16(at + 6);
	record->tid = le32(at + 8);
	record->pid = le32(at + 12);
	record->timestamp = le64(at + 16);
	record->guid = at + 24;
	return set_payload(record, at, size, header_bytes);
}

/*
 * On disk an item is u16 size (8-byte header, data, padding), u16 type, u16 with bit 0 = another
 * item follows, u16 data size, data. False where one does not fit; the items end at *end otherwise.
 */
static bool read_items(const uint8_t *at, const uint8_t *end, struct event_record *record,
		       const uint8_t **items_end)
{
	bool more = true;

	while (more) {
		size_t left = (size_t)(end - at);
		uint16_t item_bytes, type, data_bytes;

		if (left < ETL_ITEM_HEADER_BYTES)
			return false;
		item_bytes = le16(at);
		type = le16(at + 2);
		more = le16(at + 4) & 1;
		data_bytes = le16(at + 6);
		if (item_bytes > left || ETL_ITEM_HEADER_BYTES + (size_t)data_bytes > item_bytes)
			return false;
		if (type == ETL_ITEM_SCHEMA_TL) {
			record->schema = at + ETL_ITEM_HEADER_BYTES;
			record->schema_bytes = data_bytes;
		} else if (type == ETL_ITEM_PROVIDER_TRAITS) {
			record->traits = at + ETL_ITEM_HEADER_BYTES;
			record->traits_bytes = data_bytes;
		}
		at += item_bytes;
	}
	*items_end = at;
	return true;
}

static enum etl_next read_event(const uint8_t *at, size_t size, struct event_record *record)
{
	const uint8_t *payload = at + ETL_EVENT_HEADER_BYTES;

	if (size < ETL_EVENT_HEADER_BYTES)
		return ETL_BAD_SIZE;
	record->flags = le16(at + 4);
	record->tid = le32(at + 8);
	record->pid = le32(at + 12);
	record->timestamp = le64(at + 16);
	record->guid = at + 24;
	record->id = le16(at + 40);
	record->version = at[42];
	record->channel = at[43];
	record->level = at[44];
	record->opcode = at[45];
	record->task = le16(at + 46);
	record->keyword = le64(at + 48);
	if (record->flags & ETL_EVENT_FLAG_EXTENDED_INFO &&
	    !read_items(payload, at + size, record, &payload)) {
		record->payload = at + size;
		return ETL_RECORD_DAMAGED_ITEMS;
	}
	return set_payload(record, at, size, (size_t)(payload - at));
}

/* What an erroneous event's header holds is not documented; where it can hold an event's, it is
 * one. */
static enum etl_next read_error(const uint8_t *at, size_t size, struct event_record *record)
{
	if (size >= ETL_EVENT_HEADER_BYTES)
		return read_event(at, size, record);
	record->has_time = false;
	return set_payload(record, at, size, ETL_SMALLEST_RECORD_BYTES);
}

/* The optional parts of a WPP message stand in the order of these checks. */
static enum etl_next read_message(const uint8_t *at, size_t size, struct event_record *record)
{
	struct bytes rest = {at, size};
	const uint8_t *fixed = bytes_take(&rest, ETL_SMALLEST_RECORD_BYTES);
	const uint8_t *part;

	record->id = le16(fixed + 4);
	record->flags = le16(fixed + 6);
	if (record->flags & ETL_MESSAGE_SEQUENCE && !bytes_take(&rest, 4))
		return ETL_BAD_SIZE;
	if (record->flags & ETL_MESSAGE_GUID) {
		part = bytes_take(&rest, 16);
		if (!part)
			return ETL_BAD_SIZE;
		record->guid = part;
	} else if (record->flags & ETL_MESSAGE_COMPONENT_ID) {
		part = bytes_take(&rest, 4);
		if (!part)
			return ETL_BAD_SIZE;
		record->component_id = le32(part);
	}
	record->has_time = (record->flags & ETL_MESSAGE_TIMESTAMP) != 0;
	if (record->has_time) {
		part = bytes_take(&rest, 8);
		if (!part)
			return ETL_BAD_SIZE;
		record->timestamp = le64(part);
	}
	if (record->flags & ETL_MESSAGE_SYSTEM_INFO) {
		part = bytes_take(&rest, 8);
		if (!part)
			return ETL_BAD_SIZE;
		record->tid = le32(part);
		record->pid = le32(part + 4);
	}
	if (record->flags & (ETL_MESSAGE_POINTER32 | ETL_MESSAGE_POINTER64))
		record->pointer_bytes = record->flags & ETL_MESSAGE_POINTER64 ? 8 : 4;
	record->payload = rest.at;
	record->payload_bytes = (uint32_t)rest.left;
	return ETL_RECORD;
}

/*
 * What there is to know of a kind: how it is read, where the u16 size stands in its header, and
 * what its records begin as, which is copied, since zeros would be written by an instruction that
 * is made for many more of them.
 */
struct kind_row {
	enum etl_next (*read)(const uint8_t *at, size_t size, struct event_record *record);
	size_t size_at;
	struct event_record record;
};

#define ROW(reader, of_kind, pointers, of_size)                     \
	{                                                           \
		.read = (reader), .size_at = (of_size), .record = { \
			.guid = no_guid,                            \
			.pid = UINT32_MAX,                          \
			.tid = UINT32_MAX,                          \
			.kind = (of_kind),                          \
			.pointer_bytes = (pointers),                \
			.has_time = true                            \
		}                                                   \
	}

/* Types without a reader are counted and skipped by the size at +0. */
static const struct kind_row kinds[] = {
	[ETL_TYPE_SYSTEM32] = ROW(read_system, RECORD_SYSTEM, 4, 4),
	[ETL_TYPE_SYSTEM64] = ROW(read_system, RECORD_SYSTEM, 8, 4),
	[ETL_TYPE_COMPACT32] = ROW(read_system, RECORD_COMPACT, 4, 4),
	[ETL_TYPE_COMPACT64] = ROW(read_system, RECORD_COMPACT, 8, 4),
	[ETL_TYPE_FULL32] = ROW(read_full, RECORD_FULL, 4, 0),
	[ETL_TYPE_INSTANCE32] = ROW(read_full, RECORD_INSTANCE, 4, 0),
	[ETL_TYPE_ERROR] = ROW(read_error, RECORD_ERROR, 0, 0),
	[ETL_TYPE_PERFINFO32] = ROW(read_perfinfo, RECORD_PERFINFO, 4, 4),
	[ETL_TYPE_PERFINFO64] = ROW(read_perfinfo, RECORD_PERFINFO, 8, 4),
	[ETL_TYPE_EVENT32] = ROW(read_event, RECORD_EVENT, 4, 0),
	[ETL_TYPE_EVENT64] = ROW(read_event, RECORD_EVENT, 8, 0),
	[ETL_TYPE_FULL64] = ROW(read_full, RECORD_FULL, 8, 0),
	[ETL_TYPE_INSTANCE64] = ROW(read_full, RECORD_INSTANCE, 8, 0),
};

static const struct kind_row message_kind = ROW(read_message, RECORD_MESSAGE, 0, 0);
static const struct kind_row unknown_kind;

/* The row for a record by the third and fourth byte of its header; NULL where they mark none. */
static inline const struct kind_row *find_kind(const uint8_t *at, uint8_t *number)
{
	*number = at[2];
	if ((at[3] & 0xf0) == ETL_MARK_TYPED)
		return at[2] < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[at[2]] : &unknown_kind;
	if (at[3] == ETL_MARK_MESSAGE)
		return &message_kind;
	*number = ETL_TYPE_ULONG32_TIME;
	return at[3] == ETL_MARK_ULONG32_TIME ? &unknown_kind : NULL;
}

enum etl_next etl_next(struct etl_cursor *cursor, struct event_record *record)
{
	const uint8_t *at = cursor->at;
	size_t left = (size_t)(cursor->end - at);
	const struct kind_row *row;
	size_t size, step;
	uint8_t number;

	if (left < ETL_SMALLEST_RECORD_BYTES || le32(at) == UINT32_MAX)
		return ETL_END;
	if (left > PREFETCH_BYTES + CACHE_LINE) {
		__builtin_prefetch(at + PREFETCH_BYTES);
		__builtin_prefetch(at + PREFETCH_BYTES + CACHE_LINE);
	}
	row = find_kind(at, &number);
	if (!row)
		return ETL_BAD_MARKER;
	size = le16(at + row->size_at);
	if (size < ETL_SMALLEST_RECORD_BYTES || size > left)
		return ETL_BAD_SIZE;
	/* The last record of a buffer may end unpadded. */
	step = (size + 7) & ~(size_t)7;
	cursor->at = step < left ? at + step : cursor->end;
	if (!row->read) {
		record->kind = number;
		return ETL_UNKNOWN_KIND;
	}
	*record = row->record;
	record->cpu = cursor->cpu;
	return row->read(at, size, record);
}

bool etl_take_cpu(struct etl_cursor *cursor)
{
	const uint8_t *mark = cursor->at - ETL_CPU_MARK_BYTES;

	if (!cursor->is_live || mark[2] != ETL_TYPE_LIVE_CPU || le16(mark) != ETL_CPU_MARK_BYTES)
		return false;
	cursor->cpu = le16(mark + 4);
	return true;
}

const char *etl_kind_name(uint8_t kind, char buffer[8])
{
	switch (kind) {
	case ETL_TYPE_TIMED:
		return "timed";
	case ETL_TYPE_WNODE:
		return "wnode";
	case ETL_TYPE_MESSAGE:
		return "message";
	case ETL_TYPE_ULONG32_TIME:
		return "ulong32_time";
	default:
		snprintf(buffer, 8, "0x%02x", kind);
		return buffer;
	}
}
