#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "config/wipe.h"
#include "exporter/http/bcrypt.h"

bool bcrypt_make(const char *phrase, const char *setting, char made[BCRYPT_BYTES])
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *hash = data ? crypt_r(phrase, setting, data) : NULL;
	bool right = hash && strlen(hash) == BCRYPT_BYTES - 1;

	if (right)
		memcpy(made, hash, BCRYPT_BYTES);
	if (data)
		wipe(data, sizeof(*data));
	free(data);
	return right;
}
