#include "exporter/etw/etw_stop_event_windows.h"

#include "exporter/bytes.h"
#include "exporter/letter_case.h"

const GUID etw_stop_event_provider = {
	0xb675ec37, 0xbdb6, 0x4648, {0xbc, 0x92, 0xf3, 0xfd, 0xc7, 0x4d, 0x3c, 0xa2}};

#define NAME_AT 20 /* behind SessionGuid and LoggerMode */

bool etw_stop_event_is(const EVENT_RECORD *event, const WCHAR *name)
{
	struct bytes rest = {event->UserData, event->UserDataLength};
	const uint8_t *unit;

	if (memcmp(&event->EventHeader.ProviderId, &etw_stop_event_provider, sizeof(GUID)) != 0 ||
	    event->EventHeader.EventDescriptor.Id != ETW_STOP_EVENT_ID ||
	    !bytes_take(&rest, NAME_AT))
		return false;
	for (; (unit = bytes_take(&rest, 2)); name++) {
		if (letter_lower(le16(unit)) != letter_lower(*name))
			return false;
		if (!*name)
			return true;
	}
	return false;
}
