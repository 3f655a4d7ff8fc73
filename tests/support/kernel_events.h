/*
 * kernel_events: events of the kernel that the state of a trace is made of, with their schemas. For
 * tests.
 *
 * Classic ones have the program's own schemas of their class, those of manifests have schemas as
 * Windows 10 has them. All are of 64-bit systems. kernel_event_done() frees what they have.
 */
#ifndef TESTS_SUPPORT_KERNEL_EVENTS_H
#define TESTS_SUPPORT_KERNEL_EVENTS_H

#include "exporter/record/event_record.h"
#include "exporter/base/guid.h"
#include "exporter/schema/schema.h"
#include "tests/support/payload.h"
#include "tests/support/random.h"

struct kernel_event {
	struct event_record record;
	struct schema *schema; /* NULL: the class has no such type */
	struct guid guid;
	struct payload payload;
};

/* Event types as classes have them; `version` any that has them. */
void kernel_event_process(struct kernel_event *event, uint16_t version, uint8_t type, uint32_t pid,
			  const char *name);
void kernel_event_thread(struct kernel_event *event, uint16_t version, uint8_t type, uint32_t pid,
			 uint32_t tid);
void kernel_event_image(struct kernel_event *event, uint16_t version, uint8_t type, uint32_t pid,
			uint64_t base, uint64_t bytes, const char *path);
void kernel_event_file(struct kernel_event *event, uint8_t type, uint64_t object, const char *path);

/* Microsoft-Windows-Kernel-Process and -File. */
void kernel_event_process_start(struct kernel_event *event, uint32_t pid, const char *path);
void kernel_event_process_stop(struct kernel_event *event, uint32_t pid, const char *name);
void kernel_event_process_rundown(struct kernel_event *event, uint32_t pid, const char *path);
void kernel_event_thread_start(struct kernel_event *event, uint32_t pid, uint32_t tid);
void kernel_event_image_load(struct kernel_event *event, uint32_t pid, uint64_t base,
			     uint64_t bytes, const char *path);
void kernel_event_name_create(struct kernel_event *event, uint64_t key, const char *path);

/* Any of these, with a payload that is of no use. */
void kernel_event_any(struct kernel_event *event, struct random *random);

void kernel_event_done(struct kernel_event *event);

#endif
