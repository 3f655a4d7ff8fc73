/*
 * provider_names: well-known provider GUIDs and the names they are registered with on Windows.
 *
 * Read-only data, any thread.
 */
#ifndef EXPORTER_DECODER_PROVIDER_NAMES_H
#define EXPORTER_DECODER_PROVIDER_NAMES_H

#include <stddef.h>

#include "exporter/base/guid.h"

/* NULL where the GUID is not in the table. */
const char *provider_name_find(const struct guid *guid);

/* The name of the provider at an index of the table, whose GUID is put into *guid; NULL: no more.
 */
const char *provider_name_at(size_t index, struct guid *guid);

#endif
