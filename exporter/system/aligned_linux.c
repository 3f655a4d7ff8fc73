#include <stdlib.h>

#include "exporter/system/aligned.h"

void *aligned_new(size_t alignment, size_t bytes)
{
	return aligned_alloc(alignment, bytes);
}

void aligned_free(void *memory)
{
	free(memory);
}
