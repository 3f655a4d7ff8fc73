#include "tests/support/bench_recording.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/event_info.h"
#include "tests/support/little_endian.h"
#include "tests/support/random.h"
#include "tests/support/utf16_writer.h"

enum {
	PROCESSORS = 8,
	MANIFEST_PROVIDERS = 7,
	MANIFEST_EVENTS = 60,
	TEXTS = 64,
	NAME_MAX_CHARACTERS = 24,
	PATH_MAX_CHARACTERS = 58,
	LAYOUTS = 6,
	PAYLOAD_MAX_BYTES = 200,

	/* Shares of 256 in all events; the rest is of providers with manifests. */
	SWITCH_SHARE = 50,
	DISK_SHARE = 26,

	GROUP_DISK_IO = 0x01,
	GROUP_THREAD = 0x05,
	CONTEXT_SWITCH = 36,
	DISK_READ = 10,

	START_CLOCK = 1000000000,
	LEVEL_INFORMATION = 4,
};

/* UTF-16 with its terminator. */
struct text {
	size_t bytes;
	uint8_t utf16[2 * (PATH_MAX_CHARACTERS + 1)];
};

struct bench {
	struct etl_writer *writer;
	struct random random;
	uint64_t time;
	struct text names[TEXTS], paths[TEXTS];
};

static const uint8_t provider_guid[16] = {0x00, 0x00, 0xac, 0xbe, 0x00, 0x00, 0x00, 0x40, 0x80};

/* In the order of the fields. */
struct layout {
	bool name_first, duration, name, path;
};

static const struct layout layouts[LAYOUTS] = {
	{.duration = false},  {.duration = true},
	{.name = true},	      {.duration = true, .name = true},
	{.name_first = true}, {.duration = true, .name = true, .path = true},
};

static uint16_t event_id(uint32_t index)
{
	return (uint16_t)(1 + index / MANIFEST_PROVIDERS);
}

static uint8_t provider_number(uint32_t index)
{
	return (uint8_t)(1 + index % MANIFEST_PROVIDERS);
}

static const struct layout *event_layout(uint32_t index)
{
	return &layouts[index % LAYOUTS];
}

struct etl_writer *bench_recording_new(bool compressed)
{
	return etl_writer_new(&(struct etl_writer_options){
		.processors = PROCESSORS,
		.start_clock = START_CLOCK,
		.compressed = compressed,
		.session_name = "benchmark",
	});
}

static void list_fields(const struct layout *layout, struct event_info_field *field)
{
	if (layout->name_first)
		*field++ = (struct event_info_field){"Name", EVENT_INFO_UTF16};
	*field++ = (struct event_info_field){"ProcessId", EVENT_INFO_U32};
	*field++ = (struct event_info_field){"Status", EVENT_INFO_U32};
	*field++ = (struct event_info_field){"Bytes", EVENT_INFO_U64};
	if (layout->duration) {
		*field++ = (struct event_info_field){"Duration", EVENT_INFO_U64};
		*field++ = (struct event_info_field){"Handle", EVENT_INFO_U64};
	}
	if (layout->name)
		*field++ = (struct event_info_field){"Name", EVENT_INFO_UTF16};
	if (layout->path)
		*field++ = (struct event_info_field){"Path", EVENT_INFO_UTF16};
}

void bench_recording_schemas(struct etl_writer *writer)
{
	for (uint32_t i = 0; i < MANIFEST_EVENTS; i++) {
		struct event_info info = {.id = event_id(i), .level = LEVEL_INFORMATION};
		uint8_t guid[16];
		char name[32], task[32];

		memcpy(guid, provider_guid, 16);
		guid[15] = provider_number(i);
		snprintf(name, sizeof(name), "Benchmark-%u", provider_number(i));
		snprintf(task, sizeof(task), "Task%u", event_id(i));
		info.guid = guid;
		info.provider = name;
		info.task = event_id(i);
		info.task_name = task;
		list_fields(event_layout(i), info.fields);
		etl_write_event_info(writer, START_CLOCK + i, 0, &info);
	}
}

static void make_text(struct bench *bench, struct text *text, const char *begin, uint32_t most)
{
	static const char letters[] = "etaoinshrdlucmfw_-.0123456789EAS";
	char characters[PATH_MAX_CHARACTERS + 1];
	uint32_t length = (uint32_t)strlen(begin);

	memcpy(characters, begin, length);
	most = length + 1 + random_below(&bench->random, most - length);
	while (length < most)
		characters[length++] = letters[random_below(&bench->random, sizeof(letters) - 1)];
	characters[length] = '\0';
	text->bytes = utf16_put(text->utf16, characters);
	put_le16(text->utf16 + text->bytes, 0);
	text->bytes += 2;
}

static uint8_t *put_text(uint8_t *to, const struct text *text)
{
	memcpy(to, text->utf16, text->bytes);
	return to + text->bytes;
}

static void write_switch(struct bench *bench, uint64_t bits, uint32_t processor)
{
	uint8_t payload[24] = {0};
	struct etl_classic record = {
		.time = bench->time,
		.processor = processor,
		.group = GROUP_THREAD,
		.type = CONTEXT_SWITCH,
		.version = 3,
		.payload = payload,
		.payload_bytes = sizeof(payload),
	};

	put_le32(payload, 1000 + (bits >> 20 & 255) * 4);
	put_le32(payload + 4, 1000 + (bits >> 28 & 255) * 4);
	payload[8] = payload[9] = 8;
	payload[12] = bits >> 36 & 31;
	payload[14] = 5;
	payload[15] = (uint8_t)processor;
	put_le32(payload + 16, bits >> 41 & 63);
	etl_write_perfinfo(bench->writer, &record, 8);
}

static void write_disk(struct bench *bench, uint64_t bits, uint32_t processor)
{
	uint8_t payload[52] = {0};
	struct etl_classic record = {
		.time = bench->time,
		.processor = processor,
		.group = GROUP_DISK_IO,
		.type = DISK_READ + (bits >> 20 & 1),
		.version = 3,
		.payload = payload,
		.payload_bytes = sizeof(payload),
	};

	put_le32(payload, bits >> 21 & 1);
	put_le32(payload + 4, 0x20043);
	put_le32(payload + 8, 4096u << (bits >> 22 & 7));
	put_le64(payload + 16, (bits >> 25 & 0xffffff) * 4096);
	put_le64(payload + 24, 0xfffff8a004000000u + (bits >> 49 & 63) * 0x150);
	put_le64(payload + 32, 0xffffe001a0000000u + (bits >> 55 & 63) * 0x1000);
	put_le64(payload + 40, 1000 + (bits >> 40 & 0xffff));
	put_le32(payload + 48, 1000 + (bits >> 32 & 255) * 4);
	etl_write_perfinfo(bench->writer, &record, 8);
}

static size_t put_fields(const struct bench *bench, const struct layout *layout, uint64_t bits,
			 uint8_t *payload)
{
	const struct text *name = &bench->names[bits >> 46 & (TEXTS - 1)];
	uint32_t status = bits >> 43 & 7;
	uint8_t *to = payload;

	if (layout->name_first)
		to = put_text(to, name);
	put_le32(to, 1000 + (bits >> 38 & 31) * 4);
	put_le32(to + 4, bits >> 36 & 3 ? 0 : status);
	put_le64(to + 8, bits >> 22 & 0x3fff);
	to += 16;
	if (layout->duration) {
		put_le64(to, bits >> 30 & 0xffff);
		put_le64(to + 8, 0xffffe00100000000u + (bits >> 20 & 0xfff) * 16);
		to += 16;
	}
	if (layout->name)
		to = put_text(to, name);
	if (layout->path)
		to = put_text(to, &bench->paths[bits >> 52 & (TEXTS - 1)]);
	return (size_t)(to - payload);
}

/* Low numbers are more frequent than high ones. */
static uint32_t pick_event(uint64_t bits)
{
	uint32_t first = (bits >> 52 & 0xfff) * MANIFEST_EVENTS >> 12;
	uint32_t second = (bits >> 20 & 0xfff) * MANIFEST_EVENTS >> 12;

	return first < second ? first : second;
}

static void write_manifest_event(struct bench *bench, uint64_t bits, uint32_t processor)
{
	uint8_t payload[PAYLOAD_MAX_BYTES];
	uint32_t index = pick_event(bits);
	struct etl_event event = {
		.time = bench->time,
		.processor = processor,
		.pid = 1000 + (bits >> 38 & 31) * 4,
		.tid = 1004 + (bits >> 38 & 31) * 4,
		.id = event_id(index),
		.level = LEVEL_INFORMATION,
		.task = event_id(index),
		.payload = payload,
	};

	memcpy(event.guid, provider_guid, 16);
	event.guid[15] = provider_number(index);
	event.payload_bytes =
		put_fields(bench, event_layout(index), random_next(&bench->random), payload);
	etl_write_event(bench->writer, &event, 8);
}

/* Bits of one random number: 0 to 3 time, 4 to 6 processor, 8 to 15 kind, from 20 the event's own.
 */
static void write_any(struct bench *bench)
{
	uint64_t bits = random_next(&bench->random);
	uint32_t processor = bits >> 4 & (PROCESSORS - 1);
	uint32_t kind = bits >> 8 & 255;

	bench->time += 1 + (bits & 15);
	if (kind < SWITCH_SHARE)
		write_switch(bench, bits, processor);
	else if (kind < SWITCH_SHARE + DISK_SHARE)
		write_disk(bench, bits, processor);
	else
		write_manifest_event(bench, bits, processor);
}

void bench_recording_fill(struct etl_writer *writer, uint64_t events)
{
	struct bench bench = {.writer = writer, .time = START_CLOCK + 1000};

	bench.random.state = 7;
	for (size_t i = 0; i < TEXTS; i++) {
		make_text(&bench, &bench.names[i], "n", NAME_MAX_CHARACTERS);
		make_text(&bench, &bench.paths[i], "\\Device\\HarddiskVolume3\\",
			  PATH_MAX_CHARACTERS);
	}
	for (uint64_t i = 0; i < events; i++)
		write_any(&bench);
}
