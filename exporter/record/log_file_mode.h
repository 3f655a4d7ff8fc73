/*
 * log_file_mode: the bits of a trace session's mode, LogFileMode, with the names that we have for
 * them. Any thread.
 *
 * Source: EVENT_TRACE_*_MODE of evntrace.h.
 */
#ifndef EXPORTER_RECORD_LOG_FILE_MODE_H
#define EXPORTER_RECORD_LOG_FILE_MODE_H

#include <stddef.h>
#include <stdint.h>

#define LOG_FILE_MODE_SEQUENTIAL		 0x00000001u
#define LOG_FILE_MODE_CIRCULAR			 0x00000002u
#define LOG_FILE_MODE_APPEND			 0x00000004u
#define LOG_FILE_MODE_NEW_FILE			 0x00000008u
#define LOG_FILE_MODE_FLUSH_IN_MS		 0x00000010u
#define LOG_FILE_MODE_PREALLOCATE		 0x00000020u
#define LOG_FILE_MODE_SECURE			 0x00000080u
#define LOG_FILE_MODE_REAL_TIME			 0x00000100u
#define LOG_FILE_MODE_BUFFERING			 0x00000400u
#define LOG_FILE_MODE_PRIVATE			 0x00000800u
#define LOG_FILE_MODE_PRIVATE_IN_PROCESS	 0x00020000u
#define LOG_FILE_MODE_STOP_ON_HYBRID_SHUTDOWN	 0x00400000u
#define LOG_FILE_MODE_PERSIST_ON_HYBRID_SHUTDOWN 0x00800000u
#define LOG_FILE_MODE_PAGED_MEMORY		 0x01000000u
#define LOG_FILE_MODE_SYSTEM_LOGGER		 0x02000000u
#define LOG_FILE_MODE_COMPRESSED		 0x04000000u
#define LOG_FILE_MODE_INDEPENDENT		 0x08000000u
#define LOG_FILE_MODE_NO_CPU_BUFFERS		 0x10000000u

struct log_file_mode {
	uint32_t bit;
	const char *name;
};

/* In the order of their bits; a name of NULL ends them. */
extern const struct log_file_mode log_file_modes[];

/* NULL: the bit has none. */
const char *log_file_mode_name(uint32_t bit);

#endif
