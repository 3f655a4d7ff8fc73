/*
 * mof: the documented payloads of the classic kernel event classes, every version.
 *
 * Source: the MOF classes that Microsoft documents (MSNT_SystemTrace and its children). Read-only
 * data, any thread.
 */
#ifndef EXPORTER_DECODER_MOF_H
#define EXPORTER_DECODER_MOF_H

#include "exporter/base/guid.h"
#include "exporter/decoder/known_event.h"
#include "exporter/schema/schema.h"

/*
 * A new schema (the caller frees it) for an event of this class, version and type; NULL: none is
 * documented, or no memory. Provider is the class's name, event the type's.
 */
struct schema *mof_schema_new(const struct guid *class_guid, uint16_t version, uint8_t type);

/*
 * All that is documented, class by class, type by type, versions ascending. What is handed out is
 * valid during the call. False: the visitor wanted no more, or no memory.
 */
bool mof_each(known_event_visit *visit, void *context);

#endif
