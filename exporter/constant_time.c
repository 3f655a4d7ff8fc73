#include "exporter/password_hash.h"

bool equal_in_constant_time(const void *a, const void *b, size_t count)
{
	const volatile unsigned char *left = a, *right = b;
	unsigned char difference = 0;

	while (count--)
		difference |= (unsigned char)(*left++ ^ *right++);
	return !difference;
}
