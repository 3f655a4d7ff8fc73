/*
 * manifest_text: instrumentation manifests of one provider, and records of its events. For tests.
 */
#ifndef TESTS_SUPPORT_MANIFEST_TEXT_H
#define TESTS_SUPPORT_MANIFEST_TEXT_H

#include <string.h>

#include "exporter/record/event_record.h"
#include "tests/support/payload.h"

#define SHOP_GUID_TEXT "{01020304-0506-0708-090a-0b0c0d0e0f10}"

/* Literals: what stands in the provider, and in the string table. */
#define MANIFEST_OF(provider, strings)                                                            \
	"<instrumentationManifest xmlns='http://schemas.microsoft.com/win/2004/08/events'>\n"     \
	"<instrumentation xmlns:win='http://manifests.microsoft.com/win/2004/08/windows/events'>" \
	"<events>\n" provider "</events></instrumentation>\n"                                     \
	"<localization><resources culture='en-US'><stringTable>\n" strings                        \
	"</stringTable></resources></localization>\n"                                             \
	"</instrumentationManifest>\n"
#define PROVIDER(body) \
	"<provider name='Shop' guid='" SHOP_GUID_TEXT "' symbol='SHOP'>\n" body "</provider>\n"
#define MANIFEST(body)	 MANIFEST_OF(PROVIDER(body), "")
#define EVENTS(events)	 "<events>\n" events "</events>\n"
#define TEMPLATE(fields) "<templates><template tid='T'>\n" fields "</template></templates>\n"
#define MANIFEST_WITH_TEMPLATE(fields) \
	MANIFEST(EVENTS("<event value='1' template='T'/>") TEMPLATE(fields))

/* An event of it, of a writer with 8-byte pointers. */
static inline struct event_record shop_event(uint16_t id, uint8_t version,
					     const struct payload *payload)
{
	static const uint8_t guid[16] = {4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16};

	return (struct event_record){
		.guid = guid,
		.kind = RECORD_EVENT,
		.id = id,
		.version = version,
		.pid = 1,
		.pointer_bytes = 8,
		.payload = payload ? payload->bytes : NULL,
		.payload_bytes = payload ? (uint32_t)payload->length : 0,
	};
}

#endif
