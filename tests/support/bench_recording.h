/*
 * bench_recording: recordings of any number of events of a busy machine, for benchmarks.
 *
 * Nine providers: the kernel's disk reads and writes (DiskIo 10 and 11) and context switches
 * (Thread 36) as perfinfo records, and seven with manifests, beac0000-0000-4000-8000-000000000001
 * to ...07, "Benchmark-1" to "Benchmark-7", with 60 event ids together. Records have 112 bytes on
 * average, payloads 16 to 200. The same bytes in every run.
 *
 * All events of the seven providers have the fields ProcessId (u32, of 32 processes), Status (u32,
 * one of 8, mostly 0) and Bytes (u64), some also Duration and Handle (u64), Name and Path (UTF-16,
 * of 64 each); in one of six the Name comes first, so that no other field stands at a fixed place.
 */
#ifndef TESTS_SUPPORT_BENCH_RECORDING_H
#define TESTS_SUPPORT_BENCH_RECORDING_H

#include "tests/support/etl_writer.h"

/* 8 processors, buffers of 64 KiB. The caller fills, finishes and frees it. */
struct etl_writer *bench_recording_new(bool compressed);

/* The schemas of the 60 manifest events, a record each, as in a merged recording; before the
 * events. */
void bench_recording_schemas(struct etl_writer *writer);

/* Writes so many events; call once. */
void bench_recording_fill(struct etl_writer *writer, uint64_t events);

#endif
