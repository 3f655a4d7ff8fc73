#include "metrics/huge_pages.h"

#include <stdint.h>
#include <sys/mman.h>

#define PAGE_BYTES ((size_t)2 << 20)

/* Only whole pages: those at the ends are others', too. */
void huge_pages_ask(void *memory, size_t bytes)
{
	size_t before = -(uintptr_t)memory & (PAGE_BYTES - 1);

	if (bytes < before + PAGE_BYTES)
		return;
	madvise((char *)memory + before, (bytes - before) & ~(PAGE_BYTES - 1), MADV_HUGEPAGE);
}
