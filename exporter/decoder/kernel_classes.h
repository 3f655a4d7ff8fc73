/*
 * kernel_classes: the classic (MOF) event classes of the Windows kernel and their event types.
 *
 * Records of the system, compact and perfinfo kinds carry a group number in place of a class GUID.
 * Source: the MOF classes that Microsoft documents under "NT Kernel Logger constants" and
 * "MSNT_SystemTrace". Read-only data, any thread.
 */
#ifndef EXPORTER_KERNEL_CLASSES_H
#define EXPORTER_KERNEL_CLASSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/base/guid.h"

struct mof_row;

struct kernel_class {
	struct guid guid;
	const char *name;	      /* "Process", "DiskIo" */
	const struct mof_row *events; /* its table; NULL: no type of it is documented */
};

/* The class of an event whose hook is group << 8 | type. NULL: no such group is known. */
const struct kernel_class *kernel_class_of_hook(uint8_t group, uint8_t type);

/* NULL: no such class is known. Classes without a group are found too. */
const struct kernel_class *kernel_class_find(const struct guid *guid);

/* In no order that means anything; NULL: no more. */
const struct kernel_class *kernel_class_at(size_t index);

/* Whether a class is called so, with just this case. */
bool kernel_class_is_named(const char *name);

/*
 * "Start", "Read": what the newest documented version up to this one calls the type, or else the
 * first that has it. NULL where the class or the type is not known.
 */
const char *kernel_event_name(const struct kernel_class *class, uint16_t version, uint8_t type);

#endif
