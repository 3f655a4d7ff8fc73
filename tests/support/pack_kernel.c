/* Fields are those of the MOF classes. */
#include "tests/support/pack_kernel.h"

enum {
	DISK_IO = 0x01,
	PAGE_FAULT = 0x02,
	PROCESS = 0x03,
	THREAD = 0x05,
	TCP_IP = 0x06,
	UDP_IP = 0x08,
	REGISTRY = 0x09,
	SYSTEM_CONFIG = 0x0b,
	PERF_INFO = 0x0f,
	IMAGE = 0x14,
};

#define ROWS(rows)                                     \
	{                                              \
		rows, sizeof(rows) / sizeof((rows)[0]) \
	}

/* clang-format off */
#define TYPE(name, group, number, of_version, of_fields)                                           \
	static const struct pack_type name = {                                                     \
		.id = group, .opcode = number, .version = of_version, .fields = of_fields}

#define PROCESS_FIELDS	  "p d d d d p d k s S S S"
#define PROCESS_V1_FIELDS "p d d d d k s"
#define THREAD_FIELDS	  "d d p p p p p p p d b b b b"
#define IMAGE_FIELDS	  "p p d d d b b w p d d d d S"
#define IMAGE_V1_FIELDS	  "p p d S"
#define IMAGE_V0_FIELDS	  "p d S"
#define DISK_FIELDS	  "d d d d q p p q d"
#define PHYSICAL_FIELDS	  "d d d d q d d d d W256 d b b W3 W2"
#define LOGICAL_FIELDS	  "q q d d d W4 d d d d d q q W16 d d"
#define FLUSH_FIELDS	  "d d q p d"
#define DISK_V2_FIELDS	  "d d d d q p p q"
#define DISK_V0_FIELDS	  "d d d d q p"
#define SWITCH_FIELDS	  "d d b b b b b b b b d d"
#define READY_FIELDS	  "d b b b b"
#define ISR_FIELDS	  "q p b w b"
#define ISR_MSI_FIELDS	  "q p b w b d"
#define DPC_FIELDS	  "q p"
#define HARD_FAULT_FIELDS "q q p p d d"
#define FAULT_FIELDS	  "p p"
#define VIRTUAL_FIELDS	  "p p d d"
#define SEND_FIELDS	  "d d 4 4 n n d d d p"
#define TCP_FIELDS	  "d d 4 4 n n d p"
#define SEND_V6_FIELDS	  "d d 6 6 n n d d d p"
#define TCP_V6_FIELDS	  "d d 6 6 n n d p"
#define CONNECT_FIELDS	  "d d 4 4 n n w w w w d w w d p"
#define CONNECT_V6_FIELDS "d d 6 6 n n w w w w d w w d p"
#define TCP_V0_FIELDS	  "4 4 n n d d"
#define UDP_V1_FIELDS	  "d d 4 4 n n"
#define FAIL_FIELDS	  "w w"
#define REGISTRY_FIELDS	  "q d d p S"
#define REGISTRY_V1_FIELDS "p p q d S"

TYPE(process_start, PROCESS, 1, 4, PROCESS_FIELDS);
TYPE(process_end, PROCESS, 2, 4, PROCESS_FIELDS);
TYPE(process_running, PROCESS, 3, 4, PROCESS_FIELDS);
TYPE(process_v1_start, PROCESS, 1, 1, PROCESS_V1_FIELDS);
TYPE(process_v1_end, PROCESS, 2, 1, PROCESS_V1_FIELDS);
TYPE(thread_start, THREAD, 1, 3, THREAD_FIELDS);
TYPE(thread_end, THREAD, 2, 3, THREAD_FIELDS);
TYPE(thread_running, THREAD, 3, 3, THREAD_FIELDS);
TYPE(context_switch, THREAD, 36, 3, SWITCH_FIELDS);
TYPE(context_switch_v2, THREAD, 36, 2, SWITCH_FIELDS);
TYPE(ready_thread, THREAD, 50, 2, READY_FIELDS);
TYPE(image_load, PROCESS, 10, 3, IMAGE_FIELDS);
TYPE(image_v1_load, PROCESS, 10, 1, IMAGE_V1_FIELDS);
TYPE(image_v0_load, PROCESS, 10, 0, IMAGE_V0_FIELDS);
TYPE(image_unload, IMAGE, 2, 3, IMAGE_FIELDS);
TYPE(image_loaded, IMAGE, 3, 3, IMAGE_FIELDS);
TYPE(physical_disk, SYSTEM_CONFIG, 11, 2, PHYSICAL_FIELDS);
TYPE(logical_disk, SYSTEM_CONFIG, 12, 2, LOGICAL_FIELDS);
TYPE(disk_read, DISK_IO, 10, 3, DISK_FIELDS);
TYPE(disk_write, DISK_IO, 11, 3, DISK_FIELDS);
TYPE(disk_flush, DISK_IO, 14, 3, FLUSH_FIELDS);
TYPE(optical_read, DISK_IO, 55, 3, DISK_FIELDS);
TYPE(disk_v2_write, DISK_IO, 11, 2, DISK_V2_FIELDS);
TYPE(disk_v0_read, DISK_IO, 10, 0, DISK_V0_FIELDS);
TYPE(isr, PERF_INFO, 67, 2, ISR_FIELDS);
TYPE(isr_msi, PERF_INFO, 50, 2, ISR_MSI_FIELDS);
TYPE(dpc, PERF_INFO, 68, 2, DPC_FIELDS);
TYPE(timer_dpc, PERF_INFO, 69, 2, DPC_FIELDS);
TYPE(threaded_dpc, PERF_INFO, 66, 2, DPC_FIELDS);
TYPE(hard_fault, PAGE_FAULT, 32, 2, HARD_FAULT_FIELDS);
TYPE(transition_fault, PAGE_FAULT, 10, 2, FAULT_FIELDS);
TYPE(demand_zero_fault, PAGE_FAULT, 11, 2, FAULT_FIELDS);
TYPE(virtual_alloc, PAGE_FAULT, 98, 2, VIRTUAL_FIELDS);
TYPE(virtual_free, PAGE_FAULT, 99, 2, VIRTUAL_FIELDS);
TYPE(tcp_send, TCP_IP, 10, 2, SEND_FIELDS);
TYPE(tcp_receive, TCP_IP, 11, 2, TCP_FIELDS);
TYPE(tcp_connect, TCP_IP, 12, 2, CONNECT_FIELDS);
TYPE(tcp_disconnect, TCP_IP, 13, 2, TCP_FIELDS);
TYPE(tcp_retransmit, TCP_IP, 14, 2, TCP_FIELDS);
TYPE(tcp_reconnect, TCP_IP, 16, 2, TCP_FIELDS);
TYPE(tcp_fail, TCP_IP, 17, 2, FAIL_FIELDS);
TYPE(tcp_v6_send, TCP_IP, 26, 2, SEND_V6_FIELDS);
TYPE(tcp_v6_receive, TCP_IP, 27, 2, TCP_V6_FIELDS);
TYPE(tcp_v6_accept, TCP_IP, 31, 2, CONNECT_V6_FIELDS);
TYPE(tcp_v0_send, TCP_IP, 10, 0, TCP_V0_FIELDS);
TYPE(udp_send, UDP_IP, 10, 2, TCP_FIELDS);
TYPE(udp_v6_receive, UDP_IP, 27, 2, TCP_V6_FIELDS);
TYPE(udp_v1_receive, UDP_IP, 11, 1, UDP_V1_FIELDS);
TYPE(udp_fail, UDP_IP, 17, 2, FAIL_FIELDS);
TYPE(registry_open, REGISTRY, 11, 2, REGISTRY_FIELDS);
TYPE(registry_query_value, REGISTRY, 16, 2, REGISTRY_FIELDS);
TYPE(registry_key_block, REGISTRY, 22, 2, REGISTRY_FIELDS);
TYPE(registry_close, REGISTRY, 27, 2, REGISTRY_FIELDS);
TYPE(registry_v1_open, REGISTRY, 11, 1, REGISTRY_V1_FIELDS);

static const struct pack_row machine[] = {
	{&process_running, 10, 0, 0, 0, "0xffffe000 4 0 0 259 0x1000 0 System - - -"},
	{&process_running, 10, 1, 0, 0, "0xffffe100 100 4 1 259 0x2000 0 web.exe web.exe - -"},
	{&process_running, 10, 2, 0, 0, "0xffffe200 200 4 1 259 0x3000 0 db.exe db.exe - -"},
	{&thread_running, 10, 0, 4, 8, "4 8 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&thread_running, 10, 1, 100, 104, "100 104 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&thread_running, 10, 2, 200, 204, "200 204 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&image_loaded, 10, 0, 4, 8, "0xfffff80000000000 0x800000 0 0 0 12 1 0 0 0 0 0 0 "
				     "\\SystemRoot\\system32\\ntoskrnl.exe"},
	{&image_loaded, 10, 0, 4, 8, "0xfffff80010000000 0x10000 0 0 0 12 1 0 0 0 0 0 0 "
				     "\\SystemRoot\\System32\\drivers\\Disk.sys"},
};
const struct pack pack_machine = ROWS(machine);

/*
 * tool.exe starts twice and ends once well, once by an access violation; web.exe ends with -1. A
 * minute later only System and db.exe are there.
 */
static const struct pack_row process[] = {
	{&process_start, 1000, 0, 100, 104, "0xffffe300 300 100 1 259 0x4000 0 tool.exe tool.exe - -"},
	{&thread_start, 10, 0, 100, 104, "300 304 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&process_start, 1000, 1, 100, 104, "0xffffe400 400 100 1 259 0x5000 0 tool.exe tool.exe - -"},
	{&thread_start, 10, 1, 100, 104, "400 404 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&thread_start, 10, 1, 400, 404, "400 408 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&thread_end, 247990, 0, 300, 304, "300 304 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&process_end, 10, 0, 300, 304, "0xffffe300 300 100 1 0 0x4000 0 tool.exe tool.exe - -"},
	{&thread_end, 749980, 1, 400, 404, "400 404 0 0 0 0 15 0 0 0 8 5 2 0"},
	{&process_end, 10, 1, 400, 404,
	 "0xffffe400 400 100 1 0xc0000005 0x5000 0 tool.exe tool.exe - -"},
	{&process_end, 10, 2, 100, 104,
	 "0xffffe100 100 4 1 0xffffffff 0x2000 0 web.exe web.exe - -"},
	{&process_v1_start, 10, 3, 200, 204, "0x6000 500 200 1 259 old.exe"},
	{&process_v1_end, 5000, 3, 500, 504, "0x6000 500 200 1 1 old.exe"},
	{&thread_start, 61000000, 3, 200, 204, "200 208 0 0 0 0 15 0 0 0 8 5 2 0"},
};
const struct pack pack_process = ROWS(process);

/* A millisecond is 10,000 ticks. */
static const struct pack_row disk[] = {
	{&physical_disk, 1000, 0, 4, 8, "0 512 63 255 30401 0 0 0 0 FastDisk 2 1 0 C: -"},
	{&physical_disk, 10, 0, 4, 8, "1 4096 63 255 60801 0 0 0 0 SlowDisk 1 1 0 - -"},
	{&logical_disk, 10, 0, 4, 8,
	 "1048576 250000000000 0 0 3 C: 0 1 8 512 0 1000 61035156 NTFS 0 0"},
	{&logical_disk, 10, 0, 4, 8, "1048576 500000000000 1 0 3 D: 0 1 1 4096 0 9 99 ReFS 0 0"},
	{&disk_read, 1000, 0, 0, 0, "0 0x60043 4096 0 0 0x10 0x20 5000 104"},
	{&disk_read, 1000, 1, 0, 0, "0 0x60043 65536 0 4096 0x10 0x20 120000 104"},
	{&disk_read, 1000, 2, 0, 0, "1 0x60043 8192 0 0 0x10 0x20 80000 204"},
	{&disk_write, 1000, 0, 0, 0, "0 0x60043 4096 0 8192 0x10 0x20 2000 204"},
	{&disk_write, 1000, 0, 0, 0, "1 0x60043 16384 0 8192 0x10 0x20 300 8"},
	{&disk_write, 1000, 3, 0, 0, "1 0x60043 512 0 8192 0x10 0x20 90000000 999"},
	{&disk_flush, 1000, 0, 0, 0, "0 0x60000 400000 0x20 204"},
	{&optical_read, 1000, 0, 0, 0, "2 0x60043 2048 0 0 0x10 0x20 1500000 104"},
	{&disk_v2_write, 1000, 0, 0, 0, "0 0x60043 1024 0 0 0x10 0x20 4000"},
	{&disk_v0_read, 1000, 0, 0, 0, "0 0x60043 512 0 0 0x10"},
};
const struct pack pack_disk = ROWS(disk);

static const struct pack_row threads[] = {
	{&ready_thread, 100, 1, 0, 0, "104 0 0 0 0"},
	{&context_switch, 3, 0, 0, 0, "104 0 8 0 0 0 0 0 2 0 0 0"},
	{&ready_thread, 100, 0, 0, 0, "204 0 0 0 0"},
	{&context_switch, 50, 0, 0, 0, "204 104 8 8 0 0 6 1 5 0 0 0"},
	{&context_switch, 100, 0, 0, 0, "104 204 8 8 0 0 32 1 1 0 0 0"},
	{&context_switch, 100, 0, 0, 0, "0 104 0 8 1 0 15 1 5 0 0 0"},
	{&ready_thread, 100, 1, 0, 0, "8 0 0 0 0"},
	{&ready_thread, 100, 1, 0, 0, "8 0 0 0 0"},
	{&context_switch_v2, 2000, 1, 0, 0, "8 0 8 0 0 0 0 0 2 0 0 0"},
	{&context_switch_v2, 10, 1, 0, 0, "0 8 8 0 1 0 77 0 5 0 0 0"},
};
const struct pack pack_threads = ROWS(threads);

static const struct pack_row interrupts[] = {
	{&isr, 1000, 0, 0, 0, "@5 0xfffff80010000100 1 81 0"},
	{&isr_msi, 1000, 1, 0, 0, "@12 0xfffff80010000200 1 97 0 0"},
	{&isr, 1000, 1, 0, 0, "@2 0xfffff80000001000 0 209 0"},
	{&dpc, 1000, 0, 0, 0, "@40 0xfffff80010000300"},
	{&dpc, 1000, 0, 0, 0, "@400 0xfffff80010000300"},
	{&timer_dpc, 1000, 1, 0, 0, "@3 0xfffff80000002000"},
	{&threaded_dpc, 1000, 1, 0, 0, "@7 0xfffff80000003000"},
	{&dpc, 1000, 2, 0, 0, "@1 0xfffff8ffff000000"},
};
const struct pack pack_interrupts = ROWS(interrupts);

static const struct pack_row memory[] = {
	{&hard_fault, 10000, 0, 0, 0, "@4000 0 0x7ff000000000 0x10 104 4096"},
	{&hard_fault, 10000, 1, 0, 0, "@90 4096 0x7ff000001000 0x10 104 32768"},
	{&hard_fault, 10000, 1, 0, 0, "@25 0 0x7ff000002000 0x10 204 8192"},
	{&transition_fault, 1000, 0, 100, 104, "0x7ff000000000 0x7ff000000100"},
	{&demand_zero_fault, 1000, 0, 100, 104, "0x7ff000010000 0x7ff000000100"},
	{&demand_zero_fault, 1000, 0, 200, 204, "0x7ff000010000 0x7ff000000100"},
	{&virtual_alloc, 1000, 0, 100, 104, "0x100000 0x20000 100 0x3000"},
	{&virtual_alloc, 1000, 0, 100, 104, "0x200000 0x100000 100 0x2000"},
	{&virtual_free, 1000, 0, 100, 104, "0x100000 0x10000 100 0x4000"},
};
const struct pack pack_memory = ROWS(memory);

static const struct pack_row network[] = {
	{&tcp_connect, 1000, 0, 100, 104,
	 "100 0 192.0.2.20 192.0.2.10 5432 50000 1460 1 0 1 65535 8 8 0 1"},
	{&tcp_send, 1000, 0, 100, 104, "100 1000 192.0.2.20 192.0.2.10 5432 50000 1 2 0 1"},
	{&tcp_send, 1000, 1, 100, 104, "100 500 192.0.2.20 192.0.2.10 5432 50000 1 2 0 1"},
	{&tcp_receive, 1000, 0, 100, 104, "100 20000 192.0.2.20 192.0.2.10 5432 50000 0 1"},
	{&tcp_retransmit, 1000, 0, 4, 8, "100 500 192.0.2.20 192.0.2.10 5432 50000 0 1"},
	{&tcp_reconnect, 1000, 0, 4, 8, "200 0 192.0.2.30 192.0.2.10 443 50001 0 1"},
	{&tcp_disconnect, 1000, 0, 100, 104, "100 0 192.0.2.20 192.0.2.10 5432 50000 0 1"},
	{&tcp_v6_accept, 1000, 0, 4, 8, "200 0 9 1 60000 8080 1460 1 0 1 65535 8 8 0 2"},
	{&tcp_v6_receive, 1000, 0, 4, 8, "200 700 9 1 60000 8080 0 2"},
	{&tcp_v6_send, 1000, 0, 200, 204, "200 70000 9 1 60000 8080 1 2 0 2"},
	{&tcp_v0_send, 1000, 0, 200, 204, "192.0.2.20 192.0.2.10 5432 50000 11 200"},
	{&tcp_fail, 1000, 0, 4, 8, "2 3"},
	{&udp_send, 1000, 0, 200, 204, "200 60 192.0.2.53 192.0.2.10 53 50002 0 0"},
	{&udp_v6_receive, 1000, 0, 4, 8, "200 120 9 1 53 50002 0 0"},
	{&udp_v1_receive, 1000, 0, 4, 8, "999 30 192.0.2.10 192.0.2.53 50002 53"},
	{&udp_fail, 1000, 0, 4, 8, "10 9"},
};
const struct pack pack_network = ROWS(network);

static const struct pack_row registry[] = {
	{&registry_open, 1000, 0, 100, 104, "@20 0 0 0x10 \\Software"},
	{&registry_query_value, 1000, 0, 100, 104, "@6 0 0 0x10 Version"},
	{&registry_query_value, 1000, 1, 100, 104, "@3 0xc0000034 0 0x10 Missing"},
	{&registry_key_block, 1000, 1, 100, 104, "0 0 0 0x10 \\Software"},
	{&registry_close, 1000, 0, 100, 104, "@1 0 0 0x10 -"},
	{&registry_v1_open, 1000, 0, 200, 204, "0xc0000022 0x20 77 0 \\Security"},
};
const struct pack pack_registry = ROWS(registry);

static const struct pack_row images[] = {
	{&image_load, 1000, 0, 100, 104, "0x7ff700000000 0x20000 100 0 0 12 1 0 0 0 0 0 0 "
					 "\\Device\\HarddiskVolume3\\Windows\\System32\\WS2_32.dll"},
	{&image_load, 1000, 1, 200, 204, "0x7ff700000000 0x20000 200 0 0 12 1 0 0 0 0 0 0 "
					 "\\Device\\HarddiskVolume3\\Windows\\System32\\ws2_32.dll"},
	{&image_v1_load, 1000, 0, 200, 204,
	 "0x7ff710000000 0x8000 200 \\Device\\HarddiskVolume3\\App\\driver.dll"},
	{&image_v0_load, 1000, 0, 200, 204,
	 "0x7ff720000000 0x4000 \\Device\\HarddiskVolume3\\App\\oldest.dll"},
	{&image_unload, 1000, 0, 100, 104, "0x7ff700000000 0x20000 100 0 0 12 1 0 0 0 0 0 0 "
					   "\\Device\\HarddiskVolume3\\Windows\\System32\\WS2_32.dll"},
};
const struct pack pack_images = ROWS(images);
/* clang-format on */
