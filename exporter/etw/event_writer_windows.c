#include "exporter/etw/event_writer_windows.h"

#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/record/etl.h"
#include "exporter/record/etl_layout.h"

/* A record's size has 16 bits. */
#define RECORD_BYTES_MAX UINT16_MAX

#define MESSAGE_HEADER_BYTES (8 + 16 + 8 + 8)
#define MESSAGE_PARTS	     (ETL_MESSAGE_GUID | ETL_MESSAGE_TIMESTAMP | ETL_MESSAGE_SYSTEM_INFO)

/* What Windows adds for those whom it delivers to; on disk the record's type says it. */
#define DELIVERY_FLAGS                                                       \
	(EVENT_HEADER_FLAG_EXTENDED_INFO | EVENT_HEADER_FLAG_32_BIT_HEADER | \
	 EVENT_HEADER_FLAG_64_BIT_HEADER | EVENT_HEADER_FLAG_PROCESSOR_INDEX)

static_assert(sizeof(EVENT_HEADER) == ETL_EVENT_HEADER_BYTES, "an event's header is copied");

void event_writer_init(struct event_writer *writer, struct trace_queue *queue,
		       struct session_health *health, const struct etw_clock *clock,
		       struct recording *recording)
{
	*writer = (struct event_writer){
		.queue = queue,
		.health = health,
		.clock = clock,
		.recording = recording,
	};
}

static size_t round_up(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

/* No room is a fact of the moment: the next event tries again. */
static bool begin_buffer(struct event_writer *writer, uint16_t cpu)
{
	struct trace_buffer *buffer = trace_queue_try_take(writer->queue);

	writer->buffer = buffer;
	if (!buffer)
		return false;
	buffer->recording = writer->recording;
	memset(buffer->bytes, 0, ETL_BUFFER_HEADER_BYTES);
	put_le32(buffer->bytes + ETL_BUFFER_CPU_AT, cpu);
	put_le32(buffer->bytes + ETL_BUFFER_FLAGS_AT, ETL_BUFFER_PROCESSOR_INDEX);
	writer->at = buffer->bytes + ETL_BUFFER_HEADER_BYTES;
	writer->end = buffer->bytes + buffer->capacity;
	writer->cpu = cpu;
	return true;
}

void event_writer_flush(struct event_writer *writer)
{
	struct trace_buffer *buffer = writer->buffer;

	if (!buffer)
		return;
	buffer->length = (size_t)(writer->at - buffer->bytes);
	put_le32(buffer->bytes, (uint32_t)buffer->length);
	put_le32(buffer->bytes + ETL_BUFFER_DATA_END_AT, (uint32_t)buffer->length);
	if (writer->clock->moves) {
		etw_clock_read(writer->clock, &buffer->clock_origin, &buffer->clock_origin_ns);
		buffer->flags |= TRACE_BUFFER_CLOCK;
	}
	health_add(&writer->health->bytes, buffer->length);
	trace_queue_put(writer->queue, buffer);
	writer->buffer = NULL;
	writer->handed_on = true;
}

void event_writer_done(struct event_writer *writer)
{
	event_writer_flush(writer);
	if (writer->handed_on)
		trace_queue_end_recording(writer->queue, writer->recording);
	else
		recording_free(writer->recording);
	writer->recording = NULL;
}

/* Room for a record of `bytes` of a processor; NULL: there is none. */
static inline uint8_t *reserve(struct event_writer *writer, size_t bytes, uint16_t cpu)
{
	size_t needed = round_up(bytes) + ETL_CPU_MARK_BYTES;
	uint8_t *at;

	if (writer->buffer && (size_t)(writer->end - writer->at) < needed)
		event_writer_flush(writer);
	if (!writer->buffer && !begin_buffer(writer, cpu))
		return NULL;
	if (writer->cpu != cpu) {
		etl_mark_cpu(writer->at, cpu);
		writer->at += ETL_CPU_MARK_BYTES;
		writer->cpu = cpu;
	}
	at = writer->at;
	writer->at += round_up(bytes);
	return at;
}

static inline uint16_t cpu_of(const EVENT_RECORD *event)
{
	return event->EventHeader.Flags & EVENT_HEADER_FLAG_PROCESSOR_INDEX
		       ? event->BufferContext.ProcessorIndex
		       : event->BufferContext.ProcessorNumber;
}

static inline bool is_32_bit(const EVENT_RECORD *event)
{
	return event->EventHeader.Flags & EVENT_HEADER_FLAG_32_BIT_HEADER;
}

static inline void write_start(uint8_t *at, size_t size, uint8_t type)
{
	put_le32(at, (uint32_t)size | (uint32_t)type << 16 | (uint32_t)ETL_MARK_TYPED << 24);
}

/* Without bytes there need not be a pointer. */
static inline void copy(uint8_t *to, const void *from, size_t bytes)
{
	if (bytes)
		memcpy(to, from, bytes);
}

/* For the event's record; NULL: it is dropped, and counted as such. */
static inline uint8_t *record_room(struct event_writer *writer, size_t size,
				   const EVENT_RECORD *event)
{
	uint8_t *at = NULL;

	/* No session takes larger ones. */
	if (size > RECORD_BYTES_MAX)
		health_malformed(writer->health, MALFORMED_RECORD_SIZE);
	else
		at = reserve(writer, size, cpu_of(event));
	if (!at)
		health_add(&writer->health->events_dropped, 1);
	return at;
}

static size_t items_size(const EVENT_RECORD *event)
{
	size_t i, bytes = 0;

	for (i = 0; i < event->ExtendedDataCount; i++)
		bytes += ETL_ITEM_HEADER_BYTES + round_up(event->ExtendedData[i].DataSize);
	return bytes;
}

static uint8_t *write_items(uint8_t *at, const EVENT_RECORD *event)
{
	USHORT i;

	for (i = 0; i < event->ExtendedDataCount; i++) {
		const EVENT_HEADER_EXTENDED_DATA_ITEM *item = &event->ExtendedData[i];
		size_t bytes = ETL_ITEM_HEADER_BYTES + round_up(item->DataSize);
		uint16_t more = i + 1 < event->ExtendedDataCount;

		put_le32(at, (uint32_t)bytes | (uint32_t)item->ExtType << 16);
		put_le32(at + 4, more | (uint32_t)item->DataSize << 16);
		copy(at + ETL_ITEM_HEADER_BYTES, (const void *)(uintptr_t)item->DataPtr,
		     item->DataSize);
		at += bytes;
	}
	return at;
}

static inline void write_event(struct event_writer *writer, const EVENT_RECORD *event)
{
	size_t items = event->ExtendedDataCount ? items_size(event) : 0;
	size_t size = ETL_EVENT_HEADER_BYTES + items + event->UserDataLength;
	uint16_t flags = event->EventHeader.Flags & (uint16_t)~DELIVERY_FLAGS;
	uint8_t *at;

	at = record_room(writer, size, event);
	if (!at)
		return;
	memcpy(at, &event->EventHeader, ETL_EVENT_HEADER_BYTES);
	write_start(at, size, is_32_bit(event) ? ETL_TYPE_EVENT32 : ETL_TYPE_EVENT64);
	put_le32(at + 4, items ? flags | ETL_EVENT_FLAG_EXTENDED_INFO : flags);
	at += ETL_EVENT_HEADER_BYTES;
	if (items)
		at = write_items(at, event);
	copy(at, event->UserData, event->UserDataLength);
}

/* Where a classic event is an instance of something; NULL: it is not. */
static const uint8_t *find_instance(const EVENT_RECORD *event)
{
	USHORT i;

	for (i = 0; i < event->ExtendedDataCount; i++)
		if (event->ExtendedData[i].ExtType == ETW_ITEM_INSTANCE_INFO &&
		    event->ExtendedData[i].DataSize ==
			    ETL_INSTANCE_HEADER_BYTES - ETL_FULL_HEADER_BYTES)
			return (const uint8_t *)(uintptr_t)event->ExtendedData[i].DataPtr;
	return NULL;
}

/* Kinds without a class in their header arrive with it, and are written with it. */
static void write_classic(struct event_writer *writer, const EVENT_RECORD *event)
{
	const EVENT_HEADER *header = &event->EventHeader;
	const uint8_t *instance = find_instance(event);
	size_t header_bytes = instance ? ETL_INSTANCE_HEADER_BYTES : ETL_FULL_HEADER_BYTES;
	size_t size = header_bytes + event->UserDataLength;
	uint8_t type32 = instance ? ETL_TYPE_INSTANCE32 : ETL_TYPE_FULL32;
	uint8_t type64 = instance ? ETL_TYPE_INSTANCE64 : ETL_TYPE_FULL64;
	uint8_t *at;

	at = record_room(writer, size, event);
	if (!at)
		return;
	write_start(at, size, is_32_bit(event) ? type32 : type64);
	put_le32(at + 4, header->EventDescriptor.Opcode |
				 (uint32_t)header->EventDescriptor.Level << 8 |
				 (uint32_t)header->EventDescriptor.Version << 16);
	/* Thread, process, time and class stand as in the event's header. */
	memcpy(at + 8, (const uint8_t *)header + 8, 32);
	memcpy(at + 40, &header->ProcessorTime, 8);
	if (instance)
		memcpy(at + ETL_FULL_HEADER_BYTES, instance, header_bytes - ETL_FULL_HEADER_BYTES);
	copy(at + header_bytes, event->UserData, event->UserDataLength);
}

/* WPP: the parts that stand in the event's header. */
static void write_message(struct event_writer *writer, const EVENT_RECORD *event)
{
	const EVENT_HEADER *header = &event->EventHeader;
	size_t size = MESSAGE_HEADER_BYTES + event->UserDataLength;
	uint32_t parts =
		MESSAGE_PARTS | (is_32_bit(event) ? ETL_MESSAGE_POINTER32 : ETL_MESSAGE_POINTER64);
	uint8_t *at;

	at = record_room(writer, size, event);
	if (!at)
		return;
	put_le32(at, (uint32_t)size | (uint32_t)ETL_MARK_MESSAGE << 24);
	put_le32(at + 4, header->EventDescriptor.Id | parts << 16);
	memcpy(at + 8, &header->ProviderId, 16);
	memcpy(at + 24, &header->TimeStamp, 8);
	put_le32(at + 32, header->ThreadId);
	put_le32(at + 36, header->ProcessId);
	copy(at + MESSAGE_HEADER_BYTES, event->UserData, event->UserDataLength);
}

void event_writer_write(struct event_writer *writer, const EVENT_RECORD *event)
{
	uint16_t flags = event->EventHeader.Flags;

	if (!(flags & (EVENT_HEADER_FLAG_CLASSIC_HEADER | EVENT_HEADER_FLAG_TRACE_MESSAGE)))
		write_event(writer, event);
	else if (flags & EVENT_HEADER_FLAG_TRACE_MESSAGE)
		write_message(writer, event);
	else
		write_classic(writer, event);
}
