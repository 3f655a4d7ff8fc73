#include "exporter/etw/etw_answer_windows.h"

#include <stdlib.h>

/* An answer of Windows' larger than this is refused. */
#define ANSWER_BYTES_MAX (16u << 20)
/* What is to be answered may grow from call to call, but not for ever. */
#define TRIES_MAX   8
#define FIRST_BYTES 4096u

static bool grow(struct etw_answer *answer, ULONG room)
{
	uint8_t *bytes;

	if (room > ANSWER_BYTES_MAX)
		return false;
	bytes = realloc(answer->bytes, room);
	if (!bytes)
		return false;
	answer->bytes = bytes;
	answer->room = room;
	return true;
}

ULONG etw_answer_get(struct etw_answer *answer, ULONG least,
		     ULONG (*ask)(void *context, void *to, ULONG *size), void *context)
{
	ULONG code = ERROR_INSUFFICIENT_BUFFER, size = FIRST_BYTES;
	unsigned int tries;

	answer->size = 0;
	for (tries = 0; code == ERROR_INSUFFICIENT_BUFFER && tries < TRIES_MAX; tries++) {
		if (size > answer->room && !grow(answer, size))
			return ERROR_NOT_ENOUGH_MEMORY;
		size = answer->room;
		code = ask(context, answer->bytes, &size);
	}
	if (code != ERROR_SUCCESS)
		return code;
	answer->size = size < answer->room ? size : answer->room;
	return answer->size < least ? ERROR_INVALID_DATA : ERROR_SUCCESS;
}

void etw_answer_done(struct etw_answer *answer)
{
	free(answer->bytes);
}

ULONG etw_answer_elements(const struct etw_answer *answer, ULONG said, size_t at, size_t bytes)
{
	size_t fit = answer->size < at ? 0 : (answer->size - at) / bytes;

	return said < fit ? said : (ULONG)fit;
}
