/*
 * pack_kernel: the recordings of the packs about the kernel's events, as tables.
 */
#ifndef TESTS_SUPPORT_PACK_KERNEL_H
#define TESTS_SUPPORT_PACK_KERNEL_H

#include "tests/support/pack_writer.h"

/* What runs on the machine when a recording begins: System (4, thread 8), web.exe (100, thread 104)
 * and db.exe (200, thread 204); ntoskrnl.exe at 0xfffff80000000000, disk.sys at 0xfffff80010000000.
 */
extern const struct pack pack_machine;

extern const struct pack pack_process, pack_disk, pack_threads, pack_interrupts, pack_memory,
	pack_network, pack_registry, pack_images;

#endif
