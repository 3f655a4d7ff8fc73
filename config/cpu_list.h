/*
 * cpu_list: CPUs as Linux writes them, "0-3,8". Any thread; nothing is kept.
 */
#ifndef CONFIG_CPU_LIST_H
#define CONFIG_CPU_LIST_H

#include "config/tracefs_config.h"

enum cpu_list_result {
	CPU_LIST_OK,
	CPU_LIST_MALFORMED, /* no list, a range that ends before it begins, or CPUS_MAX or more */
	CPU_LIST_NO_MEMORY,
};

/* `into` is filled where all is well, and to be freed by its owner. */
enum cpu_list_result cpu_list_parse(const char *text, struct cpu_mask *into);

#endif
