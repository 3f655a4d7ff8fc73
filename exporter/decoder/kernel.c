/* The classic event classes of the Windows kernel. */
#include "exporter/decoder.h"

#include <stdio.h>

#include "exporter/kernel_classes.h"

static const struct guid no_guid;

static void set_if_empty(char to[EVENT_NAME_SIZE], const char *name)
{
	if (!to[0] && name)
		snprintf(to, EVENT_NAME_SIZE, "%s", name);
}

/* Full and instance records say their class. */
static bool has_group(const struct event_record *record)
{
	return record->kind == RECORD_SYSTEM || record->kind == RECORD_COMPACT ||
	       record->kind == RECORD_PERFINFO;
}

void kernel_name_event(const struct event_record *record, struct event_names *names)
{
	const struct kernel_class *class;
	struct guid guid;

	if (record->kind == RECORD_EVENT || record->kind == RECORD_MESSAGE ||
	    record->kind == RECORD_ERROR)
		return;
	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	class = kernel_class_find(&guid);
	if (class) {
		set_if_empty(names->provider, class->name);
		set_if_empty(names->event,
			     kernel_event_name(class, record->version, record->opcode));
	} else if (has_group(record) && guid_equal(&guid, &no_guid) && !names->provider[0]) {
		snprintf(names->provider, EVENT_NAME_SIZE, "Windows Kernel group 0x%02x",
			 record->group);
	}
}
