#include "exporter/state/said.h"

#include <string.h>
#include <strings.h>

#include "exporter/base/bytes.h"

#define SAID_NAME SAID_NUMBER_COUNT

/* Classes and manifests call them differently; not all spell "ID" the same. */
static const struct {
	const char *field;
	int what;
} fields[] = {
	{"ProcessId", SAID_PID},	  {"TThreadId", SAID_TID},
	{"ThreadId", SAID_TID},		  {"ImageBase", SAID_IMAGE_BASE},
	{"BaseAddress", SAID_IMAGE_BASE}, {"ImageSize", SAID_IMAGE_BYTES},
	{"ModuleSize", SAID_IMAGE_BYTES}, {"FileObject", SAID_FILE_OBJECT},
	{"FileKey", SAID_FILE_KEY},	  {"ImageFileName", SAID_NAME},
	{"ImageName", SAID_NAME},	  {"FileName", SAID_NAME},
	{"OpenPath", SAID_NAME},	  {"FilePath", SAID_NAME},
};

/* SAID_NAME + 1: nothing of use. */
static int meaning(const char *field)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (field[0] == fields[i].field[0] && strcasecmp(field, fields[i].field) == 0)
			return fields[i].what;
	return SAID_NAME + 1;
}

static bool is_text(const struct value *value)
{
	return value->type == VALUE_UTF16 || value->type == VALUE_ANSI;
}

static bool is_number(const struct value *value)
{
	return value->type == VALUE_U32 || value->type == VALUE_U64 || value->type == VALUE_I32 ||
	       value->type == VALUE_I64 || value->type == VALUE_POINTER ||
	       value->type == VALUE_HEX32 || value->type == VALUE_HEX64;
}

/* The first of a name counts. */
static void take(void *context, const struct value *value)
{
	struct said *said = context;
	int what = meaning(value->field->name);

	if (what == SAID_NAME && is_text(value) && !said->name.bytes)
		said->name = *value;
	if (what >= SAID_NUMBER_COUNT || !is_number(value) || said->has[what])
		return;
	said->has[what] = true;
	said->numbers[what] = value->length == 8 ? le64(value->bytes) : le32(value->bytes);
}

bool said_read(const struct event_record *record, const struct schema *schema, struct said *said)
{
	const struct payload_visitor visitor = {.value = take, .context = said};
	enum payload_result result;
	size_t consumed;

	*said = (struct said){0};
	result = payload_visit(schema, record->payload, record->payload_bytes,
			       record->pointer_bytes, &visitor, &consumed);
	/* What later versions add is not read, and does no harm. */
	return result == PAYLOAD_OK || result == PAYLOAD_LEFTOVER;
}
