#include "exporter/service/service_sid.h"

#include "exporter/base/sha1.h"

static uint32_t little_endian(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void service_sid(const char *name, uint32_t numbers[SERVICE_SID_NUMBERS])
{
	uint8_t hash[SHA1_BYTES];
	struct sha1 sha1;
	size_t i;

	sha1_init(&sha1);
	for (; *name; name++) {
		char upper = (char)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
		const uint8_t utf16[2] = {(uint8_t)upper, 0};

		sha1_add(&sha1, utf16, sizeof(utf16));
	}
	sha1_finish(&sha1, hash);
	for (i = 0; i < SERVICE_SID_NUMBERS; i++)
		numbers[i] = little_endian(hash + i * sizeof(*numbers));
}
