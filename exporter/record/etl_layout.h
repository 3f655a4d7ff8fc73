/*
 * etl_layout: the numbers of the layout in which .etl files hold records, for those who read and
 * those who write it. Live sessions of Windows write it, too, into trace buffers.
 *
 * Source: as of etl.h.
 */
#ifndef EXPORTER_RECORD_ETL_LAYOUT_H
#define EXPORTER_RECORD_ETL_LAYOUT_H

#include <stdint.h>
#include <string.h>

/* Types in bits 16 to 23 of a typed record's first word (TRACE_HEADER_TYPE_*). */
enum etl_header_type {
	ETL_TYPE_SYSTEM32 = 0x01,
	ETL_TYPE_SYSTEM64 = 0x02,
	ETL_TYPE_COMPACT32 = 0x03,
	ETL_TYPE_COMPACT64 = 0x04,
	ETL_TYPE_FULL32 = 0x0a,
	ETL_TYPE_INSTANCE32 = 0x0b,
	ETL_TYPE_TIMED = 0x0c,
	ETL_TYPE_ERROR = 0x0d,
	ETL_TYPE_WNODE = 0x0e,
	ETL_TYPE_MESSAGE = 0x0f,
	ETL_TYPE_PERFINFO32 = 0x10,
	ETL_TYPE_PERFINFO64 = 0x11,
	ETL_TYPE_EVENT32 = 0x12,
	ETL_TYPE_EVENT64 = 0x13,
	ETL_TYPE_FULL64 = 0x14,
	ETL_TYPE_INSTANCE64 = 0x15,
	/* A mark of ours in live sessions: see etl_mark_cpu(). */
	ETL_TYPE_LIVE_CPU = 0x7f,
	/* Not a type: the number under which records with an untyped time header are counted. */
	ETL_TYPE_ULONG32_TIME = 0xb0,
};

enum {
	ETL_MARK_TYPED = 0xc0,
	ETL_MARK_MESSAGE = 0x90,
	ETL_MARK_ULONG32_TIME = 0xb0,

	ETL_SYSTEM_HEADER_BYTES = 32,
	ETL_COMPACT_HEADER_BYTES = 24,
	ETL_PERFINFO_HEADER_BYTES = 16,
	ETL_FULL_HEADER_BYTES = 48,
	ETL_INSTANCE_HEADER_BYTES = 72,
	ETL_EVENT_HEADER_BYTES = 80,

	ETL_EVENT_FLAG_EXTENDED_INFO = 0x0001,

	/* In the version of system, compact and perfinfo records: u64 values before the payload. */
	ETL_VERSION_PEBS_INDEX = 0x8000,
	ETL_VERSION_PMC_COUNT = 0x0700,

	ETL_ITEM_HEADER_BYTES = 8,
	ETL_ITEM_SCHEMA_TL = 11,
	ETL_ITEM_PROVIDER_TRAITS = 12,

	ETL_MESSAGE_SEQUENCE = 0x0001,
	ETL_MESSAGE_GUID = 0x0002,
	ETL_MESSAGE_COMPONENT_ID = 0x0004,
	ETL_MESSAGE_TIMESTAMP = 0x0008,
	ETL_MESSAGE_SYSTEM_INFO = 0x0020,
	ETL_MESSAGE_POINTER32 = 0x0040,
	ETL_MESSAGE_POINTER64 = 0x0080,
};

/*
 * In a buffer of a live session events of all processors follow each other as they happened. What
 * stands behind such a mark, up to the next, is of its processor; in front of the first, of that of
 * the buffer's header. Files have no such records: there one is of an unknown kind.
 */
#define ETL_CPU_MARK_BYTES 8

static inline void etl_mark_cpu(uint8_t *at, uint16_t cpu)
{
	const uint8_t mark[ETL_CPU_MARK_BYTES] = {ETL_CPU_MARK_BYTES, 0,
						  ETL_TYPE_LIVE_CPU,  ETL_MARK_TYPED,
						  (uint8_t)cpu,	      (uint8_t)(cpu >> 8)};

	memcpy(at, mark, sizeof(mark));
}

#endif
