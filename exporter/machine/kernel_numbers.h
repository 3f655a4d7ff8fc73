/*
 * kernel_numbers: what Linux calls numbers that never change on a kind of machine.
 *
 * Pure functions, any thread.
 */
#ifndef EXPORTER_KERNEL_NUMBERS_H
#define EXPORTER_KERNEL_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * By number, with gaps: made at build time from the kernel's own header, asm/unistd.h, for the kind
 * of machine that the program is built for.
 */
extern const char *const syscall_names[];
extern const size_t syscall_names_count;

/* "openat"; NULL: there is no such system call, or the header was older than it. */
const char *kernel_syscall_name(uint64_t number);

/* "NET_RX", as /proc/softirqs writes them; NULL: there is none. */
const char *kernel_softirq_name(uint64_t number);

#endif
