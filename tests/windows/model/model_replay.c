/* Recordings as Windows would have delivered their events. */
#include <stdlib.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/record/etl.h"
#include "exporter/record/etl_header.h"
#include "exporter/record/etl_layout.h"
#include "exporter/record/xpress.h"
#include "tests/windows/model/model.h"

#define ITEMS_MAX 16

/* One record, to be delivered. */
struct replayed {
	struct event_record record;
	const uint8_t *at; /* of its header */
	uint64_t time;	   /* its own, or that of the one before */
	size_t number, buffer;
};

struct model_recording {
	uint8_t *bytes;
	size_t size;
	uint8_t **decompressed; /* by buffer */
	size_t decompressed_count;
	struct replayed *events;
	size_t count, room, buffers;
	bool as_stored;
};

static void die(const char *path)
{
	fprintf(stderr, "etwmodel: cannot replay %s\n", path);
	exit(99);
}

static void read_file(struct model_recording *recording, const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) <= 0)
		die(path);
	rewind(file);
	recording->size = (size_t)size;
	recording->bytes = malloc(recording->size);
	if (!recording->bytes || fread(recording->bytes, recording->size, 1, file) != 1)
		die(path);
	fclose(file);
}

static struct bytes decompress(struct model_recording *recording, const uint8_t *at,
			       const struct etl_buffer *buffer)
{
	size_t wanted = buffer->data_end - ETL_BUFFER_HEADER_BYTES;
	uint8_t *to = malloc(wanted + 1);
	size_t count = xpress_decompress(to, wanted, at + ETL_BUFFER_HEADER_BYTES,
					 buffer->bytes - ETL_BUFFER_HEADER_BYTES);

	recording->decompressed =
		realloc(recording->decompressed,
			(recording->decompressed_count + 1) * sizeof(recording->decompressed[0]));
	recording->decompressed[recording->decompressed_count++] = to;
	return (struct bytes){to, count};
}

static struct replayed *add(struct model_recording *recording)
{
	if (recording->count == recording->room) {
		recording->room = recording->room ? 2 * recording->room : 4096;
		recording->events =
			realloc(recording->events, recording->room * sizeof(recording->events[0]));
	}
	return &recording->events[recording->count++];
}

static void add_records(struct model_recording *recording, struct bytes records, uint16_t cpu)
{
	struct etl_cursor cursor;
	uint64_t time = 0;

	etl_walk(&cursor, records.at, records.left, cpu);
	for (;;) {
		const uint8_t *at = cursor.at;
		struct event_record record;
		struct replayed *event;

		if (etl_next(&cursor, &record) != ETL_RECORD)
			return;
		if (record.has_time)
			time = record.timestamp;
		event = add(recording);
		*event = (struct replayed){record, at, time, recording->count, recording->buffers};
	}
}

static void add_buffers(struct model_recording *recording)
{
	struct bytes rest = {recording->bytes, recording->size};

	while (rest.left >= ETL_BUFFER_HEADER_BYTES) {
		const uint8_t *at = rest.at;
		struct bytes records = {at + ETL_BUFFER_HEADER_BYTES, 0};
		struct etl_buffer buffer;

		etl_buffer_read(at, &buffer);
		if (buffer.bytes < ETL_BUFFER_HEADER_BYTES || !bytes_take(&rest, buffer.bytes))
			return;
		records.left = buffer.data_end - ETL_BUFFER_HEADER_BYTES;
		if (buffer.flags & ETL_BUFFER_COMPRESSED)
			records = decompress(recording, at, &buffer);
		add_records(recording, records, buffer.cpu);
		recording->buffers++;
	}
}

static int compare(const void *a, const void *b)
{
	const struct replayed *one = a, *other = b;

	if (one->time != other->time)
		return one->time < other->time ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

struct model_recording *model_recording_open(const char *path, bool as_stored)
{
	struct model_recording *recording = calloc(1, sizeof(*recording));

	if (!recording)
		die(path);
	read_file(recording, path);
	add_buffers(recording);
	if (!recording->count || !etl_header_is(&recording->events[0].record))
		die(path);
	recording->as_stored = as_stored;
	/* The first stays so: it is the header. */
	if (!as_stored)
		qsort(recording->events + 1, recording->count - 1, sizeof(recording->events[0]),
		      compare);
	return recording;
}

void model_recording_free(struct model_recording *recording)
{
	size_t i;

	if (!recording)
		return;
	for (i = 0; i < recording->decompressed_count; i++)
		free(recording->decompressed[i]);
	free(recording->decompressed);
	free(recording->events);
	free(recording->bytes);
	free(recording);
}

void model_recording_header(const struct model_recording *recording, TRACE_LOGFILE_HEADER *header,
			    LONGLONG *timestamp)
{
	const struct event_record *record = &recording->events[0].record;
	const uint8_t *payload = record->payload;
	/* Two pointers and a time zone before the times, aligned. */
	size_t times = le32(payload + 0x2c) == 8 ? 0xf8 : 0xf0;

	memset(header, 0, sizeof(*header));
	header->NumberOfProcessors = le32(payload + 0x0c);
	header->PointerSize = le32(payload + 0x2c);
	header->CpuSpeedInMHz = le32(payload + 0x34);
	header->BootTime.QuadPart = (LONGLONG)le64(payload + times);
	header->PerfFreq.QuadPart = (LONGLONG)le64(payload + times + 8);
	header->StartTime.QuadPart = (LONGLONG)le64(payload + times + 16);
	header->ReservedFlags = le32(payload + times + 24);
	*timestamp = (LONGLONG)record->timestamp;
}

/* In memory the data of an item stand elsewhere. */
static USHORT read_items(const uint8_t *at, EVENT_HEADER_EXTENDED_DATA_ITEM *items)
{
	USHORT count = 0;
	bool more = true;

	while (more && count < ITEMS_MAX) {
		more = le16(at + 4) & 1;
		items[count++] = (EVENT_HEADER_EXTENDED_DATA_ITEM){
			.ExtType = le16(at + 2),
			.Linkage = more,
			.DataSize = le16(at + 6),
			.DataPtr = (ULONGLONG)(uintptr_t)(at + ETL_ITEM_HEADER_BYTES),
		};
		at += le16(at);
	}
	return count;
}

static void make_event(const struct replayed *event, EVENT_RECORD *to)
{
	EVENT_HEADER *header = &to->EventHeader;

	memcpy(header, event->at, sizeof(*header));
	if (le16(event->at + 4) & ETL_EVENT_FLAG_EXTENDED_INFO)
		to->ExtendedDataCount =
			read_items(event->at + ETL_EVENT_HEADER_BYTES, to->ExtendedData);
}

/* The class, type and version stand where those of newer events do. */
static void make_classic(const struct replayed *event, EVENT_RECORD *to)
{
	const struct event_record *record = &event->record;
	EVENT_HEADER *header = &to->EventHeader;

	header->Flags = EVENT_HEADER_FLAG_CLASSIC_HEADER;
	header->EventDescriptor.Opcode = record->opcode;
	header->EventDescriptor.Version = (UCHAR)record->version;
	header->EventDescriptor.Level = record->level;
	if (record->kind == RECORD_INSTANCE) {
		to->ExtendedData[0] = (EVENT_HEADER_EXTENDED_DATA_ITEM){
			.ExtType = ETW_ITEM_INSTANCE_INFO,
			.DataSize = ETL_INSTANCE_HEADER_BYTES - ETL_FULL_HEADER_BYTES,
			.DataPtr = (ULONGLONG)(uintptr_t)(event->at + ETL_FULL_HEADER_BYTES),
		};
		to->ExtendedDataCount = 1;
	}
}

/* Unsettled: what of a message's parts stands in the header. */
static void make_message(const struct replayed *event, EVENT_RECORD *to)
{
	to->EventHeader.Flags = EVENT_HEADER_FLAG_TRACE_MESSAGE;
	to->EventHeader.EventDescriptor.Id = event->record.id;
}

static void make(const struct replayed *event, EVENT_RECORD *to)
{
	const struct event_record *record = &event->record;
	EVENT_HEADER *header = &to->EventHeader;

	if (record->kind == RECORD_EVENT || record->kind == RECORD_ERROR)
		make_event(event, to);
	else if (record->kind == RECORD_MESSAGE)
		make_message(event, to);
	else
		make_classic(event, to);
	header->ThreadId = record->tid;
	header->ProcessId = record->pid;
	header->TimeStamp.QuadPart = (LONGLONG)event->time;
	memcpy(&header->ProviderId, record->guid, sizeof(header->ProviderId));
	header->Flags |= record->pointer_bytes == 4 ? EVENT_HEADER_FLAG_32_BIT_HEADER
						    : EVENT_HEADER_FLAG_64_BIT_HEADER;
	header->Flags |= EVENT_HEADER_FLAG_PROCESSOR_INDEX;
	to->BufferContext.ProcessorIndex = record->cpu;
	to->UserData = (void *)(uintptr_t)record->payload;
	to->UserDataLength = (USHORT)record->payload_bytes;
}

void model_recording_deliver(struct model_recording *recording, struct model_consumer *consumer)
{
	EVENT_HEADER_EXTENDED_DATA_ITEM items[ITEMS_MAX];
	size_t i;

	for (i = 0; i < recording->count; i++) {
		EVENT_RECORD event = {.ExtendedData = items};

		/* Windows' buffers end where the file's do. */
		if (i && recording->as_stored &&
		    recording->events[i].buffer != recording->events[i - 1].buffer)
			model_end_buffer(consumer, 0);
		make(&recording->events[i], &event);
		model_deliver(consumer, &event);
	}
}
