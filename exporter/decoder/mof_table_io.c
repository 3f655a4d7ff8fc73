/* The classes of disks, files, memory, the network and the registry. */
#include "exporter/decoder/mof_table.h"

const struct mof_row mof_disk_io[] = {
	{0, 0, TYPES({10, "Read"}, {11, "Write"}),
	 "DiskNumber:u32 IrpFlags:u32 TransferSize:u32 Reserved:u32 ByteOffset:u64 "
	 "FileObject:pointer"},
	{1, 1, TYPES({10, "Read"}, {11, "Write"}),
	 "DiskNumber:u32 IrpFlags:u32 TransferSize:u32 ResponseTime:u32 ByteOffset:u64 "
	 "FileObject:pointer HighResResponseTime:u64"},
	{1, 1, TYPES({34, "DrvMjFnCall"}),
	 "UniqMatchId:u32 RoutineAddr:pointer Irp:pointer MajorFunction:u32 MinorFunction:u32 "
	 "FileObject:pointer"},
	{1, 1, TYPES({35, "DrvMjFnRet"}), "UniqMatchId:u32 Irp:pointer"},
	{1, 2, TYPES({52, "DrvComplReq"}), "RoutineAddr:pointer Irp:pointer UniqMatchId:u32"},
	{1, 2, TYPES({53, "DrvComplReqRet"}), "Irp:pointer UniqMatchId:u32"},
	{2, 2, TYPES({10, "Read"}, {11, "Write"}),
	 "DiskNumber:u32 IrpFlags:u32 TransferSize:u32 Reserved:u32 ByteOffset:u64 "
	 "FileObject:pointer Irp:pointer HighResResponseTime:u64"},
	{2, 2, TYPES({12, "ReadInit"}, {13, "WriteInit"}, {15, "FlushInit"}), "Irp:pointer"},
	{2, 2, TYPES({14, "FlushBuffers"}),
	 "DiskNumber:u32 IrpFlags:u32 HighResResponseTime:u64 Irp:pointer"},
	{2, 2, TYPES({34, "DrvMjFnCall"}),
	 "MajorFunction:u32 MinorFunction:u32 RoutineAddr:pointer FileObject:pointer "
	 "Irp:pointer UniqMatchId:u32"},
	{2, 2, TYPES({35, "DrvMjFnRet"}), "Irp:pointer UniqMatchId:u32"},
	{2, 2, TYPES({37, "DrvComplRout"}), "Routine:pointer IrpPtr:pointer UniqMatchId:u32"},
	{3, 3, TYPES({10, "Read"}, {11, "Write"}, {55, "OpticalRead"}, {56, "OpticalWrite"}),
	 "DiskNumber:u32 IrpFlags:u32 TransferSize:u32 Reserved:u32 ByteOffset:u64 "
	 "FileObject:pointer Irp:pointer HighResResponseTime:u64 IssuingThreadId:u32"},
	{3, 3,
	 TYPES({12, "ReadInit"}, {13, "WriteInit"}, {15, "FlushInit"}, {58, "OpticalReadInit"},
	       {59, "OpticalWriteInit"}, {60, "OpticalFlushInit"}),
	 "Irp:pointer IssuingThreadId:u32"},
	{3, 3, TYPES({14, "FlushBuffers"}, {57, "OpticalFlushBuffers"}),
	 "DiskNumber:u32 IrpFlags:u32 HighResResponseTime:u64 Irp:pointer IssuingThreadId:u32"},
	{0},
};

const struct mof_row mof_split_io[] = {
	{2, 2, TYPES({32, "VolMgr"}), "ParentIrp:pointer ChildIrp:pointer"},
	{0},
};

const struct mof_row mof_file_io[] = {
	{0, 3, TYPES({0, "Name"}), "FileObject:pointer FileName:wstr"},
	{1, 3, TYPES({32, "FileCreate"}), "FileObject:pointer FileName:wstr"},
	{2, 3, TYPES({35, "FileDelete"}, {36, "FileRundown"}), "FileObject:pointer FileName:wstr"},
	{2, 2,
	 TYPES({37, "MapFile"}, {38, "UnmapFile"}, {39, "MapFileDCStart"}, {40, "MapFileDCEnd"}),
	 "ViewBase:pointer FileObject:pointer MiscInfo:u64 ViewSize:pointer ProcessId:u32"},
	{2, 2, TYPES({64, "Create"}),
	 "IrpPtr:pointer TTID:pointer FileObject:pointer CreateOptions:u32 FileAttributes:u32 "
	 "ShareAccess:u32 OpenPath:wstr"},
	{2, 2, TYPES({65, "Cleanup"}, {66, "Close"}, {73, "Flush"}),
	 "IrpPtr:pointer TTID:pointer FileObject:pointer FileKey:pointer"},
	{2, 2, TYPES({67, "Read"}, {68, "Write"}),
	 "Offset:u64 IrpPtr:pointer TTID:pointer FileObject:pointer FileKey:pointer IoSize:u32 "
	 "IoFlags:u32"},
	{2, 2,
	 TYPES({69, "SetInfo"}, {70, "Delete"}, {71, "Rename"}, {74, "QueryInfo"},
	       {75, "FSControl"}),
	 "IrpPtr:pointer TTID:pointer FileObject:pointer FileKey:pointer ExtraInfo:pointer "
	 "InfoClass:u32"},
	{2, 2, TYPES({72, "DirEnum"}, {77, "DirNotify"}),
	 "IrpPtr:pointer TTID:pointer FileObject:pointer FileKey:pointer Length:u32 "
	 "InfoClass:u32 FileIndex:u32 FileName:wstr"},
	{2, 3, TYPES({76, "OperationEnd"}), "IrpPtr:pointer ExtraInfo:pointer NtStatus:u32"},
	{3, 3, TYPES({64, "Create"}),
	 "IrpPtr:pointer FileObject:pointer TTID:u32 CreateOptions:u32 FileAttributes:u32 "
	 "ShareAccess:u32 OpenPath:wstr"},
	{3, 3,
	 TYPES({37, "MapFile"}, {38, "UnmapFile"}, {39, "MapFileDCStart"}, {40, "MapFileDCEnd"}),
	 "ViewBase:pointer FileObject:pointer MiscInfo:u64 ViewSize:pointer ByteOffset:u64 "
	 "ProcessId:u32"},
	{3, 3, TYPES({65, "Cleanup"}, {66, "Close"}, {73, "Flush"}),
	 "IrpPtr:pointer FileObject:pointer FileKey:pointer TTID:u32"},
	{3, 3, TYPES({67, "Read"}, {68, "Write"}),
	 "Offset:u64 IrpPtr:pointer FileObject:pointer FileKey:pointer TTID:u32 IoSize:u32 "
	 "IoFlags:u32 ExtraFlags:u32?"},
	{3, 3,
	 TYPES({69, "SetInfo"}, {70, "Delete"}, {71, "Rename"}, {74, "QueryInfo"},
	       {75, "FSControl"}),
	 "IrpPtr:pointer FileObject:pointer FileKey:pointer ExtraInfo:pointer TTID:u32 "
	 "InfoClass:u32"},
	{3, 3, TYPES({72, "DirEnum"}, {77, "DirNotify"}),
	 "IrpPtr:pointer FileObject:pointer FileKey:pointer TTID:u32 Length:u32 InfoClass:u32 "
	 "FileIndex:u32 FileName:wstr"},
	{3, 3, TYPES({79, "DletePath"}, {80, "RenamePath"}, {81, "SetLinkPath"}),
	 "IrpPtr:pointer FileObject:pointer FileKey:pointer ExtraInfo:pointer TTID:u32 "
	 "InfoClass:u32 FileName:wstr"},
	{3, 3, TYPES({96, "PreOpInit"}, {97, "PostOpInit"}),
	 "RoutineAddr:pointer FileObject:pointer FileContext:pointer IrpPtr:pointer "
	 "CallbackDataPtr:pointer MajorFunction:u32"},
	{3, 3, TYPES({98, "PreOpCompletion"}, {99, "PostOpCompletion"}),
	 "InitialTime:time RoutineAddr:pointer FileObject:pointer FileContext:pointer "
	 "IrpPtr:pointer CallbackDataPtr:pointer MajorFunction:u32"},
	{3, 3, TYPES({100, "PreOpFailure"}, {101, "PostOpFailure"}),
	 "RoutineAddr:pointer FileObject:pointer FileContext:pointer IrpPtr:pointer "
	 "CallbackDataPtr:pointer MajorFunction:u32 Status:u32"},
	{0},
};

const struct mof_row mof_page_fault[] = {
	{2, 2,
	 TYPES({10, "TransitionFault"}, {11, "DemandZeroFault"}, {12, "CopyOnWrite"},
	       {13, "GuardPageFault"}, {14, "HardPageFault"}, {15, "AccessViolation"}),
	 "VirtualAddress:pointer ProgramCounter:pointer"},
	{2, 2, TYPES({32, "HardFault"}),
	 "InitialTime:time ReadOffset:u64 VirtualAddress:pointer FileObject:pointer "
	 "TThreadId:u32 ByteCount:u32"},
	{2, 2, TYPES({98, "VirtualAlloc"}, {99, "VirtualFree"}),
	 "BaseAddress:pointer RegionSize:pointer ProcessId:u32 Flags:u32"},
	{2, 2, TYPES({100, "HRRundown"}),
	 "HeapHandle:pointer HRFlags:u32 HRPid:u32 HRRangeCount:u32"},
	{2, 2, TYPES({101, "HRCreate"}),
	 "HeapHandle:pointer FirstRangeSize:pointer HRCreateFlags:u32"},
	{2, 2, TYPES({102, "HRReserve"}, {103, "HRRelease"}),
	 "HeapHandle:pointer HRAddress:pointer HRSize:pointer"},
	{2, 2, TYPES({104, "HRDestroy"}), "HeapHandle:pointer"},
	{2, 2, TYPES({105, "ImageLoadBacked"}),
	 "FileObject:pointer DeviceChar:u32 FileChar:u16 LoadFlags:u16"},
	{2, 2, TYPES({127, "VirtualRotate"}, {134, "MemResetInfo"}),
	 "BaseAddress:pointer SizeInBytes:pointer Flags:u32"},
	{2, 2, TYPES({128, "VirtualAllocDCStart"}, {129, "VirtualAllocDCEnd"}),
	 "BaseAddress:pointer RegionSize:pointer ProcessId:u32 Flags:u32 "
	 "CommitSizeInBytes:pointer"},
	{3, 3, TYPES({100, "HRRundown"}),
	 "HeapHandle:pointer HRFlags:u32 HRPid:u32 HRRangeCount:u32 Reserved:u32"},
	{0},
};

const struct mof_row mof_pool[] = {
	{2, 2, TYPES({32, "PoolAllocation"}, {34, "PoolFree"}),
	 "Type:u32 Tag:u32 NumberOfBytes:pointer Entry:pointer"},
	{2, 2, TYPES({33, "SessionPoolAllocation"}, {35, "SessionPoolFree"}),
	 "Type:u32 Tag:u32 NumberOfBytes:pointer Entry:pointer SessionId:u32"},
	{2, 2,
	 TYPES({40, "PoolSnapDCStart"}, {41, "PoolSnapDCEnd"}, {42, "BigPoolSnapDCStart"},
	       {43, "BigPoolSnapDCEnd"}, {44, "SessionPoolSnapDCStart"},
	       {45, "SessionPoolSnapDCEnd"}, {46, "SessionBigPoolSnapDCStart"},
	       {47, "SessionBigPoolSnapDCEnd"}),
	 ""},
	{0},
};

const struct mof_row mof_tcp_ip[] = {
	{0, 0,
	 TYPES({10, "Send"}, {11, "Recv"}, {12, "Connect"}, {13, "Disconnect"}, {14, "Retransmit"},
	       {15, "Accept"}),
	 "daddr:ipv4 saddr:ipv4 dport:port sport:port size:u32 PID:u32"},
	{1, 1, TYPES({10, "Send"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port startime:u32 "
	 "endtime:u32 connid:pointer seqnum:u32"},
	{1, 1,
	 TYPES({11, "Recv"}, {13, "Disconnect"}, {14, "Retransmit"}, {16, "Reconnect"},
	       {18, "TCPCopy"}, {19, "ARPCopy"}, {20, "FullACK"}, {21, "PartACK"}, {22, "DupACK"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port connid:pointer "
	 "seqnum:u32"},
	{1, 1, TYPES({12, "Connect"}, {15, "Accept"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port mss:u16 sackopt:u16 "
	 "tsopt:u16 wsopt:u16 rcvwin:u32 rcvwinscale:i16 sndwinscale:i16 connid:pointer "
	 "seqnum:u32"},
	{1, 1, TYPES({17, "Fail"}), "Proto:u32"},
	{2, 2, TYPES({10, "SendIPV4"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port startime:u32 "
	 "endtime:u32 seqnum:u32 connid:pointer"},
	{2, 2,
	 TYPES({11, "RecvIPV4"}, {13, "DisconnectIPV4"}, {14, "RetransmitIPV4"},
	       {16, "ReconnectIPV4"}, {18, "TCPCopyIPV4"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port seqnum:u32 "
	 "connid:pointer"},
	{2, 2, TYPES({12, "ConnectIPV4"}, {15, "AcceptIPV4"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port mss:u16 sackopt:u16 "
	 "tsopt:u16 wsopt:u16 rcvwin:u32 rcvwinscale:i16 sndwinscale:i16 seqnum:u32 "
	 "connid:pointer"},
	{2, 2, TYPES({17, "Fail"}), "Proto:u16 FailureCode:u16"},
	{2, 2, TYPES({26, "SendIPV6"}),
	 "PID:u32 size:u32 daddr:ipv6 saddr:ipv6 dport:port sport:port startime:u32 "
	 "endtime:u32 seqnum:u32 connid:pointer"},
	{2, 2,
	 TYPES({27, "RecvIPV6"}, {29, "DisconnectIPV6"}, {30, "RetransmitIPV6"},
	       {32, "ReconnectIPV6"}, {34, "TCPCopyIPV6"}),
	 "PID:u32 size:u32 daddr:ipv6 saddr:ipv6 dport:port sport:port seqnum:u32 "
	 "connid:pointer"},
	{2, 2, TYPES({28, "ConnectIPV6"}, {31, "AcceptIPV6"}),
	 "PID:u32 size:u32 daddr:ipv6 saddr:ipv6 dport:port sport:port mss:u16 sackopt:u16 "
	 "tsopt:u16 wsopt:u16 rcvwin:u32 rcvwinscale:i16 sndwinscale:i16 seqnum:u32 "
	 "connid:pointer"},
	{0},
};

const struct mof_row mof_udp_ip[] = {
	{0, 0, TYPES({10, "Send"}, {11, "Recv"}),
	 "context:pointer saddr:ipv4 sport:port size:u16 daddr:ipv4 dport:port dsize:u16"},
	{1, 1, TYPES({10, "Send"}, {11, "Recv"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port"},
	{2, 2, TYPES({10, "SendIPV4"}, {11, "RecvIPV4"}),
	 "PID:u32 size:u32 daddr:ipv4 saddr:ipv4 dport:port sport:port seqnum:u32 "
	 "connid:pointer"},
	{2, 2, TYPES({17, "Fail"}), "Proto:u16 FailureCode:u16"},
	{2, 2, TYPES({26, "SendIPV6"}, {27, "RecvIPV6"}),
	 "PID:u32 size:u32 daddr:ipv6 saddr:ipv6 dport:port sport:port seqnum:u32 "
	 "connid:pointer"},
	{0},
};

const struct mof_row mof_registry[] = {
	{0, 0,
	 TYPES({10, "Create"}, {11, "Open"}, {12, "Delete"}, {13, "Query"}, {14, "SetValue"},
	       {15, "DeleteValue"}, {16, "QueryValue"}, {17, "EnumerateKey"},
	       {18, "EnumerateValueKey"}, {19, "QueryMultipleValue"}, {20, "SetInformation"},
	       {21, "Flush"}),
	 "Status:pointer KeyHandle:pointer ElapsedTime:i64 KeyName:wstr"},
	{1, 1,
	 TYPES({10, "Create"}, {11, "Open"}, {12, "Delete"}, {13, "Query"}, {14, "SetValue"},
	       {15, "DeleteValue"}, {16, "QueryValue"}, {17, "EnumerateKey"},
	       {18, "EnumerateValueKey"}, {19, "QueryMultipleValue"}, {20, "SetInformation"},
	       {21, "Flush"}, {22, "RunDown"}),
	 "Status:pointer KeyHandle:pointer ElapsedTime:i64 Index:u32 KeyName:wstr"},
	{2, 2,
	 TYPES({10, "Create"}, {11, "Open"}, {12, "Delete"}, {13, "Query"}, {14, "SetValue"},
	       {15, "DeleteValue"}, {16, "QueryValue"}, {17, "EnumerateKey"},
	       {18, "EnumerateValueKey"}, {19, "QueryMultipleValue"}, {20, "SetInformation"},
	       {21, "Flush"}, {22, "KCBCreate"}, {23, "KCBDelete"}, {24, "KCBRundownBegin"},
	       {25, "KCBRundownEnd"}, {26, "Virtualize"}, {27, "Close"}, {28, "SetSecurity"},
	       {29, "QuerySecurity"}),
	 "InitialTime:i64 Status:u32 Index:u32 KeyHandle:pointer KeyName:wstr"},
	{2, 2, TYPES({30, "TxRCommit"}, {31, "TxRPrepare"}, {32, "TxRRollback"}),
	 "TxrGUID:guid Status:u32 UowCount:u32 OperationTime:u64 Hive:wstr"},
	{2, 2, TYPES({34, "Counters"}),
	 "Counter1:u64 Counter2:u64 Counter3:u64 Counter4:u64 Counter5:u64 Counter6:u64 "
	 "Counter7:u64 Counter8:u64 Counter9:u64 Counter10:u64 Counter11:u64"},
	{2, 2, TYPES({35, "Config"}), "CurrentControlSet:u32"},
	{2, 2, TYPES({36, "HiveInit"}),
	 "Hive:pointer OperationType:u32 PoolTag:u32 Size:u32 FileName:wstr"},
	{2, 2, TYPES({37, "HiveDestroy"}), "Hive:pointer FileName:wstr Path:wstr"},
	{2, 2, TYPES({38, "HiveLink"}), "Hive:pointer Path:wstr"},
	{2, 2, TYPES({39, "HiveDCEnd"}),
	 "Size:u64 Hive:pointer LoadedKeyCount:u32 FileName:wstr LinkPath:wstr"},
	{2, 2, TYPES({40, "HiveDirty"}), "Hive:pointer LinkPath:wstr DirtyReason:u32"},
	{2, 2, TYPES({48, "ChangeNotify"}),
	 "Notification:pointer KeyHandle:pointer Type:u8 WatchSubtree:u8 Primary:u8"},
	{0},
};
