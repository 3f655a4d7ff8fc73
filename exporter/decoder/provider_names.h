/*
 * provider_names: well-known provider GUIDs and the names they are registered with on Windows.
 *
 * Read-only data, any thread.
 */
#ifndef EXPORTER_DECODER_PROVIDER_NAMES_H
#define EXPORTER_DECODER_PROVIDER_NAMES_H

#include "exporter/guid.h"

/* NULL where the GUID is not in the table. */
const char *provider_name_find(const struct guid *guid);

#endif
