#include "exporter/rule/cardinality.h"

#include <string.h>
#include <strings.h>

static const char addresses[] = "addresses";
static const char paths[] = "free text: paths, command lines, URLs";
static const char times[] = "times";
static const char measures[] = "measured numbers";
static const char processes[] = "PIDs";
static const char threads[] = "TIDs";
static const char activities[] = "IDs of single activities";

struct ending {
	const char *text;
	const char *holds; /* NULL: nothing without bound */
};

/* How names end; the first that fits counts. Text that is free, and IDs that are given once. */
static const struct ending text_endings[] = {
	{"ImageFileName", NULL}, {"FileName", paths},	 {"Path", paths},
	{"CommandLine", paths},	 {"CmdLine", paths},	 {"Url", paths},
	{"Uri", paths},		 {"QueryString", paths}, {"Message", paths},
	{"QueryName", paths},	 {"Description", paths}, {"Address", addresses},
};

static const struct ending guid_endings[] = {
	{"ActivityId", activities},    {"CorrelationId", activities}, {"RequestId", activities},
	{"TransactionId", activities}, {"OperationId", activities},
};

static const struct ending number_endings[] = {
	{"ProcessId", processes},
	{"PID", processes},
	{"ThreadId", threads},
	{"TID", threads},
	{"Address", addresses},
	{"Pointer", addresses},
	{"Handle", addresses},
	{"Stamp", times},
	{"Time", times},
	{"Checksum", measures},
	{"Duration", measures},
	{"Offset", measures},
	{"Size", measures},
	{"Bytes", measures},
	{"Length", measures},
	{"RequestId", activities},
	{"ConnectionId", activities},
	{"Latency", measures},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), wanted = strlen(ending);

	return length >= wanted && strcasecmp(name + length - wanted, ending) == 0;
}

static const char *by_name(const char *name, const struct ending *endings, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (ends_with(name, endings[i].text))
			return endings[i].holds;
	return NULL;
}

/* Any of it: where no schema says which. */
static const char *by_name_alone(const char *path)
{
	const char *holds = by_name(path, text_endings, COUNT(text_endings));

	if (!holds)
		holds = by_name(path, guid_endings, COUNT(guid_endings));
	return holds ? holds : by_name(path, number_endings, COUNT(number_endings));
}

static const char *by_out_type(const struct field *field)
{
	switch (field->out) {
	case OUT_PID:
		return processes;
	case OUT_TID:
		return threads;
	case OUT_IPV4:
	case OUT_IPV6:
	case OUT_SOCKET_ADDRESS:
	case OUT_CODE_POINTER:
		return addresses;
	case OUT_XML:
	case OUT_JSON:
		return paths;
	case OUT_DATETIME:
	case OUT_DATETIME_UTC:
	case OUT_CULTURE_DATETIME:
	case OUT_ETWTIME:
		return times;
	default:
		return NULL;
	}
}

static const char *by_type(const char *path, const struct field *field)
{
	switch (field->type) {
	case VALUE_POINTER:
	case VALUE_IPV4:
	case VALUE_IPV6:
		return addresses;
	case VALUE_FILETIME:
	case VALUE_SYSTEMTIME:
		return times;
	case VALUE_F32:
	case VALUE_F64:
		return measures;
	case VALUE_BINARY:
		return "bytes of any kind";
	case VALUE_UTF16:
	case VALUE_ANSI:
		return by_name(path, text_endings, COUNT(text_endings));
	case VALUE_GUID:
		return by_name(path, guid_endings, COUNT(guid_endings));
	case VALUE_BOOL32:
	case VALUE_SID:
	case VALUE_WBEM_SID:
		return NULL;
	default:
		return by_name(path, number_endings, COUNT(number_endings));
	}
}

const char *cardinality_of_field(const char *path, const struct field *field)
{
	const char *holds;

	if (ends_with(path, ".length"))
		return measures;
	if (!field)
		return by_name_alone(path);
	if (field->map)
		return NULL;
	holds = by_out_type(field);
	return holds ? holds : by_type(path, field);
}

const char *cardinality_of_header(const char *name)
{
	static const struct ending headers[] = {
		{"$pid", processes},
		{"$tid", threads},
		{"$activity_id", activities},
		{"$payload_bytes", measures},
	};
	size_t i;

	for (i = 0; i < COUNT(headers); i++)
		if (strcmp(name, headers[i].text) == 0)
			return headers[i].holds;
	return NULL;
}

bool cardinality_is_reduced(const struct function_list *functions)
{
	static const char *const reducing[] = {
		"process", "thread_process", "image", "basename", "dirname", "ext",  "regex",
		"bool",	   "ntstatus",	     "win32", "hresult",  "errno",   "port", "syscall",
		"softirq", "comm",	     "ksym",  "device",	  "irq",
	};
	size_t i, j;

	for (i = 0; i < functions->count; i++)
		for (j = 0; j < COUNT(reducing); j++)
			if (strcmp(functions->list[i].name, reducing[j]) == 0)
				return true;
	return false;
}
