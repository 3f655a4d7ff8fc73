/* Providers that are known by their GUID alone. */
#include "exporter/decoder.h"

#include <stdio.h>

#include "exporter/decoder/provider_names.h"

void known_provider_name_event(const struct event_record *record, struct event_names *names)
{
	const char *name;
	struct guid guid;

	if (names->provider[0])
		return;
	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	name = provider_name_find(&guid);
	if (name)
		snprintf(names->provider, EVENT_NAME_SIZE, "%s", name);
}
