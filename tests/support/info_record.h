/*
 * info_record: records that say what an event of one field is called: TRACE_EVENT_INFO (tdh.h), as
 * the decoders get them. For tests.
 */
#ifndef TESTS_SUPPORT_INFO_RECORD_H
#define TESTS_SUPPORT_INFO_RECORD_H

#include "exporter/record/event_record.h"
#include "tests/support/payload.h"

/* The field is called "Info" and has a TDH in-type. The record points into the payload. */
static inline struct event_record info_record(struct payload *payload, const uint8_t *guid,
					      uint16_t id, const char *task, uint16_t in_type)
{
	static const uint8_t zeros[32];
	static const uint8_t class_guid[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
					       0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};
	/* Texts stand behind the one property: at 136 the field's name, then the task's. */
	const uint32_t name_at = 136, task_at = name_at + 2 * sizeof("Info");

	payload->length = 0;
	payload_bytes(payload, guid, 16);
	payload_bytes(payload, zeros, 16);
	payload_u16(payload, id);
	payload_bytes(payload, zeros, 32);
	payload_u16(payload, 0);
	payload_u32(payload, task_at);
	payload_bytes(payload, zeros, 28);
	payload_u32(payload, 1);
	payload_u32(payload, 1);
	payload_u32(payload, 0);
	payload_u32(payload, 0);
	payload_u32(payload, name_at);
	payload_u16(payload, in_type);
	payload_bytes(payload, zeros, 6);
	payload_u16(payload, 1);
	payload_bytes(payload, zeros, 6);
	payload_utf16(payload, "Info");
	payload_utf16(payload, task);
	return (struct event_record){.guid = class_guid,
				     .kind = RECORD_FULL,
				     .opcode = 32,
				     .payload = payload->bytes,
				     .payload_bytes = (uint32_t)payload->length};
}

#endif
