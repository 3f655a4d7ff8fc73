#include "metrics/huge_pages.h"

void huge_pages_ask(void *memory, size_t bytes)
{
	(void)memory;
	(void)bytes;
}
