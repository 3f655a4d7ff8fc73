#include <windows.h>

#include <bcrypt.h>

#include "metrics/random.h"

bool random_fill(void *to, size_t count)
{
	return BCRYPT_SUCCESS(
		BCryptGenRandom(NULL, to, (ULONG)count, BCRYPT_USE_SYSTEM_PREFERRED_RNG));
}
