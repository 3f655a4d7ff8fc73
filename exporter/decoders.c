#include "exporter/decoder.h"

#include <stdio.h>

#include "exporter/guid.h"

static const struct decoder decoders[] = {
	{"tracelogging", tracelogging_name_event},
	{"kernel", kernel_name_event},
	{"known_provider", known_provider_name_event},
};

static void name_by_guid(const struct event_record *record, struct event_names *names)
{
	char text[GUID_TEXT_SIZE];
	struct guid guid;

	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	guid_format(&guid, text);
	snprintf(names->provider, sizeof(names->provider), "{%s}", text);
}

void decoders_name_event(const struct event_record *record, struct event_names *names)
{
	size_t i;

	names->provider[0] = '\0';
	names->event[0] = '\0';
	for (i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++)
		decoders[i].name_event(record, names);
	if (!names->provider[0])
		name_by_guid(record, names);
}
