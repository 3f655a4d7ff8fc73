/*
 * devices: what this machine calls block devices and interrupts.
 *
 * Pure functions that read sysfs, any thread.
 */
#ifndef EXPORTER_MACHINE_DEVICES_H
#define EXPORTER_MACHINE_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/text.h"

/*
 * Parts of a dev_t as the kernel has it, in 32 bits: not as user space does
 * (include/linux/kdev_t.h).
 */
static inline uint32_t kernel_dev_major(uint32_t dev)
{
	return dev >> 20;
}

static inline uint32_t kernel_dev_minor(uint32_t dev)
{
	return dev & 0xfffff;
}

/* Appends the name of a disk or partition, "sda1"; false: there is no such one. */
bool device_name(uint32_t dev, struct text *to);

/* Appends the names of an interrupt's handlers, with a comma in between; false: it has none. */
bool irq_name(uint32_t irq, struct text *to);

#endif
