/*
 * tl_writer: TraceLogging events for recordings: fields are named and given values in one go. For
 * tests.
 */
#ifndef TESTS_SUPPORT_TL_WRITER_H
#define TESTS_SUPPORT_TL_WRITER_H

#include "tests/support/etl_writer.h"
#include "tests/support/payload.h"

struct tl_event {
	struct etl_event event; /* to be filled in further: time, processor, pid ... */
	struct payload traits, schema, payload;
};

/* `provider` is the first byte of its GUID, the rest of which is zeros, and "Test-<provider>". */
void tl_begin(struct tl_event *event, uint8_t provider, const char *name);

void tl_u8(struct tl_event *event, const char *name, uint8_t value);
void tl_u16(struct tl_event *event, const char *name, uint16_t value);
void tl_u32(struct tl_event *event, const char *name, uint32_t value);
void tl_i32(struct tl_event *event, const char *name, int32_t value);
void tl_u64(struct tl_event *event, const char *name, uint64_t value);
void tl_i64(struct tl_event *event, const char *name, int64_t value);
void tl_f64(struct tl_event *event, const char *name, double value);
void tl_text(struct tl_event *event, const char *name, const char *value);
void tl_utf16(struct tl_event *event, const char *name, const char *value);
void tl_guid(struct tl_event *event, const char *name, const uint8_t value[16]);
/* As wide as `pointer_bytes`, which goes to tl_write(), too. */
void tl_pointer(struct tl_event *event, const char *name, uint64_t value, int pointer_bytes);

void tl_write(struct etl_writer *writer, struct tl_event *event);
void tl_write_pointers(struct etl_writer *writer, struct tl_event *event, int pointer_bytes);

#endif
