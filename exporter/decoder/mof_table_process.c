/* The classes of processes, threads, images and what they do to objects. */
#include "exporter/decoder/mof_table.h"

const struct mof_row mof_process[] = {
	{0, 0, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "ProcessId:pointer ParentId:pointer UserSID:sid ImageFileName:astr"},
	{1, 1, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "PageDirectoryBase:pointer ProcessId:u32 ParentId:u32 SessionId:u32 ExitStatus:i32 "
	 "UserSID:sid ImageFileName:astr"},
	{2, 2, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}, {39, "Defunct"}),
	 "UniqueProcessKey:pointer ProcessId:u32 ParentId:u32 SessionId:u32 ExitStatus:i32 "
	 "UserSID:sid ImageFileName:astr CommandLine:wstr"},
	{2, 2, TYPES({11, "Terminate"}), "ProcessId:u32"},
	{2, 2, TYPES({32, "PerfCtr"}, {33, "PerfCtrRundown"}),
	 "ProcessId:u32 PageFaultCount:u32 HandleCount:u32 Reserved:u32 "
	 "PeakVirtualSize:pointer PeakWorkingSetSize:pointer PeakPagefileUsage:pointer "
	 "QuotaPeakPagedPoolUsage:pointer QuotaPeakNonPagedPoolUsage:pointer "
	 "VirtualSize:pointer WorkingSetSize:pointer PagefileUsage:pointer "
	 "QuotaPagedPoolUsage:pointer QuotaNonPagedPoolUsage:pointer PrivatePageCount:pointer"},
	{2, 2, TYPES({35, "InSwap"}), "DirectoryTableBase:pointer ProcessId:u32"},
	{2, 2,
	 TYPES({48, "WakeChargeUser"}, {49, "WakeChargeExecution"}, {50, "WakeChargeKernel"},
	       {51, "WakeChargeInstrumentation"}, {52, "WakeChargePreserveProcess"},
	       {64, "WakeReleaseUser"}, {65, "WakeReleaseExecution"}, {66, "WakeReleaseKernel"},
	       {67, "WakeReleaseInstrumentation"}, {68, "WakeReleasePreserveProcess"},
	       {80, "WakeDropUser"}, {81, "WakeDropExecution"}, {82, "WakeDropKernel"},
	       {83, "WakeDropInstrumentation"}, {84, "WakeDropPreserveProcess"}),
	 "Object:pointer Tag:pointer ProcessId:u32 Count:u32"},
	{2, 2,
	 TYPES({96, "WakeEventUser"}, {97, "WakeEventExecution"}, {98, "WakeEventKernel"},
	       {99, "WakeEventInstrumentation"}),
	 "Object:pointer"},
	{3, 3, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}, {39, "Defunct"}),
	 "UniqueProcessKey:pointer ProcessId:u32 ParentId:u32 SessionId:u32 ExitStatus:i32 "
	 "DirectoryTableBase:pointer UserSID:sid ImageFileName:astr CommandLine:wstr"},
	{4, 4, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}, {39, "Defunct"}),
	 "UniqueProcessKey:pointer ProcessId:u32 ParentId:u32 SessionId:u32 ExitStatus:i32 "
	 "DirectoryTableBase:pointer Flags:u32 UserSID:sid ImageFileName:astr CommandLine:wstr "
	 "PackageFullName:wstr ApplicationId:wstr"},
	{5, 5, TYPES({39, "Defunct"}),
	 "UniqueProcessKey:pointer ProcessId:u32 ParentId:u32 SessionId:u32 ExitStatus:i32 "
	 "DirectoryTableBase:pointer Flags:u32 UserSID:sid ImageFileName:astr CommandLine:wstr "
	 "PackageFullName:wstr ApplicationId:wstr ExitTime:u64"},
	{0},
};

const struct mof_row mof_thread[] = {
	{0, 0, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "TThreadId:u32 ProcessId:u32"},
	{1, 1, TYPES({1, "Start"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "ProcessId:u32 TThreadId:u32 StackBase:pointer StackLimit:pointer "
	 "UserStackBase:pointer UserStackLimit:pointer StartAddr:pointer "
	 "Win32StartAddr:pointer WaitMode:i8 Reserved:pad[3]? Reserved2:pad[4]?"},
	{1, 1, TYPES({2, "End"}), "ProcessId:u32 TThreadId:u32"},
	{1, 1, TYPES({36, "CSwitch"}),
	 "NewThreadId:u32 OldThreadId:u32 NewThreadPriority:i8 OldThreadPriority:i8 "
	 "NewThreadQuantum:i8 OldThreadQuantum:i8 OldThreadWaitReason:i8 OldThreadWaitMode:i8 "
	 "OldThreadState:i8 OldThreadWaitIdealProcessor:i8"},
	{1, 2, TYPES({57, "WorkerThread"}), "TThreadId:u32 StartTime:u64 ThreadRoutine:pointer"},
	{2, 2, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "ProcessId:u32 TThreadId:u32 StackBase:pointer StackLimit:pointer "
	 "UserStackBase:pointer UserStackLimit:pointer StartAddr:pointer "
	 "Win32StartAddr:pointer TebBase:pointer SubProcessTag:u32"},
	{2, 2, TYPES({36, "CSwitch"}),
	 "NewThreadId:u32 OldThreadId:u32 NewThreadPriority:i8 OldThreadPriority:i8 "
	 "PreviousCState:u8 SpareByte:i8 OldThreadWaitReason:i8 OldThreadWaitMode:i8 "
	 "OldThreadState:i8 OldThreadWaitIdealProcessor:i8 NewThreadWaitTime:u32 Reserved:u32"},
	{2, 2, TYPES({37, "CompCS"}), ""},
	{2, 2, TYPES({41, "SpinLock"}),
	 "SpinLockAddress:pointer CallerAddress:pointer AcquireTime:u64 ReleaseTime:u64 "
	 "WaitTimeInCycles:u32 SpinCount:u32 ThreadId:u32 InterruptCount:u32 Irql:u8 "
	 "AcquireDepth:u8 Flag:u8 Reserved:u8[5]"},
	{2, 2, TYPES({50, "ReadyThread"}),
	 "TThreadId:u32 AdjustReason:i8 AdjustIncrement:i8 Flag:i8 Reserved:i8"},
	{2, 2, TYPES({53, "ThreadAffinity"}),
	 "Affinity:pointer ThreadId:u32 Group:u16 Reserved:u16"},
	{2, 2, TYPES({60, "AntiStarvationBoost"}),
	 "ThreadId:u32 ProcessorIndex:u16 Priority:u8 Reserved:u8"},
	{2, 2, TYPES({61, "Thread Migration"}),
	 "ThreadId:u32 SourceProcessorIndex:u16 TargetProcessorIndex:u16 Priority:u8 "
	 "IdealProcessorAdjust:u8 OldIdealProcessorIndex:u16"},
	{2, 2, TYPES({62, "Kernel Queue Enqueue"}), "Entry:pointer ThreadId:u32 Reserved:pad[4]?"},
	{2, 2, TYPES({63, "Kernel Queue Dequeue"}),
	 "ThreadId:u32 EntryCount:u32 Entries:pointer[EntryCount]"},
	{2, 2, TYPES({64, "Start"}, {65, "End"}), "CallbackRoutine:pointer"},
	{2, 2, TYPES({66, "AutoBoost Set Floor"}),
	 "Lock:pointer ThreadId:u32 NewCpuPriorityFloor:u8 OldCpuPriority:u8 IoPriorities:u8 "
	 "BoostFlags:u8"},
	{2, 2, TYPES({67, "AutoBoost Clear Floor"}),
	 "LockAddress:pointer ThreadId:u32 BoostBitmap:u32"},
	{2, 2, TYPES({68, "AutoBoost Entry Exhaustion"}),
	 "LockAddress:pointer ThreadId:u32 Reserved:pad[4]?"},
	{2, 2, TYPES({69, "SubProcessTag Changed"}), "OldTag:u32 NewTag:u32"},
	{2, 2, TYPES({72, "SetName"}), "ProcessId:u32 ThreadId:u32 ThreadName:wstr"},
	{3, 3, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "ProcessId:u32 TThreadId:u32 StackBase:pointer StackLimit:pointer "
	 "UserStackBase:pointer UserStackLimit:pointer Affinity:pointer Win32StartAddr:pointer "
	 "TebBase:pointer SubProcessTag:u32 BasePriority:u8 PagePriority:u8 IoPriority:u8 "
	 "ThreadFlags:u8 ThreadName:wstr?"},
	{3, 4, TYPES({36, "CSwitch"}),
	 "NewThreadId:u32 OldThreadId:u32 NewThreadPriority:i8 OldThreadPriority:i8 "
	 "PreviousCState:u8 SpareByte:i8 OldThreadWaitReason:i8 ThreadFlags:i8 "
	 "OldThreadState:i8 OldThreadWaitIdealProcessor:i8 NewThreadWaitTime:u32 Reserved:u32"},
	{3, 3,
	 TYPES({48, "SetPriority"}, {49, "SetBasePriority"}, {51, "SetPagePriority"},
	       {52, "SetIoPriority"}),
	 "ThreadId:u32 OldPriority:u8 NewPriority:u8 Reserved:u16"},
	{4, 4, TYPES({1, "Start"}, {2, "End"}, {3, "DCStart"}, {4, "DCEnd"}),
	 "ProcessId:u32 TThreadId:u32 StackBase:pointer StackLimit:pointer "
	 "UserStackBase:pointer UserStackLimit:pointer Affinity:pointer Win32StartAddr:pointer "
	 "TebBase:pointer SubProcessTag:u32 BasePriority:u8 PagePriority:u8 IoPriority:u8 "
	 "ThreadFlags:u8 ThreadName:wstr"},
	{0},
};

const struct mof_row mof_image[] = {
	{0, 0, TYPES({2, "UnLoad"}, {3, "DCStart"}, {4, "DCEnd"}, {10, "Load"}),
	 "BaseAddress:pointer ModuleSize:u32 ImageFileName:wstr"},
	{1, 1, TYPES({2, "UnLoad"}, {3, "DCStart"}, {4, "DCEnd"}, {10, "Load"}),
	 "ImageBase:pointer ImageSize:pointer ProcessId:u32 FileName:wstr"},
	{2, 2, TYPES({2, "UnLoad"}, {3, "DCStart"}, {4, "DCEnd"}, {10, "Load"}),
	 "ImageBase:pointer ImageSize:pointer ProcessId:u32 ImageChecksum:u32 "
	 "TimeDateStamp:u32 Reserved0:u32 DefaultBase:pointer Reserved1:u32 Reserved2:u32 "
	 "Reserved3:u32 Reserved4:u32 FileName:wstr"},
	{2, 2, TYPES({33, "KernelBase"}), "ImageBase:pointer"},
	{2, 2, TYPES({34, "HypercallPage"}), "HypercallPageVa:pointer"},
	{2, 2,
	 TYPES({128, "LoaderLockAttempt"}, {129, "LoaderLockAcquire"},
	       {130, "LoaderLockTriedAndFailed"}, {131, "LoaderLockWait"}, {132, "ProcessInitDone"},
	       {133, "CreateSectionBegin"}, {134, "CreateSectionEnd"}, {135, "MapViewBegin"}),
	 ""},
	{2, 2,
	 TYPES({144, "RelocateImageBegin"}, {145, "RelocateImageEnd"}, {146, "HandleOldDescsBegin"},
	       {147, "HandleOldDescsEnd"}, {148, "HandleNewDescsBegin"}, {149, "HandleNewDescsEnd"},
	       {150, "DllMainExit"}),
	 "BaseAddress:u64"},
	{2, 2,
	 TYPES({160, "FindDllByName"}, {161, "MapViewEnd"}, {162, "LoaderLockRelease"},
	       {163, "DllMainEnter"}, {164, "LoaderError"}),
	 "BaseAddress:u64 ErrorOpcode:u8 Code:i8 String:wstr"},
	{3, 3, TYPES({2, "UnLoad"}, {3, "DCStart"}, {4, "DCEnd"}, {10, "Load"}),
	 "ImageBase:pointer ImageSize:pointer ProcessId:u32 ImageChecksum:u32 "
	 "TimeDateStamp:u32 SignatureLevel:u8 SignatureType:u8 Reserved0:u16 "
	 "DefaultBase:pointer Reserved1:u32 Reserved2:u32 Reserved3:u32 Reserved4:u32 "
	 "FileName:wstr"},
	{3, 3,
	 TYPES({165, "MapViewStart"}, {166, "SnappingStart"}, {167, "SnappingEnd"},
	       {168, "LoadingStart"}, {169, "LoadingEnd"}, {170, "FoundKnownDll"},
	       {171, "AbnormalTermination"}, {172, "ModulePlaceHolder"}, {173, "ReadyToInit"},
	       {174, "ReadyToRun"}, {208, "ApiSetResolving"}, {209, "ApiSetHosted"},
	       {210, "ApiSetUnhosted"}, {211, "ApiSetUnresolved"}),
	 "BaseAddress:u64 ErrorOpcode:u8 Code:i8 String:wstr"},
	{3, 3, TYPES({176, "NewDllLoad"}, {177, "NewDllLoadAsData"}),
	 "NewDllBaseAddress:pointer ParentDllBaseAddress:pointer LoadReason:u32 FilePath:wstr"},
	{3, 3, TYPES({192, "DllSearchPathExternal"}, {193, "DllSearchPathInternal"}),
	 "BaseAddress:u64 ErrorOpcode:u8 Code:i8 String1:wstr String2:wstr"},
	{3, 3, TYPES({212, "DllSearchResults"}),
	 "LdrLoadFlags:u32 LdrSearchFlags:u32 SearchInfo:u32 LoadReason:u32 FullDllName:wstr"},
	{3, 3, TYPES({213, "DllPathSearchResults"}),
	 "SearchInfo:u32 Cwd:wstr AppDir:wstr DllDir:wstr DllLoadDir:wstr"},
	{0},
};

const struct mof_row mof_stack_walk[] = {
	{2, 2, TYPES({32, "Stack"}),
	 "EventTimeStamp:u64 StackProcess:u32 StackThread:u32 Stack:pointer[]"},
	{2, 2, TYPES({34, "KeyCreate"}, {35, "KeyDelete"}, {36, "KeyRundown"}),
	 "Key:pointer StackFrame:pointer[]"},
	{2, 2, TYPES({37, "StackKeyKernel"}, {38, "StackKeyUser"}),
	 "EventTimeStamp:u64 StackProcess:u32 StackThread:u32 StackKey:pointer"},
	{0},
};

const struct mof_row mof_perf_info[] = {
	{0, 0, TYPES({34, "Mark"}), "Message:astr"},
	{1, 1, TYPES({46, "SampleProf"}), "InstructionPointer:pointer ThreadId:u32 Count:u16"},
	{1, 1, TYPES({67, "ISR"}, {95, "ISR-PASS"}),
	 "InitialTime:time Routine:pointer ReturnValue:u32"},
	{1, 2, TYPES({68, "DPC"}, {69, "TimerDPC"}), "InitialTime:time Routine:pointer"},
	{2, 2, TYPES({46, "SampleProf"}),
	 "InstructionPointer:pointer ThreadId:u32 Count:u16 Reserved:u16"},
	{2, 2, TYPES({47, "PmcCounterProf"}),
	 "InstructionPointer:pointer ThreadId:u32 ProfileSource:u16 Reserved:u16"},
	{2, 2, TYPES({48, "PmcCtrConfig"}), "CounterCount:u32 CounterName:wstr[CounterCount]"},
	{2, 2, TYPES({50, "ISR-MSI"}),
	 "InitialTime:time Routine:pointer ReturnValue:u8 Vector:u16 Reserved:u8 "
	 "MessageNumber:u32"},
	{2, 2, TYPES({51, "SysClEnter"}), "SysCallAddress:pointer"},
	{2, 2, TYPES({52, "SysClExit"}), "SysCallNtStatus:u32"},
	{2, 2, TYPES({58, "DebuggerEnabled"}), ""},
	{2, 2, TYPES({66, "ThreadedDPC"}, {70, "IOTimer"}), "InitialTime:time Routine:pointer"},
	{2, 2, TYPES({67, "ISR"}, {95, "ISR-PASS"}),
	 "InitialTime:time Routine:pointer ReturnValue:u8 Vector:u16 Reserved:u8"},
	{2, 2, TYPES({72, "SetInterval"}, {73, "CollectionStart"}, {74, "CollectionEnd"}),
	 "Source:u32 NewInterval:u32 OldInterval:u32"},
	{2, 2, TYPES({75, "CollectionStart"}, {76, "CollectionEnd"}),
	 "SpinLockSpinThreshold:u32 SpinLockContentionSampleRate:u32 "
	 "SpinLockAcquireSampleRate:u32"},
	{2, 2, TYPES({92, "ISR-Unexpected"}), "Vector:u16"},
	{2, 2, TYPES({93, "IoStartTimer"}, {94, "IoStopTimer"}),
	 "DeviceObject:pointer TimerRoutine:pointer"},
	{2, 2, TYPES({96, "WdfISR"}, {97, "WdfPassiveISR"}, {98, "WdfDPC"}, {103, "WdfWorkItem"}),
	 "Routine:pointer"},
	{2, 2, TYPES({104, "SetKTimer2"}, {105, "ExpireKTimer2"}),
	 "DueTime:u64 MaximumDueTime:u64 Period:u64 Timer:pointer Callback:pointer "
	 "CallbackContext:pointer TimerFlags:u8"},
	{2, 2, TYPES({106, "CancelKTimer2"}), "Timer:pointer"},
	{2, 2, TYPES({107, "DisableKTimer2"}),
	 "Timer:pointer DisableCallback:pointer DisableContext:pointer TimerFlags:u8"},
	{2, 2, TYPES({108, "FinalizeKTimer2"}),
	 "Timer:pointer DisableCallback:pointer DisableContext:pointer"},
	{3, 3, TYPES({73, "CollectionStart"}, {74, "CollectionEnd"}),
	 "Source:u32 NewInterval:u32 OldInterval:u32 SourceName:wstr"},
	{3, 3, TYPES({75, "CollectionStart"}, {76, "CollectionEnd"}),
	 "SpinLockSpinThreshold:u32 SpinLockContentionSampleRate:u32 "
	 "SpinLockAcquireSampleRate:u32 SpinLockHoldThreshold:u32"},
	{0},
};

const struct mof_row mof_alpc[] = {
	{2, 2,
	 TYPES({33, "ALPC-Send-Message"}, {34, "ALPC-Receive-Message"},
	       {35, "ALPC-Wait-For-Reply"}),
	 "MessageID:u32"},
	{2, 2, TYPES({36, "ALPC-Wait-For-New-Message"}), "IsServerPort:u32 PortName:wstr"},
	{2, 2, TYPES({37, "ALPC-Unwait"}), "Status:u32"},
	{0},
};

const struct mof_row mof_object[] = {
	{2, 2, TYPES({32, "CreateHandle"}, {33, "CloseHandle"}),
	 "Object:pointer Handle:u32 ObjectType:u16 ObjectName:wstr"},
	{2, 2, TYPES({34, "DuplicateHandle"}),
	 "Object:pointer SourceHandle:u32 TargetHandle:u32 TargetProcessId:u32 ObjectType:u16 "
	 "SourceProcessId:u32?"},
	{2, 2, TYPES({36, "TypeDCStart"}, {37, "TypeDCEnd"}),
	 "ObjectType:u16 Reserved:u16 TypeName:wstr"},
	{2, 2, TYPES({38, "HandleDCStart"}, {39, "HandleDCEnd"}),
	 "Object:pointer ProcessId:u32 Handle:u32 ObjectType:u16 ObjectName:wstr"},
	{2, 2, TYPES({48, "CreateObject"}, {49, "DeleteObject"}),
	 "Object:pointer ObjectType:u16 Reserved:pad[2]? Reserved2:pad[4]?"},
	{2, 2, TYPES({50, "ReferenceObject"}, {51, "DereferenceObject"}),
	 "Object:pointer Tag:u32 Count:u32"},
	{0},
};

const struct mof_row mof_heap[] = {
	{0, 0,
	 TYPES({32, "Create"}, {33, "Alloc"}, {34, "ReAlloc"}, {35, "Destroy"}, {36, "Free"},
	       {37, "Expand"}, {38, "SnapShot"}, {42, "Contract"}, {43, "Lock"}, {44, "Unlock"},
	       {45, "Validate"}, {46, "Walk"}),
	 NULL},
	{0},
};

const struct mof_row mof_crit_sec[] = {
	{0, 0, TYPES({34, "Collision"}, {35, "Initialize"}), NULL},
	{0},
};

const struct mof_row mof_thread_pool[] = {
	{0, 0,
	 TYPES({32, "CBEnqueue"}, {33, "CBDequeue"}, {34, "CBStart"}, {35, "CBStop"},
	       {36, "CBCancel"}, {37, "PoolCreate"}, {38, "PoolClose"}, {39, "ThreadMinSet"},
	       {40, "ThreadMaxSet"}),
	 NULL},
	{0},
};
