/*
 * etl_writer: writes .etl recordings, for tests, the demo and the benchmarks.
 *
 * Lays out buffers and records as etl-format describes them, independently of the reader: it shares
 * no code with exporter/. Everything is written to memory; the caller gets the bytes. Misuse (a
 * record larger than a buffer) aborts: this is test code. Little-endian output on any machine.
 */
#ifndef TESTS_SUPPORT_ETL_WRITER_H
#define TESTS_SUPPORT_ETL_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum etl_clock {
	ETL_CLOCK_QPC = 1,
	ETL_CLOCK_SYSTEM_TIME = 2,
	ETL_CLOCK_CPU_CYCLES = 3,
};

/* Zero or NULL fields get the default in brackets. */
struct etl_writer_options {
	uint32_t buffer_bytes;	    /* [65536] */
	uint32_t pointer_bytes;	    /* [8] of the log file header */
	uint32_t processors;	    /* [4] */
	uint32_t os_build;	    /* [22621] */
	enum etl_clock clock;	    /* [ETL_CLOCK_QPC] */
	uint64_t perf_frequency_hz; /* [10000000] */
	uint32_t cpu_mhz;	    /* [3000] */
	uint64_t start_filetime;    /* [133500000000000000] StartTime, 100 ns since 1601 */
	uint64_t start_clock;	/* [1000000000] timestamp of the header record, session clock; with
				 * ETL_CLOCK_SYSTEM_TIME always start_filetime */
	uint64_t boot_filetime; /* [start_filetime - 100 s] */
	uint32_t log_file_mode; /* [1]; compressed adds 0x04000000 */
	uint32_t events_lost;
	uint32_t buffers_lost;
	bool compressed; /* buffers after the first are LZ77 (MS-XCA plain) compressed, odd sizes */
	bool not_finalised;	   /* EndTime, BuffersWritten and losses 0, as after a crash */
	bool processor_index;	   /* buffer flag 0x20: 16-bit processor number */
	const char *session_name;  /* ["test session"], UTF-8 (ASCII is enough) */
	const char *log_file_name; /* ["C:\\test.etl"] */
};

struct etl_writer;

struct etl_writer *etl_writer_new(const struct etl_writer_options *options);
void etl_writer_free(struct etl_writer *writer);

/* Every record goes to the current buffer of its processor; full buffers are flushed by themselves.
 */
struct etl_event {
	uint64_t time; /* in the session's clock */
	uint32_t processor;
	uint32_t pid, tid;
	uint8_t guid[16]; /* as stored */
	uint16_t id;
	uint8_t version, channel, level, opcode;
	uint16_t task;
	uint16_t flags; /* of the event header; 1 is added where there are items */
	uint64_t keyword;
	uint8_t activity_id[16];
	const struct etl_item *items;
	size_t item_count;
	const void *payload;
	size_t payload_bytes;
};

/* An extended data item (etl-format section 5). */
struct etl_item {
	uint16_t type;
	const void *data;
	size_t bytes;
};

/* pointer_bytes 4 or 8 chooses the 32- or 64-bit kind. */
void etl_write_event(struct etl_writer *writer, const struct etl_event *event, int pointer_bytes);

/* The classic kinds; `version` and `type` (the opcode) are of the class. */
struct etl_classic {
	uint64_t time;
	uint32_t processor;
	uint32_t pid, tid;
	uint8_t guid[16]; /* full and instance */
	uint8_t group;	  /* system, compact, perfinfo */
	uint8_t type;
	uint16_t version; /* the high bits of perfinfo versions (PMC counters) are the caller's */
	uint8_t level;	  /* full, instance */
	uint32_t instance_id, parent_instance_id; /* instance */
	const void *payload;
	size_t payload_bytes;
};

void etl_write_system(struct etl_writer *writer, const struct etl_classic *event,
		      int pointer_bytes);
void etl_write_compact(struct etl_writer *writer, const struct etl_classic *event,
		       int pointer_bytes);
void etl_write_perfinfo(struct etl_writer *writer, const struct etl_classic *event,
			int pointer_bytes);
void etl_write_full(struct etl_writer *writer, const struct etl_classic *event, int pointer_bytes);
void etl_write_instance(struct etl_writer *writer, const struct etl_classic *event,
			int pointer_bytes);

/* A WPP message (section 11). flags as stored; parts not announced by them are not written. */
struct etl_wpp {
	uint64_t time;
	uint32_t processor;
	uint16_t number;
	uint16_t flags;
	uint32_t sequence, component_id, pid, tid;
	uint8_t guid[16];
	const void *payload;
	size_t payload_bytes;
};

void etl_write_wpp(struct etl_writer *writer, const struct etl_wpp *message);

/* Any bytes as a record, for kinds this writer does not know and for damage; padded to 8. */
void etl_write_raw(struct etl_writer *writer, uint32_t processor, uint64_t time, const void *bytes,
		   size_t length);

/*
 * Ends the processor's current buffer now, as the flush timer does; `flags` are added to
 * BufferFlag. Without flags, an empty buffer is not written.
 */
void etl_flush(struct etl_writer *writer, uint32_t processor, uint16_t flags);

/*
 * Flushes all, finalises the header (unless not_finalised) and gives the whole recording; `*length`
 * is its size. The bytes belong to the writer and live until etl_writer_free(). Call once.
 */
const uint8_t *etl_writer_finish(struct etl_writer *writer, size_t *length);

/* Where buffer `index` (0: the header buffer) begins in the finished recording. */
size_t etl_buffer_offset(const struct etl_writer *writer, size_t index);
size_t etl_buffer_count(const struct etl_writer *writer);

/* Writes the bytes to a file, whole; aborts where that fails. */
void etl_save(const char *path, const uint8_t *bytes, size_t length);

#endif
