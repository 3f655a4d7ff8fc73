/*
 * Sources: the kernel's Documentation/ABI, stable/sysfs-devices (uevent) and
 * testing/sysfs-kernel-irq (actions). The latter has what is in the last column of
 * /proc/interrupts, where nothing tells it from the columns before.
 */
#include "exporter/machine/devices.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 64
#define LINE_BYTES 512

static const char name_key[] = "DEVNAME=";

static bool add_line(const char *line, struct text *to)
{
	size_t length = strcspn(line, "\n");

	text_add(to, line, length);
	return length != 0;
}

bool device_name(uint32_t dev, struct text *to)
{
	char path[PATH_BYTES], line[LINE_BYTES];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/uevent", kernel_dev_major(dev),
		 kernel_dev_minor(dev));
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = strncmp(line, name_key, strlen(name_key)) == 0;
	fclose(file);
	return found && add_line(line + strlen(name_key), to);
}

bool irq_name(uint32_t irq, struct text *to)
{
	char path[PATH_BYTES], line[LINE_BYTES];
	FILE *file;
	bool found;

	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/actions", irq);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fgets(line, sizeof(line), file);
	fclose(file);
	return found && add_line(line, to);
}
