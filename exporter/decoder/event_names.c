#include "exporter/decoder/event_names.h"

#include <stdio.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/provider_names.h"
#include "exporter/decoder/tracelogging.h"
#include "exporter/decoder/kernel_classes.h"
#include "metrics/utf8.h"

static const struct guid no_guid;

/* The first that knows a name has the say. */
static void set(char to[EVENT_NAME_SIZE], const char *name, size_t length)
{
	if (to[0] || !name || !length)
		return;
	memcpy(to, name, length < EVENT_NAME_SIZE ? length : EVENT_NAME_SIZE - 1);
	if (length >= EVENT_NAME_SIZE)
		length = utf8_cut(to, EVENT_NAME_SIZE - 1);
	to[length] = '\0';
}

static void set_string(char to[EVENT_NAME_SIZE], const char *name)
{
	if (name)
		set(to, name, strlen(name));
}

/* Full and instance records say their class. */
static bool has_group(const struct event_record *record)
{
	return record->kind == RECORD_SYSTEM || record->kind == RECORD_COMPACT ||
	       record->kind == RECORD_PERFINFO;
}

static bool is_classic(const struct event_record *record)
{
	return record->kind != RECORD_EVENT && record->kind != RECORD_MESSAGE &&
	       record->kind != RECORD_ERROR && record->kind != RECORD_FTRACE;
}

static void name_classic(const struct event_record *record, const struct guid *guid,
			 struct event_names *names)
{
	const struct kernel_class *class = kernel_class_find(guid);

	if (class) {
		set_string(names->provider, class->name);
		set_string(names->event, kernel_event_name(class, record->version, record->opcode));
	} else if (has_group(record) && guid_equal(guid, &no_guid) && !names->provider[0]) {
		snprintf(names->provider, EVENT_NAME_SIZE, "Windows Kernel group 0x%02x",
			 record->group);
	}
}

static void name_by_guid(const struct guid *guid, struct event_names *names)
{
	char text[GUID_TEXT_SIZE];

	guid_format(guid, text);
	snprintf(names->provider, EVENT_NAME_SIZE, "{%s}", text);
}

void event_names_find(struct decoding *decoding, const struct schema *schema,
		      const struct event_record *record, struct event_names *names)
{
	size_t length = 0;
	const char *traits;
	struct guid guid;

	names->provider[0] = '\0';
	names->event[0] = '\0';
	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	if (schema) {
		set_string(names->provider, schema->provider);
		set_string(names->event, schema->event);
	}
	traits = tracelogging_provider(record, &length);
	set(names->provider, traits, length);
	if (is_classic(record))
		name_classic(record, &guid, names);
	set_string(names->provider, provider_name_find(&guid));
	set_string(names->provider, decoding_provider(decoding, record));
	if (record->kind == RECORD_FTRACE)
		set_string(names->provider, "ftrace");
	if (!names->provider[0] && record->component_id)
		snprintf(names->provider, EVENT_NAME_SIZE, "WPP component 0x%08x",
			 record->component_id);
	if (!names->provider[0])
		name_by_guid(&guid, names);
}
