#include "exporter/etw/etw_stop_event_windows.h"

#include "exporter/base/bytes.h"
#include "exporter/value/letter_case.h"

const GUID etw_stop_event_provider = {
	0xb675ec37, 0xbdb6, 0x4648, {0xbc, 0x92, 0xf3, 0xfd, 0xc7, 0x4d, 0x3c, 0xa2}};

#define NAME_AT		20 /* behind SessionGuid and LoggerMode */
#define NUMBERS_BYTES	24 /* from MinimumBuffers to FlushThreshold */
#define VERSION_OF_LOST 2

/* Over a text that is `name`, in any case, and its zero. */
static bool take_name(struct bytes *bytes, const WCHAR *name)
{
	const uint8_t *unit;

	for (; (unit = bytes_take(bytes, 2)); name++) {
		if (letter_lower(le16(unit)) != letter_lower(*name))
			return false;
		if (!*name)
			return true;
	}
	return false;
}

static bool take_text(struct bytes *bytes)
{
	const uint8_t *unit;

	while ((unit = bytes_take(bytes, 2)))
		if (!le16(unit))
			return true;
	return false;
}

/* Behind the session's name: that of its file, numbers of buffers, what was lost. */
static void read_lost(struct bytes *bytes, struct etw_stop_event *stop)
{
	const uint8_t *lost;

	if (!take_text(bytes) || !bytes_take(bytes, NUMBERS_BYTES))
		return;
	lost = bytes_take(bytes, 12);
	if (!lost)
		return;
	stop->has_lost = true;
	stop->events_lost = le32(lost);
	stop->log_buffers_lost = le32(lost + 4);
	stop->real_time_buffers_lost = le32(lost + 8);
}

bool etw_stop_event_read(const EVENT_RECORD *event, const WCHAR *name, struct etw_stop_event *stop)
{
	const EVENT_HEADER *header = &event->EventHeader;
	struct bytes rest = {event->UserData, event->UserDataLength};

	if (!etw_stop_event_is_of(&header->ProviderId) ||
	    header->EventDescriptor.Id != ETW_STOP_EVENT_ID || !bytes_take(&rest, NAME_AT) ||
	    !take_name(&rest, name))
		return false;
	*stop = (struct etw_stop_event){.stopper = header->ProcessId};
	if (header->EventDescriptor.Version >= VERSION_OF_LOST)
		read_lost(&rest, stop);
	return true;
}
