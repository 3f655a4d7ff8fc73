/*
 * trace_words: the kernel's own words for why it refused what was written to a control file.
 */
#ifndef EXPORTER_TRACEFS_TRACE_WORDS_LINUX_H
#define EXPORTER_TRACEFS_TRACE_WORDS_LINUX_H

#include <stdbool.h>

#define TRACE_WORDS_SIZE 192

/*
 * The last entry of `error_log` in the directory, if it is about `command`: `Field not found, near
 * "== 1"`. False: the kernel said nothing of it, or keeps no such log.
 */
bool trace_words_read(int directory, const char *command, char words[TRACE_WORDS_SIZE]);

#endif
