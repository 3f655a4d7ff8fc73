#include "exporter/decoder/manifest_types.h"

#include <string.h>
#include <strings.h>

#include "exporter/schema/tdh_types.h"

/* TDH's numbers. */
struct type_row {
	const char *name;
	uint16_t number;
};

/* The last ones are what dumps of registered manifests call the counted types. */
static const struct type_row in_types[] = {
	{"UnicodeString", 1},
	{"AnsiString", 2},
	{"Int8", 3},
	{"UInt8", 4},
	{"Int16", 5},
	{"UInt16", 6},
	{"Int32", 7},
	{"UInt32", 8},
	{"Int64", 9},
	{"UInt64", 10},
	{"Float", 11},
	{"Double", 12},
	{"Boolean", 13},
	{"Binary", 14},
	{"GUID", 15},
	{"Pointer", 16},
	{"FILETIME", 17},
	{"SYSTEMTIME", 18},
	{"SID", 19},
	{"HexInt32", 20},
	{"HexInt64", 21},
	{"CountedUnicodeString", 22},
	{"CountedAnsiString", 23},
	{"CountedBinary", 25},
	{"CountedUtf16String", 22},
	{"CountedMbcsString", 23},
};

static const struct type_row out_types[] = {
	{"string", 1},
	{"dateTime", 2},
	{"byte", 3},
	{"unsignedByte", 4},
	{"short", 5},
	{"unsignedShort", 6},
	{"int", 7},
	{"unsignedInt", 8},
	{"long", 9},
	{"unsignedLong", 10},
	{"float", 11},
	{"double", 12},
	{"boolean", 13},
	{"GUID", 14},
	{"hexBinary", 15},
	{"HexInt8", 16},
	{"HexInt16", 17},
	{"HexInt32", 18},
	{"HexInt64", 19},
	{"PID", 20},
	{"TID", 21},
	{"Port", 22},
	{"IPv4", 23},
	{"IPv6", 24},
	{"SocketAddress", 25},
	{"CIMDateTime", 26},
	{"ETWTIME", 27},
	{"Xml", 28},
	{"ErrorCode", 29},
	{"Win32Error", 30},
	{"NTSTATUS", 31},
	{"HResult", 32},
	{"DateTimeCultureInsensitive", 33},
	{"Json", 34},
	{"Utf8", 35},
	{"Pkcs7WithTypeInfo", 36},
	{"CodePointer", 37},
	{"DateTimeUtc", 38},
	{"NoPrint", 301},
};

/* Tools differ in the case of the names. */
static const struct type_row *find_type(const struct type_row *rows, size_t count, const char *name)
{
	const char *colon = strrchr(name, ':');
	size_t i;

	if (colon)
		name = colon + 1;
	for (i = 0; i < count; i++)
		if (strcasecmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

bool manifest_type(const char *in, const char *out, struct field *field)
{
	const struct type_row *in_row, *out_row = NULL;

	in_row = find_type(in_types, sizeof(in_types) / sizeof(in_types[0]), in);
	if (out)
		out_row = find_type(out_types, sizeof(out_types) / sizeof(out_types[0]), out);
	return in_row && tdh_field(in_row->number, out_row ? out_row->number : 0, field);
}
