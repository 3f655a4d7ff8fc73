#include "exporter/password_hash.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "config/wipe.h"

/* What bcrypt looks at. */
#define PASSWORD_BYTES_MAX 72

const bool password_hash_works = true;

/* 2a, 2b and 2y are one thing but for what some libraries once did wrong. */
static void make_setting(const char *hash, char setting[PASSWORD_HASH_BYTES])
{
	memcpy(setting, hash, PASSWORD_HASH_BYTES - 1);
	setting[PASSWORD_HASH_BYTES - 1] = '\0';
	setting[2] = 'b';
}

bool password_hash_check(const char *hash, const char *password, size_t length)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char setting[PASSWORD_HASH_BYTES], phrase[PASSWORD_BYTES_MAX + 1] = "";
	bool whole = !memchr(password, '\0', length), right;
	const char *made;

	if (!data)
		return false;
	make_setting(hash, setting);
	memcpy(phrase, password, length < PASSWORD_BYTES_MAX ? length : PASSWORD_BYTES_MAX);
	made = crypt_r(phrase, setting, data);
	right = made && strlen(made) == strlen(setting) &&
		equal_in_constant_time(made, setting, strlen(setting));
	wipe(phrase, sizeof(phrase));
	wipe(data, sizeof(*data));
	free(data);
	return right && whole;
}
