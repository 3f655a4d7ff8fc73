/*
 * event_info: writes the records that merged recordings carry the schemas of manifest events in:
 * TRACE_EVENT_INFO (tdh.h) in events of KernelTraceControl, class
 * bbccf6c1-6cd1-48c4-80ff-839482e37671, type 32. For tests.
 */
#ifndef TESTS_SUPPORT_EVENT_INFO_H
#define TESTS_SUPPORT_EVENT_INFO_H

#include "tests/support/etl_writer.h"

#define EVENT_INFO_FIELDS_MAX 16

/* TDH_INTYPE_* */
enum event_info_type {
	EVENT_INFO_UTF16 = 1,
	EVENT_INFO_ANSI = 2,
	EVENT_INFO_U8 = 4,
	EVENT_INFO_U16 = 6,
	EVENT_INFO_U32 = 8,
	EVENT_INFO_U64 = 10,
	EVENT_INFO_F64 = 12,
	EVENT_INFO_POINTER = 16,
};

struct event_info_field {
	const char *name; /* NULL after the last */
	enum event_info_type type;
};

/* The schema of an event; texts may be NULL. */
struct event_info {
	const uint8_t *guid; /* 16 bytes: the provider */
	const char *provider, *level_name, *channel_name, *task_name, *opcode_name;
	uint16_t id;
	uint8_t version, channel, level, opcode;
	uint16_t task;
	uint64_t keyword;
	struct event_info_field fields[EVENT_INFO_FIELDS_MAX];
};

void etl_write_event_info(struct etl_writer *writer, uint64_t time, uint32_t processor,
			  const struct event_info *info);

#endif
