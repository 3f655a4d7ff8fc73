/*
 * mof_table: the event types of the classic kernel event classes, and their payloads, as data.
 *
 * Source: the MOF classes that Microsoft documents, with what kernels write in place of them (the
 * connid of TcpIp and UdpIp), behind them (ExtraFlags, SourceProcessId, padding) and besides (views
 * of files, version 3). One table for each class; exporter/decoder/kernel_classes.c says
 * whose it is. Read-only data, any thread.
 *
 * The fields stand in one string, `Name:type` with a space between two:
 *   u8 ... i64, pointer, guid, ipv4, ipv6
 *              what they are called, little endian but for addresses
 *   port       a u16 in network order
 *   time       a u64 in the session's clock; filetime: in Windows time
 *   sid        VALUE_WBEM_SID
 *   wstr, astr UTF-16 and 8-bit text with a terminator, or up to the payload's end
 *   wchar[n]   UTF-16 text in n units; bytes[n]: binary; pad[n]: bytes that mean nothing
 *   struct     its members follow, their names behind a dot
 * Behind the others `[5]` makes an array, `[Count]` one of as many elements as the field of that
 * name says, `[]` one to the payload's end; and `?` is for what is absent where the payload ends.
 */
#ifndef EXPORTER_DECODER_MOF_TABLE_H
#define EXPORTER_DECODER_MOF_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* The names are Microsoft's, "DletePath" included. */
struct mof_type {
	uint8_t type;
	const char *name;
};

struct mof_row {
	uint8_t first_version, last_version;
	const struct mof_type *types; /* ends with one without a name */
	const char *fields;	      /* NULL: the names of the types are all that is known */
};

/* Each ends with a row without types; the first versions of the rows for one type ascend. */
extern const struct mof_row mof_alpc[];
extern const struct mof_row mof_crit_sec[];
extern const struct mof_row mof_disk_io[];
extern const struct mof_row mof_event_trace[];
extern const struct mof_row mof_file_io[];
extern const struct mof_row mof_heap[];
extern const struct mof_row mof_image[];
extern const struct mof_row mof_image_id[];
extern const struct mof_row mof_lost_event[];
extern const struct mof_row mof_meta_data[];
extern const struct mof_row mof_object[];
extern const struct mof_row mof_page_fault[];
extern const struct mof_row mof_perf_info[];
extern const struct mof_row mof_pool[];
extern const struct mof_row mof_process[];
extern const struct mof_row mof_registry[];
extern const struct mof_row mof_split_io[];
extern const struct mof_row mof_stack_walk[];
extern const struct mof_row mof_system_config[];
extern const struct mof_row mof_system_config_ex[];
extern const struct mof_row mof_tcp_ip[];
extern const struct mof_row mof_thread[];
extern const struct mof_row mof_thread_pool[];
extern const struct mof_row mof_udp_ip[];

/* clang-format off */
#define TYPES(...) (const struct mof_type[]){__VA_ARGS__, {0}}
/* clang-format on */

/* The name of a type in a row; NULL: the row is not about that type. */
const char *mof_row_type_name(const struct mof_row *row, uint8_t type);

#endif
