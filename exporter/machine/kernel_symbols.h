/*
 * kernel_symbols: which function of the kernel is at an address, by a file as /proc/kallsyms is.
 *
 * Read as a whole, and read anew when that is asked for: modules come and go. Bounded. Owned and
 * used by one thread.
 */
#ifndef EXPORTER_MACHINE_KERNEL_SYMBOLS_H
#define EXPORTER_MACHINE_KERNEL_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "exporter/base/error.h"

#define KERNEL_SYMBOLS_PATH "/proc/kallsyms"

/* Ten times what a large kernel with all its modules has. */
#define KERNEL_SYMBOLS_MAX	 ((size_t)1 << 21)
#define KERNEL_SYMBOLS_BYTES_MAX ((size_t)128 << 20)

struct kernel_symbols;

/* Empty. `path` is borrowed. NULL: no memory. */
struct kernel_symbols *kernel_symbols_new(const char *path);
void kernel_symbols_free(struct kernel_symbols *symbols);

/*
 * Reads the file, and forgets what was known. -1: it cannot be read, is too large, or hides its
 * addresses, which the error says; what was known stays.
 */
int kernel_symbols_read(struct kernel_symbols *symbols, struct error *error);

/*
 * The function's name, valid until the next kernel_symbols_read(); NULL: none is known to be there.
 */
const char *kernel_symbols_find(const struct kernel_symbols *symbols, uint64_t address);

size_t kernel_symbols_count(const struct kernel_symbols *symbols);

#endif
