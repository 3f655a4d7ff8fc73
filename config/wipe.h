/*
 * wipe: forgets secrets before their memory is given back. Any thread.
 */
#ifndef CONFIG_WIPE_H
#define CONFIG_WIPE_H

#include <stddef.h>

/* Also where a compiler sees that nobody reads it any more. */
static inline void wipe(void *memory, size_t count)
{
	volatile unsigned char *at = memory;

	while (count--)
		*at++ = 0;
}

#endif
