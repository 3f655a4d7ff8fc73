/*
 * etl_header: the log file header, the first record of every recording, and the session's clock.
 *
 * Source: TRACE_LOGFILE_HEADER (evntrace.h) and the EventTrace/Header MOF class, as they stand in
 * files.
 */
#ifndef EXPORTER_RECORD_ETL_HEADER_H
#define EXPORTER_RECORD_ETL_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/record/event_record.h"

enum clock_type {
	CLOCK_UNKNOWN,
	CLOCK_QPC,
	CLOCK_SYSTEM_TIME,
	CLOCK_CPU_CYCLES,
	CLOCK_NANOSECONDS, /* Linux; 10^9 ticks per second */
};

/* Converts timestamps of one session to Unix time. All zeros: unknown. */
struct trace_clock {
	enum clock_type type;
	uint64_t origin; /* the timestamp that stands for origin_unix_ns */
	int64_t origin_unix_ns;
	uint64_t frequency_hz;	    /* ticks per second; not 0 unless the type is unknown */
	uint64_t perf_frequency_hz; /* of the performance counter, whatever the type; 0: not said */
};

/* Frequencies: of QPC since Windows 10 and of FILETIMEs; of Linux. */
#define TRACE_CLOCK_100_NS 10000000u
#define TRACE_CLOCK_1_NS   1000000000u

#define ETL_NAME_SIZE 1025 /* UTF-8 with terminator; longer names are cut */

struct etl_header {
	uint32_t buffer_bytes;
	uint8_t os_major, os_minor;
	uint32_t os_build;
	uint32_t processors;
	int64_t start_unix_ns;
	int64_t end_unix_ns;  /* 0: never finalised */
	int64_t boot_unix_ns; /* 0: not said */
	uint32_t log_file_mode;
	uint32_t buffers_written; /* 0 where never finalised */
	uint32_t pointer_bytes;	  /* 4 or 8 */
	uint32_t events_lost;
	uint32_t buffers_lost;
	uint32_t cpu_mhz;
	uint64_t perf_frequency_hz;
	struct trace_clock clock;
	char session_name[ETL_NAME_SIZE];
	char log_file_name[ETL_NAME_SIZE];
};

/* Whether the record is a log file header by its kind, group and type. */
bool etl_header_is(const struct event_record *record);

/* Reads it; false where its payload is too short or contradicts itself. */
bool etl_header_parse(const struct event_record *record, struct etl_header *header);

/* What trace_clock_unix_ns() does, whatever the clock is. */
bool trace_clock_convert(const struct trace_clock *clock, uint64_t timestamp, int64_t *unix_ns);

/*
 * The first timestamp whose Unix time is not before `unix_ns`; 0 where all are. False where the
 * clock is unknown or no timestamp is so late.
 */
bool trace_clock_ticks(const struct trace_clock *clock, int64_t unix_ns, uint64_t *timestamp);

/* A clock of FILETIMEs; what it says of the performance counter stays. */
void trace_clock_set_system_time(struct trace_clock *clock);

/* Unix nanoseconds; false where the clock is unknown or the time is outside of years 1678 to 2262.
 */
static inline bool trace_clock_unix_ns(const struct trace_clock *clock, uint64_t timestamp,
				       int64_t *unix_ns)
{
	uint64_t ticks = timestamp - clock->origin;

	/* Of nearly all sessions: there is nothing to divide. */
	if (clock->type != CLOCK_UNKNOWN && timestamp >= clock->origin &&
	    ticks <= INT64_MAX / 100) {
		if (clock->frequency_hz == TRACE_CLOCK_100_NS)
			return !__builtin_add_overflow(clock->origin_unix_ns,
						       (int64_t)(ticks * 100), unix_ns);
		if (clock->frequency_hz == TRACE_CLOCK_1_NS)
			return !__builtin_add_overflow(clock->origin_unix_ns, (int64_t)ticks,
						       unix_ns);
	}
	return trace_clock_convert(clock, timestamp, unix_ns);
}

/* "qpc", "system_time", "cpu_cycles", "nanoseconds", "unknown". */
const char *clock_type_name(enum clock_type type);

#endif
