#include "exporter/record/etl_header.h"

#include <stddef.h>
#include <string.h>

#include "config/filetime.h"
#include "exporter/base/bytes.h"
#include "exporter/value/utf16.h"

#define NS_PER_SECOND 1000000000u
/* TIME_ZONE_INFORMATION, between the two name pointers and the times. */
#define TIME_ZONE_BYTES 172

bool etl_header_is(const struct event_record *record)
{
	return record->kind == RECORD_SYSTEM && record->group == 0 && record->opcode == 0;
}

/* 0 for a FILETIME of 0 and for one that Unix nanoseconds cannot express. */
static int64_t filetime_unix_ns(uint64_t filetime)
{
	int64_t since_epoch, ns;

	if (filetime == 0 || filetime > INT64_MAX)
		return 0;
	since_epoch = (int64_t)filetime - FILETIME_UNIX_EPOCH;
	if (__builtin_mul_overflow(since_epoch, (int64_t)100, &ns))
		return 0;
	return ns;
}

void trace_clock_set_system_time(struct trace_clock *clock)
{
	clock->type = CLOCK_SYSTEM_TIME;
	clock->origin = FILETIME_UNIX_EPOCH;
	clock->origin_unix_ns = 0;
	clock->frequency_hz = TRACE_CLOCK_100_NS;
}

static struct trace_clock make_clock(const struct etl_header *header, uint32_t type,
				     uint64_t timestamp)
{
	struct trace_clock clock = {.type = CLOCK_UNKNOWN,
				    .origin = timestamp,
				    .origin_unix_ns = header->start_unix_ns,
				    .perf_frequency_hz = header->perf_frequency_hz};

	switch (type) {
	case 1:
		clock.type = CLOCK_QPC;
		clock.frequency_hz = header->perf_frequency_hz;
		break;
	case 2:
		trace_clock_set_system_time(&clock);
		break;
	case 3:
		clock.type = CLOCK_CPU_CYCLES;
		clock.frequency_hz = (uint64_t)header->cpu_mhz * 1000000;
		break;
	default:
		break;
	}
	/* The upper bound keeps the remainder's product in trace_clock_convert() below 2^64. */
	if (clock.frequency_hz == 0 || clock.frequency_hz > UINT64_MAX / NS_PER_SECOND ||
	    (type != 2 && header->start_unix_ns == 0))
		clock.type = CLOCK_UNKNOWN;
	return clock;
}

static void read_names(struct bytes rest, struct etl_header *header)
{
	utf16_take_string(&rest, header->session_name, sizeof(header->session_name));
	utf16_take_string(&rest, header->log_file_name, sizeof(header->log_file_name));
}

bool etl_header_parse(const struct event_record *record, struct etl_header *header)
{
	struct bytes rest = {record->payload, record->payload_bytes};
	const uint8_t *fixed, *times;
	size_t pointers_end;

	memset(header, 0, sizeof(*header));
	fixed = bytes_take(&rest, 0x38);
	if (!fixed)
		return false;
	header->pointer_bytes = le32(fixed + 0x2c);
	if (header->pointer_bytes != 4 && header->pointer_bytes != 8)
		return false;
	/* Two pointers and the time zone, then aligned to 8 from the payload's start. */
	pointers_end = 0x38 + 2 * (size_t)header->pointer_bytes + TIME_ZONE_BYTES;
	if (!bytes_take(&rest, ((pointers_end + 7) & ~(size_t)7) - 0x38))
		return false;
	times = bytes_take(&rest, 32);
	if (!times)
		return false;

	header->buffer_bytes = le32(fixed);
	header->os_major = fixed[4];
	header->os_minor = fixed[5];
	header->os_build = le32(fixed + 0x08);
	header->processors = le32(fixed + 0x0c);
	header->end_unix_ns = filetime_unix_ns(le64(fixed + 0x10));
	header->log_file_mode = le32(fixed + 0x20);
	header->buffers_written = le32(fixed + 0x24);
	header->events_lost = le32(fixed + 0x30);
	header->cpu_mhz = le32(fixed + 0x34);
	header->boot_unix_ns = filetime_unix_ns(le64(times));
	header->perf_frequency_hz = le64(times + 8);
	header->start_unix_ns = filetime_unix_ns(le64(times + 16));
	header->buffers_lost = le32(times + 28);
	header->clock = make_clock(header, le32(times + 24), record->timestamp);
	read_names(rest, header);
	return true;
}

/* ticks * 10^9 / frequency without overflow of the product; UINT64_MAX where the result is too
 * large. */
static uint64_t ticks_to_ns(uint64_t ticks, uint64_t frequency_hz)
{
	uint64_t seconds, rest_ns, ns;

	seconds = ticks / frequency_hz;
	rest_ns = ticks % frequency_hz * NS_PER_SECOND / frequency_hz;
	if (__builtin_mul_overflow(seconds, (uint64_t)NS_PER_SECOND, &ns) ||
	    __builtin_add_overflow(ns, rest_ns, &ns))
		return UINT64_MAX;
	return ns;
}

bool trace_clock_convert(const struct trace_clock *clock, uint64_t timestamp, int64_t *unix_ns)
{
	bool before;
	uint64_t ns;

	if (clock->type == CLOCK_UNKNOWN)
		return false;
	before = timestamp < clock->origin;
	ns = ticks_to_ns(before ? clock->origin - timestamp : timestamp - clock->origin,
			 clock->frequency_hz);
	if (ns > INT64_MAX)
		return false;
	if (before)
		return !__builtin_sub_overflow(clock->origin_unix_ns, (int64_t)ns, unix_ns);
	return !__builtin_add_overflow(clock->origin_unix_ns, (int64_t)ns, unix_ns);
}

bool trace_clock_ticks(const struct trace_clock *clock, int64_t unix_ns, uint64_t *timestamp)
{
	bool before = unix_ns < clock->origin_unix_ns;
	uint64_t ns = before ? (uint64_t)clock->origin_unix_ns - (uint64_t)unix_ns
			     : (uint64_t)unix_ns - (uint64_t)clock->origin_unix_ns;
	unsigned __int128 ticks;

	if (clock->type == CLOCK_UNKNOWN)
		return false;
	/* As conversion rounds down: the most ticks that are no more than `ns` before the origin,
	 * or the fewest that are as much behind it. */
	ticks = (unsigned __int128)ns + before;
	ticks = (ticks * clock->frequency_hz + NS_PER_SECOND - 1) / NS_PER_SECOND - before;
	if (before)
		*timestamp = ticks < clock->origin ? clock->origin - (uint64_t)ticks : 0;
	else if (ticks > UINT64_MAX - clock->origin)
		return false;
	else
		*timestamp = clock->origin + (uint64_t)ticks;
	return true;
}

const char *clock_type_name(enum clock_type type)
{
	static const char *const names[] = {
		[CLOCK_UNKNOWN] = "unknown",	     [CLOCK_QPC] = "qpc",
		[CLOCK_SYSTEM_TIME] = "system_time", [CLOCK_CPU_CYCLES] = "cpu_cycles",
		[CLOCK_NANOSECONDS] = "nanoseconds",
	};

	return names[type];
}
