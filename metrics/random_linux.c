#include <sys/random.h>

#include "metrics/random.h"

bool random_fill(void *to, size_t count)
{
	return getrandom(to, count, GRND_NONBLOCK) == (ssize_t)count;
}
