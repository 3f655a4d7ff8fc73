/*
 * service_sid: the security identifier that Windows gives a service by its name:
 * S-1-5-80-A-B-C-D-E, which is that of the account "NT SERVICE\NAME", too.
 *
 * Source: [MS-DTYP] 2.4.2.4 (well-known SIDs, NT SERVICE), and RtlCreateServiceSid: the numbers are
 * SHA-1 of the name in upper case. Any thread.
 */
#ifndef EXPORTER_SERVICE_SID_H
#define EXPORTER_SERVICE_SID_H

#include <stdint.h>

#define SERVICE_SID_NUMBERS 5

/* What follows on S-1-5-80. Of a name in ASCII. */
void service_sid(const char *name, uint32_t numbers[SERVICE_SID_NUMBERS]);

#endif
