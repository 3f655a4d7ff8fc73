/*
 * rules_recording: recordings of any number of events that rules take, for benchmarks.
 *
 * Nine providers with manifests, "Rules-1" to "Rules-9", of 54 event types together, on 8
 * processors. The same bytes in every run. All events of a recording are of one kind:
 *
 * RULES_NUMBERS: Irp (u64), Disk (u32, 8 of them), Queue (u32, 64), Bytes and Duration (u64).
 * RULES_TEXT: Name (UTF-16, 20 characters, 200 of them), behind it Duration (u64).
 * RULES_PAIRS: odd IDs start, with Irp (u64) and Bytes (u64), even ones end, with Irp, Disk (u32)
 * and Status (u32); 10,000 are open, and end in another order. An Irp is used once.
 */
#ifndef TESTS_SUPPORT_RULES_RECORDING_H
#define TESTS_SUPPORT_RULES_RECORDING_H

#include "tests/support/etl_writer.h"

#define RULES_PROVIDERS 9
#define RULES_IDS	6 /* of each provider; from 1 */
#define RULES_SERIES	(8 * 64)
#define RULES_NAMES	200
#define RULES_OPEN	10000

enum rules_kind {
	RULES_NUMBERS,
	RULES_TEXT,
	RULES_PAIRS,
};

/* Buffers of 64 KiB. The caller fills, finishes and frees it. */
struct etl_writer *rules_recording_new(void);

/* Writes so many events; call once. */
void rules_recording_fill(struct etl_writer *writer, enum rules_kind kind, uint64_t events);

/* The schemas of such a recording, an instrumentation manifest. */
void rules_recording_manifest(const char *path, enum rules_kind kind);

#endif
