/*
 * etw_answer: what Windows says of providers and events in a structure of no fixed size, whose
 * texts stand at offsets from its beginning. Zeroed to begin with, owned by one thread, used again
 * for the next answer.
 */
#ifndef EXPORTER_ETW_ETW_ANSWER_WINDOWS_H
#define EXPORTER_ETW_ETW_ANSWER_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/decoder/tdh_info.h"
#include "exporter/etw/etw_declarations_windows.h"

struct etw_answer {
	uint8_t *bytes;
	ULONG size; /* of what was answered */
	ULONG room;
};

/*
 * Calls `ask` with the room there is, until that suffices; *size is the room, and then what was
 * written or would be. The last code; a structure of less than `least` bytes is ERROR_INVALID_DATA,
 * one that is too large for us, or for the memory there is, ERROR_NOT_ENOUGH_MEMORY.
 */
ULONG etw_answer_get(struct etw_answer *answer, ULONG least,
		     ULONG (*ask)(void *context, void *to, ULONG *size), void *context);

void etw_answer_done(struct etw_answer *answer);

/* The text at an offset of it, as UTF-8 and without blanks behind; "" where it is not in it. */
static inline void etw_answer_text(const struct etw_answer *answer, ULONG offset,
				   char text[TDH_NAME_SIZE])
{
	tdh_info_text(answer->bytes, answer->size, offset, text);
}

/* How many elements of `bytes` there are from `at` on: as many as are said, and fit. */
ULONG etw_answer_elements(const struct etw_answer *answer, ULONG said, size_t at, size_t bytes);

#endif
