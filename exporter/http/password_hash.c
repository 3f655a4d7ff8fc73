#include "exporter/http/password_hash.h"

#include <string.h>

#include "config/wipe.h"
#include "exporter/http/bcrypt.h"

/* What bcrypt looks at. */
#define PASSWORD_BYTES_MAX 72

/* 2a, 2b and 2y are one thing but for what some libraries once did wrong. */
static void make_setting(const char *hash, char setting[PASSWORD_HASH_BYTES])
{
	memcpy(setting, hash, PASSWORD_HASH_BYTES - 1);
	setting[PASSWORD_HASH_BYTES - 1] = '\0';
	setting[2] = 'b';
}

bool password_hash_check(const char *hash, const char *password, size_t length)
{
	char setting[PASSWORD_HASH_BYTES], made[PASSWORD_HASH_BYTES] = "";
	char phrase[PASSWORD_BYTES_MAX + 1] = "";
	bool whole = !memchr(password, '\0', length), right;

	make_setting(hash, setting);
	memcpy(phrase, password, length < PASSWORD_BYTES_MAX ? length : PASSWORD_BYTES_MAX);
	right = bcrypt_make(phrase, setting, made) &&
		equal_in_constant_time(made, setting, sizeof(made));
	wipe(phrase, sizeof(phrase));
	return right && whole;
}

bool equal_in_constant_time(const void *a, const void *b, size_t count)
{
	const volatile unsigned char *left = a, *right = b;
	unsigned char difference = 0;

	while (count--)
		difference |= (unsigned char)(*left++ ^ *right++);
	return !difference;
}
