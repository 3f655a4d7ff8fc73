#include "tests/support/kernel_events.h"

#include "exporter/decoder/mof.h"
#include "tests/support/schema_rows.h"

#define FILE_IO_OPEN 64

static const struct guid process_class = GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c);
static const struct guid thread_class = GUID(3d6fa8d1, fe05, 11d0, 9dda, 00c04fd7ba7c);
static const struct guid image_class = GUID(2cb15d1d, 5fc1, 11d2, abe1, 00a0c911f518);
static const struct guid file_class = GUID(90cbdc39, 4a3e, 11d1, 84f4, 0000f80464e3);
static const struct guid kernel_process = GUID(22fb2cd6, 0e7b, 422b, a0c7, 2fad1fd0e716);
static const struct guid kernel_file = GUID(edd08927, 9cc4, 4e65, b970, c2560fb5c289);

static const uint8_t zeros[64];

/* The record points into the event, which must stay where it is. */
static void begin(struct kernel_event *event, const struct guid *guid, uint8_t kind)
{
	event->guid = *guid;
	event->schema = NULL;
	event->payload.length = 0;
	event->record = (struct event_record){.guid = event->guid.bytes,
					      .kind = kind,
					      .pid = UINT32_MAX,
					      .tid = UINT32_MAX,
					      .pointer_bytes = 8};
}

static void begin_class(struct kernel_event *event, const struct guid *guid, uint16_t version,
			uint8_t type)
{
	begin(event, guid, RECORD_SYSTEM);
	event->record.version = version;
	event->record.opcode = type;
	event->schema = mof_schema_new(guid, version, type);
}

static void begin_manifest(struct kernel_event *event, const struct guid *guid, uint16_t id,
			   const struct row *rows)
{
	begin(event, guid, RECORD_EVENT);
	event->record.id = id;
	event->schema = schema_of_rows(rows, false);
}

static void end(struct kernel_event *event)
{
	event->record.payload = event->payload.bytes;
	event->record.payload_bytes = (uint32_t)event->payload.length;
}

/* A TOKEN_USER block and the SID of the local system. */
static void put_sid(struct payload *payload)
{
	static const uint8_t local_system[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};

	payload_u64(payload, 0xfffff8a000001000);
	payload_u64(payload, 0);
	payload_bytes(payload, local_system, sizeof(local_system));
}

void kernel_event_process(struct kernel_event *event, uint16_t version, uint8_t type, uint32_t pid,
			  const char *name)
{
	struct payload *payload = &event->payload;

	begin_class(event, &process_class, version, type);
	if (version == 0) {
		payload_u64(payload, pid);
		payload_u64(payload, 4);
	} else {
		payload_u64(payload, 0x1000);
		payload_u32(payload, pid);
		payload_u32(payload, 4);
		payload_bytes(payload, zeros, 8);
	}
	payload_bytes(payload, zeros, version >= 3 ? 8 : 0);
	payload_bytes(payload, zeros, version >= 4 ? 4 : 0);
	put_sid(payload);
	payload_string(payload, name);
	if (version >= 2)
		payload_utf16(payload, "command line");
	if (version >= 4) {
		payload_utf16(payload, "");
		payload_utf16(payload, "");
	}
	end(event);
}

void kernel_event_thread(struct kernel_event *event, uint16_t version, uint8_t type, uint32_t pid,
			 uint32_t tid)
{
	static const size_t rest[] = {0, 6 * 8 + 1, 7 * 8 + 4, 7 * 8 + 8, 7 * 8 + 8};
	struct payload *payload = &event->payload;

	begin_class(event, &thread_class, version, type);
	payload_u32(payload, version ? pid : tid);
	payload_u32(payload, version ? tid : pid);
	if (version != 1 || type != 2)
		payload_bytes(payload, zeros, rest[version]);
	if (version == 4)
		payload_utf16(payload, "thread");
	end(event);
}

void kernel_event_image(struct kernel_event *event, uint16_t version, uint8_t type, uint32_t pid,
			uint64_t base, uint64_t bytes, const char *path)
{
	struct payload *payload = &event->payload;

	begin_class(event, &image_class, version, type);
	payload_u64(payload, base);
	if (version == 0) {
		payload_u32(payload, (uint32_t)bytes);
		event->record.pid = pid;
	} else {
		payload_u64(payload, bytes);
		payload_u32(payload, pid);
	}
	payload_bytes(payload, zeros, version >= 2 ? 36 : 0);
	payload_utf16(payload, path);
	end(event);
}

void kernel_event_file(struct kernel_event *event, uint8_t type, uint64_t object, const char *path)
{
	struct payload *payload = &event->payload;

	begin_class(event, &file_class, 3, type);
	payload_bytes(payload, zeros, type == FILE_IO_OPEN ? 8 : 0);
	payload_u64(payload, object);
	payload_bytes(payload, zeros, type == FILE_IO_OPEN ? 16 : 0);
	payload_utf16(payload, path);
	end(event);
}

static const struct row process_start_rows[] = {{"ProcessID", {.type = VALUE_U32}, 0},
						{"CreateTime", {.type = VALUE_FILETIME}, 0},
						{"ParentProcessID", {.type = VALUE_U32}, 0},
						{"SessionID", {.type = VALUE_U32}, 0},
						{"Flags", {.type = VALUE_U32}, 0},
						{"ImageName", {.type = VALUE_UTF16}, 0},
						{0}};
static const struct row process_stop_rows[] = {
	{"ProcessID", {.type = VALUE_U32}, 0},		{"CreateTime", {.type = VALUE_FILETIME}, 0},
	{"ExitTime", {.type = VALUE_FILETIME}, 0},	{"ExitCode", {.type = VALUE_U32}, 0},
	{"TokenElevationType", {.type = VALUE_U32}, 0}, {"HandleCount", {.type = VALUE_U32}, 0},
	{"CommitCharge", {.type = VALUE_U64}, 0},	{"CommitPeak", {.type = VALUE_U64}, 0},
	{"ImageName", {.type = VALUE_ANSI}, 0},		{0}};
static const struct row thread_start_rows[] = {{"ProcessID", {.type = VALUE_U32}, 0},
					       {"ThreadID", {.type = VALUE_U32}, 0},
					       {"StackBase", {.type = VALUE_POINTER}, 0},
					       {0}};
static const struct row image_load_rows[] = {
	{"ImageBase", {.type = VALUE_POINTER}, 0}, {"ImageSize", {.type = VALUE_POINTER}, 0},
	{"ProcessID", {.type = VALUE_U32}, 0},	   {"ImageCheckSum", {.type = VALUE_U32}, 0},
	{"TimeDateStamp", {.type = VALUE_U32}, 0}, {"DefaultBase", {.type = VALUE_POINTER}, 0},
	{"ImageName", {.type = VALUE_UTF16}, 0},   {0}};
static const struct row name_create_rows[] = {
	{"FileKey", {.type = VALUE_POINTER}, 0}, {"FileName", {.type = VALUE_UTF16}, 0}, {0}};

static void put_process_start(struct kernel_event *event, uint16_t id, uint32_t pid,
			      const char *path)
{
	begin_manifest(event, &kernel_process, id, process_start_rows);
	payload_u32(&event->payload, pid);
	payload_bytes(&event->payload, zeros, 20);
	payload_utf16(&event->payload, path);
	end(event);
}

void kernel_event_process_start(struct kernel_event *event, uint32_t pid, const char *path)
{
	put_process_start(event, 1, pid, path);
}

void kernel_event_process_rundown(struct kernel_event *event, uint32_t pid, const char *path)
{
	put_process_start(event, 15, pid, path);
}

void kernel_event_process_stop(struct kernel_event *event, uint32_t pid, const char *name)
{
	begin_manifest(event, &kernel_process, 2, process_stop_rows);
	payload_u32(&event->payload, pid);
	payload_bytes(&event->payload, zeros, 44);
	payload_string(&event->payload, name);
	end(event);
}

void kernel_event_thread_start(struct kernel_event *event, uint32_t pid, uint32_t tid)
{
	begin_manifest(event, &kernel_process, 3, thread_start_rows);
	payload_u32(&event->payload, pid);
	payload_u32(&event->payload, tid);
	payload_u64(&event->payload, 0);
	end(event);
}

void kernel_event_image_load(struct kernel_event *event, uint32_t pid, uint64_t base,
			     uint64_t bytes, const char *path)
{
	begin_manifest(event, &kernel_process, 5, image_load_rows);
	payload_u64(&event->payload, base);
	payload_u64(&event->payload, bytes);
	payload_u32(&event->payload, pid);
	payload_bytes(&event->payload, zeros, 16);
	payload_utf16(&event->payload, path);
	end(event);
}

void kernel_event_name_create(struct kernel_event *event, uint64_t key, const char *path)
{
	begin_manifest(event, &kernel_file, 10, name_create_rows);
	payload_u64(&event->payload, key);
	payload_utf16(&event->payload, path);
	end(event);
}

void kernel_event_any(struct kernel_event *event, struct random *random)
{
	static const uint8_t file_types[] = {0, 32, 35, 36, 64, 79};
	static const uint8_t process_types[] = {1, 2, 3, 4, 39};
	static const uint8_t image_types[] = {2, 3, 4, 10};
	uint16_t version = (uint16_t)random_below(random, 5);

	switch (random_below(random, 8)) {
	case 0:
		kernel_event_process(event, version, process_types[random_below(random, 5)], 0, "");
		return;
	case 1:
		kernel_event_thread(event, version, (uint8_t)(1 + random_below(random, 4)), 0, 0);
		return;
	case 2:
	case 3:
		kernel_event_image(event, version % 4, image_types[random_below(random, 4)], 0, 0,
				   0, "");
		return;
	case 4:
		kernel_event_file(event, file_types[random_below(random, 6)], 0, "");
		return;
	case 5:
		kernel_event_process_stop(event, 0, "");
		return;
	case 6:
		kernel_event_image_load(event, 0, 0, 0, "");
		return;
	default:
		kernel_event_name_create(event, 0, "");
		return;
	}
}

void kernel_event_done(struct kernel_event *event)
{
	schema_free(event->schema);
	event->schema = NULL;
}
