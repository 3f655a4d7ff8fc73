#include "exporter/decoder/kernel_classes.h"

#include "exporter/decoder/mof_table.h"

/* Row number = group number; the classes after that have none. */
static const struct kernel_class classes[] = {
	[0x00] = {GUID(68fdd900, 4a3e, 11d1, 84f4, 0000f80464e3), "EventTrace", mof_event_trace},
	[0x01] = {GUID(3d6fa8d4, fe05, 11d0, 9dda, 00c04fd7ba7c), "DiskIo", mof_disk_io},
	[0x02] = {GUID(3d6fa8d3, fe05, 11d0, 9dda, 00c04fd7ba7c), "PageFault", mof_page_fault},
	[0x03] = {GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c), "Process", mof_process},
	[0x04] = {GUID(90cbdc39, 4a3e, 11d1, 84f4, 0000f80464e3), "FileIo", mof_file_io},
	[0x05] = {GUID(3d6fa8d1, fe05, 11d0, 9dda, 00c04fd7ba7c), "Thread", mof_thread},
	[0x06] = {GUID(9a280ac0, c8e0, 11d1, 84e2, 00c04fb998a2), "TcpIp", mof_tcp_ip},
	[0x07] = {GUID(3282fc76, feed, 498e, 8aa7, e70f459d430e), "Job", NULL},
	[0x08] = {GUID(bf3a50c5, a9c9, 4988, a005, 2df0b7c80f80), "UdpIp", mof_udp_ip},
	[0x09] = {GUID(ae53722e, c863, 11d2, 8659, 00c04fa321a1), "Registry", mof_registry},
	[0x0a] = {GUID(13976d09, a327, 438c, 950b, 7f03192815c7), "DbgPrint", NULL},
	[0x0b] = {GUID(01853a65, 418f, 4f36, aefc, dc0f1d2fd235), "SystemConfig",
		  mof_system_config},
	[0x0c] = {GUID(99134383, 5248, 43fc, 834b, 529454e75df3), "Spare1", NULL},
	[0x0d] = {GUID(42695762, ea50, 497a, 9068, 5cbbb35e0b95), "Wnf", NULL},
	[0x0e] = {GUID(0268a8b6, 74fd, 4302, 9dd0, 6e8f1795c0cf), "Pool", mof_pool},
	[0x0f] = {GUID(ce1dbfb4, 137e, 4da6, 87b0, 3f59aa102cbc), "PerfInfo", mof_perf_info},
	[0x10] = {GUID(222962ab, 6180, 4b88, a825, 346b75f2a24a), "Heap", mof_heap},
	[0x11] = {GUID(89497f50, effe, 4440, 8cf2, ce6b1cdcaca7), "Object", mof_object},
	[0x12] = {GUID(e43445e0, 0903, 48c3, b878, ff0fccebdd04), "Power", NULL},
	[0x13] = {GUID(a9152f00, 3f58, 4bee, 92a1, 70c7d079d5dd), "ModBound", NULL},
	[0x14] = {GUID(2cb15d1d, 5fc1, 11d2, abe1, 00a0c911f518), "Image", mof_image},
	[0x15] = {GUID(b2d14872, 7c5b, 463d, 8419, ee9bf7d23e04), "Dpc", NULL},
	[0x16] = {GUID(7687a439, f752, 45b8, b741, 321aec0f8df9), "Cc", NULL},
	[0x17] = {GUID(3ac66736, cc59, 4cff, 8115, 8df50e39816b), "CritSec", mof_crit_sec},
	[0x18] = {GUID(def2fe46, 7bd6, 4b80, bd94, f57fe20d0ce3), "StackWalk", mof_stack_walk},
	[0x19] = {GUID(9aec974b, 5b8e, 4118, 9b92, 3186d8002ce5), "Ums", NULL},
	[0x1a] = {GUID(45d8cccd, 539f, 4b72, a8b7, 5c683142609a), "ALPC", mof_alpc},
	[0x1b] = {GUID(d837ca92, 12b9, 44a5, ad6a, 3a65b3578aa8), "SplitIo", mof_split_io},
	[0x1c] = {GUID(c861d0e2, a2c1, 4d36, 9f9c, 970bab943a12), "ThreadPool", mof_thread_pool},
	[0x1d] = {GUID(7f2a405c, 69b5, 4bf9, a1f5, 30e8f1afab5e), "Hypervisor", NULL},
	[0x1e] = {GUID(2ce9a149, effe, 42f0, a635, a1d39e26c8f2), "HypervisorX", NULL},
	{GUID(b3e675d7, 2554, 4f18, 830b, 2762732560de), "ImageID", mof_image_id},
	{GUID(6a399ae0, 4bc6, 4de9, 870b, 3657f8947e7e), "Lost_Event", mof_lost_event},
	{GUID(bbccf6c1, 6cd1, 48c4, 80ff, 839482e37671), "MetaData", mof_meta_data},
	{GUID(bf6ef1cb, 89b5, 490a, 80ac, b180cfbcff0f), "PerfTrack", NULL},
	{GUID(9b79ee91, b5fd, 41c0, a243, 4248e266e9d0), "SystemConfigEx", mof_system_config_ex},
	{GUID(ed54dff8, c409, 4cf6, bf83, 05e1e61a09c4), "WinSAT", NULL},
};

enum {
	CLASS_COUNT = sizeof(classes) / sizeof(classes[0]),
	GROUP_PROCESS = 0x03,
	GROUP_IMAGE = 0x14,
	GROUP_COUNT = 0x1f,
	IMAGE_LOAD = 10,
};

const struct kernel_class *kernel_class_of_hook(uint8_t group, uint8_t type)
{
	/* The kernel logs this one type of Image in the group of Process. */
	if (group == GROUP_PROCESS && type == IMAGE_LOAD)
		group = GROUP_IMAGE;
	return group < GROUP_COUNT ? &classes[group] : NULL;
}

const struct kernel_class *kernel_class_find(const struct guid *guid)
{
	for (size_t i = 0; i < CLASS_COUNT; i++)
		if (guid_equal(&classes[i].guid, guid))
			return &classes[i];
	return NULL;
}

const struct kernel_class *kernel_class_at(size_t index)
{
	return index < CLASS_COUNT ? &classes[index] : NULL;
}

bool kernel_class_is_named(const char *name)
{
	for (size_t i = 0; i < CLASS_COUNT; i++)
		if (classes[i].name && strcmp(classes[i].name, name) == 0)
			return true;
	return false;
}

const char *kernel_event_name(const struct kernel_class *class, uint16_t version, uint8_t type)
{
	const char *name = NULL, *row_name;

	if (!class || !class->events)
		return NULL;
	for (const struct mof_row *row = class->events; row->types; row++) {
		row_name = mof_row_type_name(row, type);
		if (row_name && (!name || row->first_version <= version))
			name = row_name;
	}
	return name;
}
