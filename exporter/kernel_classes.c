#include "exporter/kernel_classes.h"

#include <stddef.h>

/* One row for a name; a type that was renamed has a further row for the versions from then on. */
struct event_type {
	uint8_t type;
	uint8_t since_version;
	const char *name;
};

struct class_row {
	struct kernel_class class; /* first: kernel_event_name() gets at the row through it */
	const struct event_type *types;
	size_t type_count;
};

/* The versions of a type ascend. The names are Microsoft's, "DletePath" included. */

static const struct event_type trace_types[] = {
	{0, 0, "Header"},
	{5, 0, "Extension"},
	{8, 0, "RDComplete"},
	{32, 0, "EndExtension"},
	{64, 0, "DbgIdRSDS"},
	{66, 0, "BuildInfo"},
	{67, 0, "ProviderBinaryPath"},
	{80, 0, "PartitionInfoExtension"},
};

static const struct event_type disk_io_types[] = {
	{10, 0, "Read"},
	{11, 0, "Write"},
	{12, 0, "ReadInit"},
	{13, 0, "WriteInit"},
	{14, 0, "FlushBuffers"},
	{15, 0, "FlushInit"},
	{34, 0, "DrvMjFnCall"},
	{35, 0, "DrvMjFnRet"},
	{37, 0, "DrvComplRout"},
	{52, 0, "DrvComplReq"},
	{53, 0, "DrvComplReqRet"},
	{55, 0, "OpticalRead"},
	{56, 0, "OpticalWrite"},
	{57, 0, "OpticalFlushBuffers"},
	{58, 0, "OpticalReadInit"},
	{59, 0, "OpticalWriteInit"},
	{60, 0, "OpticalFlushInit"},
};

static const struct event_type fault_types[] = {
	{10, 0, "TransitionFault"},
	{11, 0, "DemandZeroFault"},
	{12, 0, "CopyOnWrite"},
	{13, 0, "GuardPageFault"},
	{14, 0, "HardPageFault"},
	{15, 0, "AccessViolation"},
	{32, 0, "HardFault"},
	{98, 0, "VirtualAlloc"},
	{99, 0, "VirtualFree"},
	{100, 0, "HRRundown"},
	{101, 0, "HRCreate"},
	{102, 0, "HRReserve"},
	{103, 0, "HRRelease"},
	{104, 0, "HRDestroy"},
	{105, 0, "ImageLoadBacked"},
	{127, 0, "VirtualRotate"},
	{128, 0, "VirtualAllocDCStart"},
	{129, 0, "VirtualAllocDCEnd"},
	{134, 0, "MemResetInfo"},
};

static const struct event_type process_types[] = {
	{1, 0, "Start"},
	{2, 0, "End"},
	{3, 0, "DCStart"},
	{4, 0, "DCEnd"},
	{11, 0, "Terminate"},
	{32, 0, "PerfCtr"},
	{33, 0, "PerfCtrRundown"},
	{35, 0, "InSwap"},
	{39, 0, "Defunct"},
	{48, 0, "WakeChargeUser"},
	{49, 0, "WakeChargeExecution"},
	{50, 0, "WakeChargeKernel"},
	{51, 0, "WakeChargeInstrumentation"},
	{52, 0, "WakeChargePreserveProcess"},
	{64, 0, "WakeReleaseUser"},
	{65, 0, "WakeReleaseExecution"},
	{66, 0, "WakeReleaseKernel"},
	{67, 0, "WakeReleaseInstrumentation"},
	{68, 0, "WakeReleasePreserveProcess"},
	{80, 0, "WakeDropUser"},
	{81, 0, "WakeDropExecution"},
	{82, 0, "WakeDropKernel"},
	{83, 0, "WakeDropInstrumentation"},
	{84, 0, "WakeDropPreserveProcess"},
	{96, 0, "WakeEventUser"},
	{97, 0, "WakeEventExecution"},
	{98, 0, "WakeEventKernel"},
	{99, 0, "WakeEventInstrumentation"},
};

static const struct event_type file_io_types[] = {
	{0, 0, "Name"},
	{32, 0, "FileCreate"},
	{35, 0, "FileDelete"},
	{36, 0, "FileRundown"},
	{37, 0, "MapFile"},
	{38, 0, "UnmapFile"},
	{39, 0, "MapFileDCStart"},
	{40, 0, "MapFileDCEnd"},
	{64, 0, "Create"},
	{65, 0, "Cleanup"},
	{66, 0, "Close"},
	{67, 0, "Read"},
	{68, 0, "Write"},
	{69, 0, "SetInfo"},
	{70, 0, "Delete"},
	{71, 0, "Rename"},
	{72, 0, "DirEnum"},
	{73, 0, "Flush"},
	{74, 0, "QueryInfo"},
	{75, 0, "FSControl"},
	{76, 0, "OperationEnd"},
	{77, 0, "DirNotify"},
	{79, 0, "DletePath"},
	{80, 0, "RenamePath"},
	{81, 0, "SetLinkPath"},
	{96, 0, "PreOpInit"},
	{97, 0, "PostOpInit"},
	{98, 0, "PreOpCompletion"},
	{99, 0, "PostOpCompletion"},
	{100, 0, "PreOpFailure"},
	{101, 0, "PostOpFailure"},
};

static const struct event_type thread_types[] = {
	{1, 0, "Start"},
	{2, 0, "End"},
	{3, 0, "DCStart"},
	{4, 0, "DCEnd"},
	{36, 0, "CSwitch"},
	{37, 0, "CompCS"},
	{41, 0, "SpinLock"},
	{48, 0, "SetPriority"},
	{49, 0, "SetBasePriority"},
	{50, 0, "ReadyThread"},
	{51, 0, "SetPagePriority"},
	{52, 0, "SetIoPriority"},
	{53, 0, "ThreadAffinity"},
	{57, 0, "WorkerThread"},
	{60, 0, "AntiStarvationBoost"},
	{61, 0, "Thread Migration"},
	{62, 0, "Kernel Queue Enqueue"},
	{63, 0, "Kernel Queue Dequeue"},
	{64, 0, "Start"},
	{65, 0, "End"},
	{66, 0, "AutoBoost Set Floor"},
	{67, 0, "AutoBoost Clear Floor"},
	{68, 0, "AutoBoost Entry Exhaustion"},
	{69, 0, "SubProcessTag Changed"},
	{72, 0, "SetName"},
};

static const struct event_type tcp_ip_types[] = {
	{10, 0, "Send"},	   {10, 2, "SendIPV4"},	      {11, 0, "Recv"},
	{11, 2, "RecvIPV4"},	   {12, 0, "Connect"},	      {12, 2, "ConnectIPV4"},
	{13, 0, "Disconnect"},	   {13, 2, "DisconnectIPV4"}, {14, 0, "Retransmit"},
	{14, 2, "RetransmitIPV4"}, {15, 0, "Accept"},	      {15, 2, "AcceptIPV4"},
	{16, 0, "Reconnect"},	   {16, 2, "ReconnectIPV4"},  {17, 0, "Fail"},
	{18, 0, "TCPCopy"},	   {18, 2, "TCPCopyIPV4"},    {19, 0, "ARPCopy"},
	{20, 0, "FullACK"},	   {21, 0, "PartACK"},	      {22, 0, "DupACK"},
	{26, 0, "SendIPV6"},	   {27, 0, "RecvIPV6"},	      {28, 0, "ConnectIPV6"},
	{29, 0, "DisconnectIPV6"}, {30, 0, "RetransmitIPV6"}, {31, 0, "AcceptIPV6"},
	{32, 0, "ReconnectIPV6"},  {34, 0, "TCPCopyIPV6"},
};

static const struct event_type udp_ip_types[] = {
	{10, 0, "Send"}, {10, 2, "SendIPV4"}, {11, 0, "Recv"},	   {11, 2, "RecvIPV4"},
	{17, 0, "Fail"}, {26, 0, "SendIPV6"}, {27, 0, "RecvIPV6"},
};

static const struct event_type registry_types[] = {
	{10, 0, "Create"},
	{11, 0, "Open"},
	{12, 0, "Delete"},
	{13, 0, "Query"},
	{14, 0, "SetValue"},
	{15, 0, "DeleteValue"},
	{16, 0, "QueryValue"},
	{17, 0, "EnumerateKey"},
	{18, 0, "EnumerateValueKey"},
	{19, 0, "QueryMultipleValue"},
	{20, 0, "SetInformation"},
	{21, 0, "Flush"},
	{22, 0, "RunDown"},
	{22, 2, "KCBCreate"},
	{23, 0, "KCBDelete"},
	{24, 0, "KCBRundownBegin"},
	{25, 0, "KCBRundownEnd"},
	{26, 0, "Virtualize"},
	{27, 0, "Close"},
	{28, 0, "SetSecurity"},
	{29, 0, "QuerySecurity"},
	{30, 0, "TxRCommit"},
	{31, 0, "TxRPrepare"},
	{32, 0, "TxRRollback"},
	{34, 0, "Counters"},
	{35, 0, "Config"},
	{36, 0, "HiveInit"},
	{37, 0, "HiveDestroy"},
	{38, 0, "HiveLink"},
	{39, 0, "HiveDCEnd"},
	{40, 0, "HiveDirty"},
	{48, 0, "ChangeNotify"},
};

static const struct event_type config_types[] = {
	{10, 0, "CPU"},
	{11, 0, "PhyDisk"},
	{12, 0, "LogDisk"},
	{13, 0, "NIC"},
	{14, 0, "Video"},
	{15, 0, "Services"},
	{16, 0, "Power"},
	{17, 0, "Network"},
	{18, 0, "OpticalDisk"},
	{21, 0, "IRQ"},
	{22, 0, "PnP"},
	{23, 0, "IDEChannel"},
	{24, 0, "NumaNode"},
	{25, 0, "Platform"},
	{26, 0, "ProcessorGroup"},
	{27, 0, "ProcessorNumber"},
	{28, 0, "DPI"},
	{29, 0, "CodeIntegrity"},
	{30, 0, "TelemetryConfiguration"},
	{31, 0, "Defragmentation"},
	{32, 0, "MobilePlatform"},
	{33, 0, "DeviceFamily"},
	{34, 0, "FlightIds"},
	{35, 0, "Processors"},
};

static const struct event_type pool_types[] = {
	{32, 0, "PoolAllocation"},
	{33, 0, "SessionPoolAllocation"},
	{34, 0, "PoolFree"},
	{35, 0, "SessionPoolFree"},
	{40, 0, "PoolSnapDCStart"},
	{41, 0, "PoolSnapDCEnd"},
	{42, 0, "BigPoolSnapDCStart"},
	{43, 0, "BigPoolSnapDCEnd"},
	{44, 0, "SessionPoolSnapDCStart"},
	{45, 0, "SessionPoolSnapDCEnd"},
	{46, 0, "SessionBigPoolSnapDCStart"},
	{47, 0, "SessionBigPoolSnapDCEnd"},
};

static const struct event_type perf_info_types[] = {
	{34, 0, "Mark"},
	{46, 0, "SampleProf"},
	{47, 0, "PmcCounterProf"},
	{48, 0, "PmcCtrConfig"},
	{50, 0, "ISR-MSI"},
	{51, 0, "SysClEnter"},
	{52, 0, "SysClExit"},
	{58, 0, "DebuggerEnabled"},
	{66, 0, "ThreadedDPC"},
	{67, 0, "ISR"},
	{68, 0, "DPC"},
	{69, 0, "TimerDPC"},
	{70, 0, "IOTimer"},
	{72, 0, "SetInterval"},
	{73, 0, "CollectionStart"},
	{74, 0, "CollectionEnd"},
	{75, 0, "CollectionStart"},
	{76, 0, "CollectionEnd"},
	{92, 0, "ISR-Unexpected"},
	{93, 0, "IoStartTimer"},
	{94, 0, "IoStopTimer"},
	{95, 0, "ISR-PASS"},
	{96, 0, "WdfISR"},
	{97, 0, "WdfPassiveISR"},
	{98, 0, "WdfDPC"},
	{103, 0, "WdfWorkItem"},
	{104, 0, "SetKTimer2"},
	{105, 0, "ExpireKTimer2"},
	{106, 0, "CancelKTimer2"},
	{107, 0, "DisableKTimer2"},
	{108, 0, "FinalizeKTimer2"},
};

static const struct event_type heap_types[] = {
	{32, 0, "Create"}, {33, 0, "Alloc"},  {34, 0, "ReAlloc"},  {35, 0, "Destroy"},
	{36, 0, "Free"},   {37, 0, "Expand"}, {38, 0, "SnapShot"}, {42, 0, "Contract"},
	{43, 0, "Lock"},   {44, 0, "Unlock"}, {45, 0, "Validate"}, {46, 0, "Walk"},
};

static const struct event_type object_types[] = {
	{32, 0, "CreateHandle"},    {33, 0, "CloseHandle"},	  {34, 0, "DuplicateHandle"},
	{36, 0, "TypeDCStart"},	    {37, 0, "TypeDCEnd"},	  {38, 0, "HandleDCStart"},
	{39, 0, "HandleDCEnd"},	    {48, 0, "CreateObject"},	  {49, 0, "DeleteObject"},
	{50, 0, "ReferenceObject"}, {51, 0, "DereferenceObject"},
};

static const struct event_type image_types[] = {
	{2, 0, "UnLoad"},
	{3, 0, "DCStart"},
	{4, 0, "DCEnd"},
	{10, 0, "Load"},
	{33, 0, "KernelBase"},
	{34, 0, "HypercallPage"},
	{128, 0, "LoaderLockAttempt"},
	{129, 0, "LoaderLockAcquire"},
	{130, 0, "LoaderLockTriedAndFailed"},
	{131, 0, "LoaderLockWait"},
	{132, 0, "ProcessInitDone"},
	{133, 0, "CreateSectionBegin"},
	{134, 0, "CreateSectionEnd"},
	{135, 0, "MapViewBegin"},
	{144, 0, "RelocateImageBegin"},
	{145, 0, "RelocateImageEnd"},
	{146, 0, "HandleOldDescsBegin"},
	{147, 0, "HandleOldDescsEnd"},
	{148, 0, "HandleNewDescsBegin"},
	{149, 0, "HandleNewDescsEnd"},
	{150, 0, "DllMainExit"},
	{160, 0, "FindDllByName"},
	{161, 0, "MapViewEnd"},
	{162, 0, "LoaderLockRelease"},
	{163, 0, "DllMainEnter"},
	{164, 0, "LoaderError"},
	{165, 0, "MapViewStart"},
	{166, 0, "SnappingStart"},
	{167, 0, "SnappingEnd"},
	{168, 0, "LoadingStart"},
	{169, 0, "LoadingEnd"},
	{170, 0, "FoundKnownDll"},
	{171, 0, "AbnormalTermination"},
	{172, 0, "ModulePlaceHolder"},
	{173, 0, "ReadyToInit"},
	{174, 0, "ReadyToRun"},
	{176, 0, "NewDllLoad"},
	{177, 0, "NewDllLoadAsData"},
	{192, 0, "DllSearchPathExternal"},
	{193, 0, "DllSearchPathInternal"},
	{208, 0, "ApiSetResolving"},
	{209, 0, "ApiSetHosted"},
	{210, 0, "ApiSetUnhosted"},
	{211, 0, "ApiSetUnresolved"},
	{212, 0, "DllSearchResults"},
	{213, 0, "DllPathSearchResults"},
};

static const struct event_type crit_sec_types[] = {
	{34, 0, "Collision"},
	{35, 0, "Initialize"},
};

static const struct event_type stack_types[] = {
	{32, 0, "Stack"},      {34, 0, "KeyCreate"},	  {35, 0, "KeyDelete"},
	{36, 0, "KeyRundown"}, {37, 0, "StackKeyKernel"}, {38, 0, "StackKeyUser"},
};

static const struct event_type alpc_types[] = {
	{33, 0, "ALPC-Send-Message"},	{34, 0, "ALPC-Receive-Message"},
	{35, 0, "ALPC-Wait-For-Reply"}, {36, 0, "ALPC-Wait-For-New-Message"},
	{37, 0, "ALPC-Unwait"},
};

static const struct event_type split_io_types[] = {
	{32, 0, "VolMgr"},
};

static const struct event_type thread_pool_types[] = {
	{32, 0, "CBEnqueue"}, {33, 0, "CBDequeue"},    {34, 0, "CBStart"},
	{35, 0, "CBStop"},    {36, 0, "CBCancel"},     {37, 0, "PoolCreate"},
	{38, 0, "PoolClose"}, {39, 0, "ThreadMinSet"}, {40, 0, "ThreadMaxSet"},
};

static const struct event_type lost_types[] = {
	{32, 0, "RTLostEvent"},
	{33, 0, "RTLostBuffer"},
	{34, 0, "RTLostFile"},
};

static const struct event_type config_ex_types[] = {
	{32, 0, "BuildInfo"},
	{33, 0, "SystemPaths"},
	{34, 0, "UnknownVolume"},
	{35, 0, "VolumeMapping"},
};

static const struct event_type image_id_types[] = {
	{0, 0, "Info"},	    {32, 0, "None"},	  {36, 0, "DbgID_RSDS"},  {37, 0, "DbgID_ILRSDS"},
	{38, 0, "DbgPPDB"}, {40, 0, "DbgDeterm"}, {64, 0, "FileVersion"},
};

static const struct event_type meta_data_types[] = {
	{32, 0, "EventInfo"},
	{33, 0, "EventMapInfo"},
};

#define TYPES(of) of##_types, sizeof(of##_types) / sizeof(of##_types[0])

/* Row number = group number; the classes after that have none. */
static const struct class_row classes[] = {
	[0x00] = {{GUID(68fdd900, 4a3e, 11d1, 84f4, 0000f80464e3), "EventTrace"}, TYPES(trace)},
	[0x01] = {{GUID(3d6fa8d4, fe05, 11d0, 9dda, 00c04fd7ba7c), "DiskIo"}, TYPES(disk_io)},
	[0x02] = {{GUID(3d6fa8d3, fe05, 11d0, 9dda, 00c04fd7ba7c), "PageFault"}, TYPES(fault)},
	[0x03] = {{GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c), "Process"}, TYPES(process)},
	[0x04] = {{GUID(90cbdc39, 4a3e, 11d1, 84f4, 0000f80464e3), "FileIo"}, TYPES(file_io)},
	[0x05] = {{GUID(3d6fa8d1, fe05, 11d0, 9dda, 00c04fd7ba7c), "Thread"}, TYPES(thread)},
	[0x06] = {{GUID(9a280ac0, c8e0, 11d1, 84e2, 00c04fb998a2), "TcpIp"}, TYPES(tcp_ip)},
	[0x07] = {{GUID(3282fc76, feed, 498e, 8aa7, e70f459d430e), "Job"}, NULL, 0},
	[0x08] = {{GUID(bf3a50c5, a9c9, 4988, a005, 2df0b7c80f80), "UdpIp"}, TYPES(udp_ip)},
	[0x09] = {{GUID(ae53722e, c863, 11d2, 8659, 00c04fa321a1), "Registry"}, TYPES(registry)},
	[0x0a] = {{GUID(13976d09, a327, 438c, 950b, 7f03192815c7), "DbgPrint"}, NULL, 0},
	[0x0b] = {{GUID(01853a65, 418f, 4f36, aefc, dc0f1d2fd235), "SystemConfig"}, TYPES(config)},
	[0x0c] = {{GUID(99134383, 5248, 43fc, 834b, 529454e75df3), "Spare1"}, NULL, 0},
	[0x0d] = {{GUID(42695762, ea50, 497a, 9068, 5cbbb35e0b95), "Wnf"}, NULL, 0},
	[0x0e] = {{GUID(0268a8b6, 74fd, 4302, 9dd0, 6e8f1795c0cf), "Pool"}, TYPES(pool)},
	[0x0f] = {{GUID(ce1dbfb4, 137e, 4da6, 87b0, 3f59aa102cbc), "PerfInfo"}, TYPES(perf_info)},
	[0x10] = {{GUID(222962ab, 6180, 4b88, a825, 346b75f2a24a), "Heap"}, TYPES(heap)},
	[0x11] = {{GUID(89497f50, effe, 4440, 8cf2, ce6b1cdcaca7), "Object"}, TYPES(object)},
	[0x12] = {{GUID(e43445e0, 0903, 48c3, b878, ff0fccebdd04), "Power"}, NULL, 0},
	[0x13] = {{GUID(a9152f00, 3f58, 4bee, 92a1, 70c7d079d5dd), "ModBound"}, NULL, 0},
	[0x14] = {{GUID(2cb15d1d, 5fc1, 11d2, abe1, 00a0c911f518), "Image"}, TYPES(image)},
	[0x15] = {{GUID(b2d14872, 7c5b, 463d, 8419, ee9bf7d23e04), "Dpc"}, NULL, 0},
	[0x16] = {{GUID(7687a439, f752, 45b8, b741, 321aec0f8df9), "Cc"}, NULL, 0},
	[0x17] = {{GUID(3ac66736, cc59, 4cff, 8115, 8df50e39816b), "CritSec"}, TYPES(crit_sec)},
	[0x18] = {{GUID(def2fe46, 7bd6, 4b80, bd94, f57fe20d0ce3), "StackWalk"}, TYPES(stack)},
	[0x19] = {{GUID(9aec974b, 5b8e, 4118, 9b92, 3186d8002ce5), "Ums"}, NULL, 0},
	[0x1a] = {{GUID(45d8cccd, 539f, 4b72, a8b7, 5c683142609a), "ALPC"}, TYPES(alpc)},
	[0x1b] = {{GUID(d837ca92, 12b9, 44a5, ad6a, 3a65b3578aa8), "SplitIo"}, TYPES(split_io)},
	[0x1c] = {{GUID(c861d0e2, a2c1, 4d36, 9f9c, 970bab943a12), "ThreadPool"},
		  TYPES(thread_pool)},
	[0x1d] = {{GUID(7f2a405c, 69b5, 4bf9, a1f5, 30e8f1afab5e), "Hypervisor"}, NULL, 0},
	[0x1e] = {{GUID(2ce9a149, effe, 42f0, a635, a1d39e26c8f2), "HypervisorX"}, NULL, 0},
	{{GUID(b3e675d7, 2554, 4f18, 830b, 2762732560de), "ImageID"}, TYPES(image_id)},
	{{GUID(6a399ae0, 4bc6, 4de9, 870b, 3657f8947e7e), "Lost_Event"}, TYPES(lost)},
	{{GUID(bbccf6c1, 6cd1, 48c4, 80ff, 839482e37671), "MetaData"}, TYPES(meta_data)},
	{{GUID(bf6ef1cb, 89b5, 490a, 80ac, b180cfbcff0f), "PerfTrack"}, NULL, 0},
	{{GUID(9b79ee91, b5fd, 41c0, a243, 4248e266e9d0), "SystemConfigEx"}, TYPES(config_ex)},
	{{GUID(ed54dff8, c409, 4cf6, bf83, 05e1e61a09c4), "WinSAT"}, NULL, 0},
};
#undef TYPES

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
	return group < GROUP_COUNT ? &classes[group].class : NULL;
}

const struct kernel_class *kernel_class_find(const struct guid *guid)
{
	for (size_t i = 0; i < CLASS_COUNT; i++)
		if (guid_equal(&classes[i].class.guid, guid))
			return &classes[i].class;
	return NULL;
}

const char *kernel_event_name(const struct kernel_class *class, uint16_t version, uint8_t type)
{
	const struct class_row *row = (const struct class_row *)class;
	const char *name = NULL;

	if (!class)
		return NULL;
	for (size_t i = 0; i < row->type_count; i++)
		if (row->types[i].type == type && row->types[i].since_version <= version)
			name = row->types[i].name;
	return name;
}
