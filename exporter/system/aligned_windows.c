#include <malloc.h>

#include "exporter/system/aligned.h"

void *aligned_new(size_t alignment, size_t bytes)
{
	return _aligned_malloc(bytes, alignment);
}

void aligned_free(void *memory)
{
	_aligned_free(memory);
}
