#include "exporter/source/module_watch_linux.h"

#include <stddef.h>
#include <fcntl.h>
#include <unistd.h>

#include "config/fnv.h"

/* Of what stands up to the first space in each line: what follows changes with use. */
static uint64_t add_names(uint64_t hash, const char *text, size_t length, bool *in_name)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (text[i] == ' ')
			*in_name = false;
		if (*in_name || text[i] == '\n')
			hash = fnv_byte(hash, (unsigned char)text[i]);
		if (text[i] == '\n')
			*in_name = true;
	}
	return hash;
}

static uint64_t hash_modules(void)
{
	uint64_t hash = FNV_BEGIN;
	bool in_name = true;
	char text[4096];
	ssize_t got;
	int fd = open("/proc/modules", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return hash;
	while ((got = read(fd, text, sizeof(text))) > 0)
		hash = add_names(hash, text, (size_t)got, &in_name);
	close(fd);
	return hash;
}

void module_watch_init(struct module_watch *watch)
{
	watch->hash = hash_modules();
}

bool module_watch_changed(struct module_watch *watch)
{
	uint64_t hash = hash_modules();
	bool changed = hash != watch->hash;

	watch->hash = hash;
	return changed;
}
