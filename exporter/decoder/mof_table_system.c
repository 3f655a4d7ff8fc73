/* The classes of the trace itself and the machine. */
#include "exporter/decoder/mof_table.h"

const struct mof_row mof_event_trace[] = {
	{0, 2, TYPES({0, "Header"}),
	 "BufferSize:u32 Version:u32 ProviderVersion:u32 NumberOfProcessors:u32 "
	 "EndTime:filetime TimerResolution:u32 MaxFileSize:u32 LogFileMode:u32 "
	 "BuffersWritten:u32 StartBuffers:u32 PointerSize:u32 EventsLost:u32 CPUSpeed:u32 "
	 "LoggerName:pointer LogFileName:pointer TimeZoneInformation:bytes[176] "
	 "BootTime:filetime PerfFreq:u64 StartTime:filetime ReservedFlags:u32 BuffersLost:u32 "
	 "SessionNameString:wstr LogFileNameString:wstr"},
	{0, 1, TYPES({5, "Extension"}, {32, "EndExtension"}),
	 "GroupMask1:u32 GroupMask2:u32 GroupMask3:u32 GroupMask4:u32 GroupMask5:u32 "
	 "GroupMask6:u32 GroupMask7:u32 GroupMask8:u32"},
	{0, 2, TYPES({8, "RDComplete"}), ""},
	{2, 2, TYPES({5, "Extension"}, {32, "EndExtension"}),
	 "GroupMask1:u32 GroupMask2:u32 GroupMask3:u32 GroupMask4:u32 GroupMask5:u32 "
	 "GroupMask6:u32 GroupMask7:u32 GroupMask8:u32 KernelEventVersion:u32"},
	{2, 2, TYPES({64, "DbgIdRSDS"}), "Guid:guid Age:u32 PdbName:astr"},
	{2, 2, TYPES({66, "BuildInfo"}), "BuildString:astr"},
	{2, 2, TYPES({67, "ProviderBinaryPath"}),
	 "GuidCount:u32 Guid:guid[GuidCount] BinaryPath:wstr"},
	{2, 2, TYPES({80, "PartitionInfoExtension"}),
	 "EventVersion:u16 Reserved:u16 PartitionType:u32 QpcOffsetFromRoot:i64 "
	 "PartitionId:guid ParentId:guid"},
	{0},
};

const struct mof_row mof_system_config[] = {
	{0, 1, TYPES({10, "CPU"}),
	 "MHz:u32 NumberOfProcessors:u32 MemSize:u32 PageSize:u32 AllocationGranularity:u32 "
	 "ComputerName:wchar[256] DomainName:wchar[132] HyperThreadingFlag:pointer"},
	{0, 2, TYPES({11, "PhyDisk"}),
	 "DiskNumber:u32 BytesPerSector:u32 SectorsPerTrack:u32 TracksPerCylinder:u32 "
	 "Cylinders:u64 SCSIPort:u32 SCSIPath:u32 SCSITarget:u32 SCSILun:u32 "
	 "Manufacturer:wchar[256] PartitionCount:u32 WriteCacheEnabled:u8 Pad:u8 "
	 "BootDriveLetter:wchar[3] Spare:wchar[2]"},
	{0, 1, TYPES({12, "LogDisk"}),
	 "StartOffset:u64 PartitionSize:u64 DiskNumber:u32 Size:u32 DriveType:u32 "
	 "DriveLetterString:wchar[4] Pad1:u32 PartitionNumber:u32 SectorsPerCluster:u32 "
	 "BytesPerSector:u32 Pad2:u32 NumberOfFreeClusters:i64 TotalNumberOfClusters:i64 "
	 "FileSystem:wchar[16] VolumeExt:u32"},
	{0, 1, TYPES({13, "NIC"}),
	 "NICName:wchar[256] Index:u32 PhysicalAddrLen:u32 PhysicalAddr:wchar[8] Size:u32 "
	 "IpAddress:i32 SubnetMask:i32 DhcpServer:i32 Gateway:i32 PrimaryWinsServer:i32 "
	 "SecondaryWinsServer:i32 DnsServer1:i32 DnsServer2:i32 DnsServer3:i32 DnsServer4:i32 "
	 "Data:u32"},
	{0, 2, TYPES({14, "Video"}),
	 "MemorySize:u32 XResolution:u32 YResolution:u32 BitsPerPixel:u32 VRefresh:u32 "
	 "ChipType:wchar[256] DACType:wchar[256] AdapterString:wchar[256] "
	 "BiosString:wchar[256] DeviceId:wchar[256] StateFlags:u32"},
	{0, 1, TYPES({15, "Services"}),
	 "ServiceName:wchar[34] DisplayName:wchar[256] ProcessName:wchar[34] ProcessId:u32"},
	{0, 2, TYPES({16, "Power"}), "S1:u8 S2:u8 S3:u8 S4:u8 S5:u8 Pad1:u8 Pad2:u8 Pad3:u8"},
	{0, 2, TYPES({21, "IRQ"}),
	 "IRQAffinity:u64 IRQNum:u32 DeviceDescriptionLen:u32 DeviceDescription:wstr"},
	{0, 2, TYPES({22, "PnP"}),
	 "IDLength:u32 DescriptionLength:u32 FriendlyNameLength:u32 DeviceID:wstr "
	 "DeviceDescription:wstr FriendlyName:wstr"},
	{2, 2, TYPES({10, "CPU"}),
	 "MHz:u32 NumberOfProcessors:u32 MemSize:u32 PageSize:u32 AllocationGranularity:u32 "
	 "ComputerName:wchar[256] DomainName:wchar[134] HyperThreadingFlag:pointer"},
	{2, 2, TYPES({12, "LogDisk"}),
	 "StartOffset:u64 PartitionSize:u64 DiskNumber:u32 Size:u32 DriveType:u32 "
	 "DriveLetterString:wchar[4] Pad1:u32 PartitionNumber:u32 SectorsPerCluster:u32 "
	 "BytesPerSector:u32 Pad2:u32 NumberOfFreeClusters:i64 TotalNumberOfClusters:i64 "
	 "FileSystem:wchar[16] VolumeExt:u32 Pad3:u32"},
	{2, 2, TYPES({13, "NIC"}),
	 "PhysicalAddr:u64 PhysicalAddrLen:u32 Ipv4Index:u32 Ipv6Index:u32 NICDescription:wstr "
	 "IpAddresses:wstr DnsServerAddresses:wstr"},
	{2, 2, TYPES({15, "Services"}),
	 "ProcessId:u32 ServiceState:u32 SubProcessTag:u32 ServiceName:wstr DisplayName:wstr "
	 "ProcessName:wstr"},
	{2, 2, TYPES({17, "Network"}),
	 "TcbTablePartitions:u32 MaxHashTableSize:u32 MaxUserPort:u32 TcpTimedWaitDelay:u32"},
	{2, 2, TYPES({18, "OpticalDisk"}),
	 "DiskNumber:u16 BusType:u16 DeviceType:u16 MediaType:u16 StartingOffset:u64 Size:u64 "
	 "NumberOfFreeBlocks:u64 TotalNumberOfBlocks:u64 NextWritableAddress:u64 "
	 "NumberOfSessions:u32 NumberOfTracks:u32 BytesPerSector:u32 DiscStatus:u16 "
	 "LastSessionStatus:u16 DriveLetter:wstr FileSystemName:wstr DeviceName:astr "
	 "ManufacturerName:astr"},
	{2, 2, TYPES({23, "IDEChannel"}),
	 "TargetId:u32 DeviceType:u32 DeviceTimingMode:u32 LocationInformationLen:u32 "
	 "LocationInformation:wstr"},
	{2, 2, TYPES({24, "NumaNode"}),
	 "NodeCount:u32 NodeMap:struct[NodeCount] .Mask:pointer .Group:u16 .Reserved:pad[6]"},
	{2, 2, TYPES({25, "Platform"}),
	 "SystemManufacturer:wstr SystemProductName:wstr BiosDate:wstr BiosVersion:wstr"},
	{2, 2, TYPES({26, "ProcessorGroup"}), "GroupCount:u32 Affinity:pointer[GroupCount]"},
	{2, 2, TYPES({27, "ProcessorNumber"}),
	 "ProcessorCount:u32 ProcessorNumber:u32[ProcessorCount]"},
	{2, 2, TYPES({28, "DPI"}), "MachineDPI:u32 UserDPI:u32"},
	{2, 2, TYPES({29, "CodeIntegrity"}), "CodeIntegrityInfo:u32"},
	{2, 2, TYPES({30, "TelemetryConfiguration"}), "MachineId:guid"},
	{2, 2, TYPES({31, "Defragmentation"}),
	 "AlignmentClusters:u64 AvgFreeSpaceSize:u64 ClustersPerSlab:u64 "
	 "FragmentedDirectoryExtents:u64 FragmentedExtents:u64 FreeSpaceCount:u64 "
	 "LargestFreeSpaceSize:u64 LastRunActualPurgeClusters:u64 LastRunClustersTrimmed:u64 "
	 "LastRunFullDefragTime:u64 LastRunTime:u64 MFTSize:u64 TotalClusters:u64 "
	 "TotalUsedClusters:u64 AvgFragmentsPerFile:u32 BytesPerCluster:u32 DirectoryCount:u32 "
	 "FragmentedDirectories:u32 FragmentedFiles:u32 FragmentedSpace:u32 HardwareIssue:u32 "
	 "InUseMFTRecords:u32 InUseSlabs:u32 LastRunActualPurgeSlabs:u32 "
	 "LastRunInitialBackedSlabs:u32 LastRunPercentFragmentation:u32 LastRunPinnedSlabs:u32 "
	 "LastRunPotentialPurgeSlabs:u32 LastRunSpaceInefficientSlabs:u32 "
	 "LastRunTrimmedSlabs:u32 LastRunUnknownEvictFailSlabs:u32 "
	 "LastRunVolsnapPinnedSlabs:u32 MFTFragmentCount:u32 MovableFiles:u32 "
	 "TotalMFTRecords:u32 TotalSlabs:u32 UnmovableFiles:u32 VolumeId:guid "
	 "VolumePathNames:wstr"},
	{2, 2, TYPES({32, "MobilePlatform"}),
	 "BootLoaderVersion:wstr FirmwareRevision:wstr FriendlyName:wstr HardwareRevision:wstr "
	 "Manufacturer:wstr ManufacturerDisplayName:wstr ManufacturerModelName:wstr "
	 "MobileOperatorDisplayName:wstr MobileOperatorName:wstr ModelName:wstr "
	 "RadioHardwareRevision:wstr RadioSoftwareRevision:wstr ROMVersion:wstr "
	 "SOCVersion:wstr HardwareVariant:wstr"},
	{2, 2, TYPES({33, "DeviceFamily"}), "UAPInfo:u64 DeviceFamily:u32 DeviceForm:u32"},
	{2, 2, TYPES({34, "FlightIds"}), "UpdateId:wstr FlightIdList:wstr"},
	{2, 2, TYPES({35, "Processors"}),
	 "ProcessorIndex:u32 FeatureSet:u32 ProcessorSpeed:u32 ProcessorName:wchar[64] "
	 "VendorIdentifier:wchar[16] ProcessorIdentifier:wchar[128]"},
	{3, 3, TYPES({10, "CPU"}),
	 "MHz:u32 NumberOfProcessors:u32 MemSize:u32 PageSize:u32 AllocationGranularity:u32 "
	 "ComputerName:wchar[256] DomainName:wchar[134] HyperThreadingFlag:pointer "
	 "HighestUserAddress:pointer ProcessorArchitecture:u16 ProcessorLevel:u16 "
	 "ProcessorRevision:u16 PaeEnabled:u8 NxEnabled:u8 MemorySpeed:u32"},
	{3, 3, TYPES({15, "Services"}),
	 "ProcessId:u32 ServiceState:u32 SubProcessTag:u32 ServiceName:wstr DisplayName:wstr "
	 "ProcessName:wstr LoadOrderGroup:wstr SvchostGroup:wstr"},
	{3, 3, TYPES({21, "IRQ"}),
	 "IRQAffinity:u64 IRQGroup:u16 Reserved:u16 IRQNum:u32 DeviceDescriptionLen:u32 "
	 "DeviceDescription:wstr"},
	{3, 3, TYPES({22, "PnP"}),
	 "IDLength:u32 DescriptionLength:u32 FriendlyNameLength:u32 DeviceID:wstr "
	 "DeviceDescription:wstr FriendlyName:wstr PdoName:wstr"},
	{4, 4, TYPES({22, "PnP"}),
	 "ClassGuid:guid UpperFiltersCount:u32 LowerFiltersCount:u32 DeviceID:wstr "
	 "DeviceDescription:wstr FriendlyName:wstr PdoName:wstr ServiceName:wstr "
	 "UpperFilters:wstr[UpperFiltersCount] LowerFilters:wstr[LowerFiltersCount]"},
	{5, 5, TYPES({22, "PnP"}),
	 "ClassGuid:guid UpperFiltersCount:u32 LowerFiltersCount:u32 DevStatus:u32 "
	 "DevProblem:u32 DeviceID:wstr DeviceDescription:wstr FriendlyName:wstr PdoName:wstr "
	 "ServiceName:wstr UpperFilters:wstr[UpperFiltersCount] "
	 "LowerFilters:wstr[LowerFiltersCount]"},
	{0},
};

const struct mof_row mof_system_config_ex[] = {
	{0, 0, TYPES({32, "BuildInfo"}), "InstallDate:u64 BuildLab:wstr ProductName:wstr"},
	{0, 0, TYPES({33, "SystemPaths"}), "SystemDirectory:wstr SystemWindowsDirectory:wstr"},
	{0, 0, TYPES({34, "UnknownVolume"}), "NtPath:wstr"},
	{0, 0, TYPES({35, "VolumeMapping"}), "NtPath:wstr DosPath:wstr"},
	{0},
};

const struct mof_row mof_image_id[] = {
	{0, 0, TYPES({64, "FileVersion"}),
	 "ImageSize:u32 TimeDateStamp:u32 OrigFileName:wstr FileDescription:wstr "
	 "FileVersion:wstr BinFileVersion:wstr VerLanguage:wstr ProductName:wstr "
	 "CompanyName:wstr ProductVersion:wstr FileId:wstr ProgramId:wstr"},
	{1, 1, TYPES({40, "DbgDeterm"}), "ImageBase:pointer ProcessId:u32"},
	{2, 2, TYPES({0, "Info"}),
	 "ImageBase:pointer ImageSize:pointer ProcessId:u32 TimeDateStamp:u32 "
	 "OriginalFileName:wstr"},
	{2, 2, TYPES({32, "None"}), "ImageBase:pointer ProcessId:u32"},
	{2, 2, TYPES({36, "DbgID_RSDS"}, {37, "DbgID_ILRSDS"}),
	 "ImageBase:pointer ProcessId:u32 GuidSig:guid Age:u32 PdbFileName:astr"},
	{2, 2, TYPES({38, "DbgPPDB"}),
	 "ImageBase:pointer ProcessId:u32 TimeDateStamp:u32 MajorVersion:u16 MinorVersion:u16"},
	{0},
};

const struct mof_row mof_lost_event[] = {
	{0, 0, TYPES({32, "RTLostEvent"}, {33, "RTLostBuffer"}, {34, "RTLostFile"}), ""},
	{0},
};

const struct mof_row mof_meta_data[] = {
	{0, 0, TYPES({32, "EventInfo"}, {33, "EventMapInfo"}), NULL},
	{0},
};
