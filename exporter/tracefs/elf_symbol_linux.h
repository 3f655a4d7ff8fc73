/*
 * elf_symbol: where a function is in the file of a program or library. Cold; any thread.
 *
 * Files are those of the machine's own byte order, as only they run here; nothing in them is taken
 * on trust. The format: System V ABI, chapters 4 and 5; elf(5).
 */
#ifndef EXPORTER_TRACEFS_ELF_SYMBOL_LINUX_H
#define EXPORTER_TRACEFS_ELF_SYMBOL_LINUX_H

#include <stdint.h>

#include "exporter/base/error.h"

/*
 * The offset in the file of a function in .symtab or .dynsym. One that others can see goes before
 * local ones; several local ones are an error. 0; -1: see error.
 */
int elf_symbol_offset(const char *path, const char *symbol, uint64_t *offset, struct error *error);

#endif
