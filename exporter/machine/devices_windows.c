/* Windows has no devices and interrupts as Linux numbers them. */
#include "exporter/machine/devices.h"

bool device_name(uint32_t dev, struct text *to)
{
	(void)dev;
	(void)to;
	return false;
}

bool irq_name(uint32_t irq, struct text *to)
{
	(void)irq;
	(void)to;
	return false;
}
