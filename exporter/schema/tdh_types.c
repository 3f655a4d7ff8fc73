#include "exporter/schema/tdh_types.h"

#include <stddef.h>

struct in_row {
	uint16_t number;
	uint8_t type;
	uint8_t length_kind;
};

static const struct in_row in_types[] = {
	{0, VALUE_NULL, LENGTH_NATURAL},	{1, VALUE_UTF16, LENGTH_NATURAL},
	{2, VALUE_ANSI, LENGTH_NATURAL},	{3, VALUE_I8, LENGTH_NATURAL},
	{4, VALUE_U8, LENGTH_NATURAL},		{5, VALUE_I16, LENGTH_NATURAL},
	{6, VALUE_U16, LENGTH_NATURAL},		{7, VALUE_I32, LENGTH_NATURAL},
	{8, VALUE_U32, LENGTH_NATURAL},		{9, VALUE_I64, LENGTH_NATURAL},
	{10, VALUE_U64, LENGTH_NATURAL},	{11, VALUE_F32, LENGTH_NATURAL},
	{12, VALUE_F64, LENGTH_NATURAL},	{13, VALUE_BOOL32, LENGTH_NATURAL},
	{14, VALUE_BINARY, LENGTH_NATURAL},	{15, VALUE_GUID, LENGTH_NATURAL},
	{16, VALUE_POINTER, LENGTH_NATURAL},	{17, VALUE_FILETIME, LENGTH_NATURAL},
	{18, VALUE_SYSTEMTIME, LENGTH_NATURAL}, {19, VALUE_SID, LENGTH_NATURAL},
	{20, VALUE_HEX32, LENGTH_NATURAL},	{21, VALUE_HEX64, LENGTH_NATURAL},
	{22, VALUE_UTF16, LENGTH_PREFIX},	{23, VALUE_ANSI, LENGTH_PREFIX},
	{25, VALUE_BINARY, LENGTH_PREFIX},	{300, VALUE_UTF16, LENGTH_PREFIX},
	{301, VALUE_ANSI, LENGTH_PREFIX},	{302, VALUE_UTF16, LENGTH_PREFIX_BIG},
	{303, VALUE_ANSI, LENGTH_PREFIX_BIG},	{304, VALUE_UTF16, LENGTH_NATURAL},
	{305, VALUE_ANSI, LENGTH_NATURAL},	{306, VALUE_CHAR16, LENGTH_NATURAL},
	{307, VALUE_CHAR8, LENGTH_NATURAL},	{308, VALUE_POINTER, LENGTH_NATURAL},
	{309, VALUE_BINARY, LENGTH_PREFIX_32},	{310, VALUE_WBEM_SID, LENGTH_NATURAL},
};

/* TDH_OUTTYPE_NULL to TDH_OUTTYPE_CODE_POINTER, and those from 300 on. */
static const struct {
	uint16_t number;
	uint8_t out;
} out_types[] = {
	{1, OUT_STRING},
	{2, OUT_DATETIME},
	{3, OUT_SIGNED},
	{4, OUT_UNSIGNED},
	{5, OUT_SIGNED},
	{6, OUT_UNSIGNED},
	{7, OUT_SIGNED},
	{8, OUT_UNSIGNED},
	{9, OUT_SIGNED},
	{10, OUT_UNSIGNED},
	{13, OUT_BOOLEAN},
	{14, OUT_GUID},
	{15, OUT_HEX},
	{16, OUT_HEX},
	{17, OUT_HEX},
	{18, OUT_HEX},
	{19, OUT_HEX},
	{20, OUT_PID},
	{21, OUT_TID},
	{22, OUT_PORT},
	{23, OUT_IPV4},
	{24, OUT_IPV6},
	{25, OUT_SOCKET_ADDRESS},
	{26, OUT_DATETIME},
	{27, OUT_ETWTIME},
	{28, OUT_XML},
	{29, OUT_ERROR_CODE},
	{30, OUT_WIN32_ERROR},
	{31, OUT_NTSTATUS},
	{32, OUT_HRESULT},
	{33, OUT_CULTURE_DATETIME},
	{34, OUT_JSON},
	{35, OUT_UTF8},
	{37, OUT_CODE_POINTER},
	{38, OUT_DATETIME_UTC},
	{301, OUT_NO_PRINT},
};

bool tdh_field(uint16_t in_type, uint16_t out_type, struct field *field)
{
	const struct in_row *row = NULL;
	size_t i;

	for (i = 0; !row && i < sizeof(in_types) / sizeof(in_types[0]); i++)
		if (in_types[i].number == in_type)
			row = &in_types[i];
	if (!row)
		return false;
	field->type = row->type;
	field->length_kind = row->length_kind;
	for (i = 0; i < sizeof(out_types) / sizeof(out_types[0]); i++)
		if (out_types[i].number == out_type)
			field->out = out_types[i].out;
	return true;
}
