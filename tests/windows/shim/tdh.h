/* As windows.h of this folder: tdh.h. */
#ifndef TESTS_WINDOWS_SHIM_TDH_H
#define TESTS_WINDOWS_SHIM_TDH_H

#include <evntcons.h>

typedef enum {
	EventKeywordInformation = 0,
	EventLevelInformation = 1,
} EVENT_FIELD_TYPE;

typedef struct {
	ULONG NameOffset, DescriptionOffset;
	ULONGLONG Value;
} PROVIDER_FIELD_INFO;

typedef struct {
	ULONG NumberOfElements;
	EVENT_FIELD_TYPE FieldType;
	PROVIDER_FIELD_INFO FieldInfoArray[ANYSIZE_ARRAY];
} PROVIDER_FIELD_INFOARRAY, *PPROVIDER_FIELD_INFOARRAY;

typedef struct {
	GUID ProviderGuid;
	ULONG SchemaSource, ProviderNameOffset;
} TRACE_PROVIDER_INFO;

typedef struct {
	ULONG NumberOfProviders, Reserved;
	TRACE_PROVIDER_INFO TraceProviderInfoArray[ANYSIZE_ARRAY];
} PROVIDER_ENUMERATION_INFO, *PPROVIDER_ENUMERATION_INFO;

typedef struct {
	ULONGLONG ParameterValue;
	ULONG ParameterType, ParameterSize;
} TDH_CONTEXT, *PTDH_CONTEXT;

typedef struct {
	ULONG Flags, NameOffset;
	struct {
		USHORT InType, OutType;
		ULONG MapNameOffset;
	} nonStructType;
	USHORT count, length;
	ULONG Tags;
} EVENT_PROPERTY_INFO;

typedef struct {
	GUID ProviderGuid, EventGuid;
	EVENT_DESCRIPTOR EventDescriptor;
	ULONG DecodingSource, ProviderNameOffset, LevelNameOffset, ChannelNameOffset;
	ULONG KeywordsNameOffset, TaskNameOffset, OpcodeNameOffset, EventMessageOffset;
	ULONG ProviderMessageOffset, BinaryXMLOffset, BinaryXMLSize, ActivityIDNameOffset;
	ULONG RelatedActivityIDNameOffset, PropertyCount, TopLevelPropertyCount, Flags;
	EVENT_PROPERTY_INFO EventPropertyInfoArray[ANYSIZE_ARRAY];
} TRACE_EVENT_INFO, *PTRACE_EVENT_INFO;

typedef struct {
	ULONG OutputOffset, Value;
} EVENT_MAP_ENTRY;

typedef struct {
	ULONG NameOffset, Flag, EntryCount, FormatEntryOffset;
	EVENT_MAP_ENTRY MapEntryArray[ANYSIZE_ARRAY];
} EVENT_MAP_INFO, *PEVENT_MAP_INFO;

#endif
