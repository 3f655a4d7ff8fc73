/*
 * demo_recording: a minute of a small Windows machine, for the demo and for end-to-end tests.
 *
 * Processes, threads, images, disks and TCP of the kernel; name resolution
 * (Microsoft-Windows-DNS-Client), garbage collections (Microsoft-Windows-DotNETRuntime) and a web
 * shop that logs with TraceLogging (Demo.Webshop). The load comes in waves of 20 seconds, with a
 * burst from second 47 to 52 in which disks and the shop get slow. The same bytes in every run and
 * on every machine.
 */
#ifndef TESTS_SUPPORT_DEMO_RECORDING_H
#define TESTS_SUPPORT_DEMO_RECORDING_H

#include "tests/support/etl_writer.h"

/* Ready for etl_writer_finish(); the caller frees it with etl_writer_free(). */
struct etl_writer *demo_recording_new(void);

#endif
