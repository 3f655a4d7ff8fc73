#include <stdlib.h>
#include <string.h>

#include "tests/support/etl_writer_private.h"
#include "tests/support/little_endian.h"
#include "tests/support/utf16_writer.h"

/* The record is a system record; its payload is the TRACE_LOGFILE_HEADER of evntrace.h. */
enum {
	RECORD_HEADER_BYTES = 0x20,
	RECORD_VERSION = 2,
	POINTERS_AT = 0x38,
	TIME_ZONE_BYTES = 172,
	TIMES_BYTES = 32,

	LOG_FILE_MODE_SEQUENTIAL = 0x00000001,
	LOG_FILE_MODE_COMPRESSED = 0x04000000,

	TICKS_PER_SECOND = 10000000, /* of a FILETIME */
};

static uint64_t or_default(uint64_t given, uint64_t otherwise)
{
	return given ? given : otherwise;
}

struct etl_writer_options etl_header_options(const struct etl_writer_options *given)
{
	struct etl_writer_options options = given ? *given : (struct etl_writer_options){0};

	options.buffer_bytes = (uint32_t)or_default(options.buffer_bytes, 65536);
	options.pointer_bytes = (uint32_t)or_default(options.pointer_bytes, 8);
	options.processors = (uint32_t)or_default(options.processors, 4);
	options.os_build = (uint32_t)or_default(options.os_build, 22621);
	options.clock = options.clock ? options.clock : ETL_CLOCK_QPC;
	options.perf_frequency_hz = or_default(options.perf_frequency_hz, 10000000);
	options.cpu_mhz = (uint32_t)or_default(options.cpu_mhz, 3000);
	options.start_filetime = or_default(options.start_filetime, 133500000000000000);
	options.start_clock = options.clock == ETL_CLOCK_SYSTEM_TIME
				      ? options.start_filetime
				      : or_default(options.start_clock, 1000000000);
	options.boot_filetime = or_default(options.boot_filetime,
					   options.start_filetime - 100ull * TICKS_PER_SECOND);
	options.log_file_mode =
		(uint32_t)or_default(options.log_file_mode, LOG_FILE_MODE_SEQUENTIAL);
	if (options.compressed)
		options.log_file_mode |= LOG_FILE_MODE_COMPRESSED;
	if (!options.session_name)
		options.session_name = "test session";
	if (!options.log_file_name)
		options.log_file_name = "C:\\test.etl";
	if ((options.pointer_bytes != 4 && options.pointer_bytes != 8) || options.buffer_bytes % 8)
		abort();
	return options;
}

/* Windows version and the version of the logger, which compressed sessions set apart. */
static void put_version(uint8_t *to, const struct etl_writer_options *options)
{
	static const struct {
		uint32_t first_build;
		uint8_t major, minor;
	} releases[] = {
		{10240, 10, 0}, {9600, 6, 3}, {9200, 6, 2}, {7600, 6, 1}, {0, 6, 0},
	};
	size_t i = 0;

	while (options->os_build < releases[i].first_build)
		i++;
	to[0] = releases[i].major;
	to[1] = releases[i].minor;
	to[2] = options->compressed ? 2 : 1;
	to[3] = options->compressed ? 0 : options->os_build >= 7600 ? 5 : 4;
}

/* The last Sunday of a month at an hour: a SYSTEMTIME as TIME_ZONE_INFORMATION has it. */
static void put_change(uint8_t *to, uint16_t month, uint16_t hour)
{
	put_le16(to + 2, month);
	put_le16(to + 6, 5);
	put_le16(to + 8, hour);
}

/* Central Europe; not UTC, so that a reader who takes local for universal time is found out. */
static void put_time_zone(uint8_t *to)
{
	put_le32(to, (uint32_t)-60);
	utf16_put(to + 4, "W. Europe Standard Time");
	put_change(to + 68, 10, 3);
	utf16_put(to + 88, "W. Europe Daylight Time");
	put_change(to + 152, 3, 2);
	put_le32(to + 168, (uint32_t)-60);
}

static size_t times_at(const struct etl_writer_options *options)
{
	return (POINTERS_AT + 2 * options->pointer_bytes + TIME_ZONE_BYTES + 7) & ~(size_t)7;
}

static void put_payload(uint8_t *to, const struct etl_writer_options *options)
{
	uint8_t *times = to + times_at(options);
	size_t name_bytes;

	put_le32(to, options->buffer_bytes);
	put_version(to + 0x04, options);
	put_le32(to + 0x08, options->os_build);
	put_le32(to + 0x0c, options->processors);
	put_le32(to + 0x18, 156250);
	put_le32(to + 0x20, options->log_file_mode);
	put_le32(to + 0x28, 1);
	put_le32(to + 0x2c, options->pointer_bytes);
	put_le32(to + 0x34, options->cpu_mhz);
	/* Two pointers without meaning in a file. */
	put_le32(to + POINTERS_AT, 5);
	put_le32(to + POINTERS_AT + options->pointer_bytes, 6);
	put_time_zone(to + POINTERS_AT + 2 * options->pointer_bytes);
	put_le64(times, options->boot_filetime);
	put_le64(times + 8, options->perf_frequency_hz);
	put_le64(times + 16, options->start_filetime);
	put_le32(times + 24, options->clock);
	name_bytes = utf16_put(times + TIMES_BYTES, options->session_name) + 2;
	utf16_put(times + TIMES_BYTES + name_bytes, options->log_file_name);
}

uint8_t *etl_header_new(const struct etl_writer_options *options, size_t *size)
{
	uint8_t *record;

	*size = RECORD_HEADER_BYTES + times_at(options) + TIMES_BYTES +
		utf16_bytes(options->session_name) + 2 + utf16_bytes(options->log_file_name) + 2;
	record = calloc(1, *size);
	if (!record || *size > UINT16_MAX)
		abort();
	put_le16(record, RECORD_VERSION);
	record[2] = options->pointer_bytes == 8 ? 0x02 : 0x01;
	record[3] = 0xc0;
	put_le16(record + 4, (uint16_t)*size);
	put_le32(record + 8, 5004);
	put_le32(record + 12, 5000);
	put_le64(record + 16, options->start_clock);
	put_payload(record + RECORD_HEADER_BYTES, options);
	return record;
}

/* Rounded up: a session ends after its last record. */
static uint64_t filetime_of(const struct etl_writer_options *options, uint64_t time)
{
	uint64_t since = time - options->start_clock;
	uint64_t frequency = options->perf_frequency_hz;

	if (options->clock == ETL_CLOCK_SYSTEM_TIME)
		return time;
	if (options->clock == ETL_CLOCK_CPU_CYCLES)
		frequency = (uint64_t)options->cpu_mhz * 1000000;
	return options->start_filetime + since / frequency * TICKS_PER_SECOND +
	       since % frequency * TICKS_PER_SECOND / frequency + 1;
}

void etl_header_finalise(uint8_t *record, const struct etl_writer_options *options,
			 const struct etl_header_end *end)
{
	uint8_t *payload = record + RECORD_HEADER_BYTES;

	put_le64(payload + 0x10, filetime_of(options, end->last_time));
	put_le32(payload + 0x24, end->buffers_written);
	put_le32(payload + 0x30, options->events_lost);
	put_le32(payload + times_at(options) + 28, options->buffers_lost);
}
