/* Types of C by their names in format files. */
#include <string.h>

#include "exporter/decoder/ftrace_private.h"

/* Source: include/linux/types.h, include/uapi/asm-generic of the Linux kernel. */
static const struct ftrace_c_type types[] = {
	{"short", 2, true},
	{"unsigned short", 2, false},
	{"u16", 2, false},
	{"s16", 2, true},
	{"__u16", 2, false},
	{"__s16", 2, true},
	{"uint16_t", 2, false},
	{"int16_t", 2, true},
	{"__be16", 2, false},
	{"umode_t", 2, false},
	{"int", 4, true},
	{"unsigned int", 4, false},
	{"unsigned", 4, false},
	{"u32", 4, false},
	{"s32", 4, true},
	{"__u32", 4, false},
	{"__s32", 4, true},
	{"uint32_t", 4, false},
	{"int32_t", 4, true},
	{"__be32", 4, false},
	{"pid_t", 4, true},
	{"uid_t", 4, false},
	{"gid_t", 4, false},
	{"dev_t", 4, false},
	{"clockid_t", 4, true},
	{"timer_t", 4, true},
	{"key_t", 4, true},
	{"key_serial_t", 4, true},
	{"mqd_t", 4, true},
	{"qid_t", 4, false},
	{"rwf_t", 4, true},
	{"long long", 8, true},
	{"unsigned long long", 8, false},
	{"u64", 8, false},
	{"s64", 8, true},
	{"__u64", 8, false},
	{"__s64", 8, true},
	{"uint64_t", 8, false},
	{"int64_t", 8, true},
	{"dma_addr_t", 8, false},
	{"sector_t", 8, false},
	{"loff_t", 8, true},
	{"long", sizeof(long), true},
	{"unsigned long", sizeof(long), false},
	{"size_t", sizeof(long), false},
	{"ssize_t", sizeof(long), true},
};

static const char *without(const char *type, const char *beginning)
{
	size_t length = strlen(beginning);

	return strncmp(type, beginning, length) == 0 ? type + length : type;
}

const struct ftrace_c_type *ftrace_c_type_find(const char *type)
{
	size_t length, i;

	type = without(without(without(type, "__data_loc "), "__rel_loc "), "const ");
	length = strcspn(type, "[");
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == length && memcmp(types[i].name, type, length) == 0)
			return &types[i];
	return NULL;
}
