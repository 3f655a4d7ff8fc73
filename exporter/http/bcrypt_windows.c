#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "config/wipe.h"
#include "exporter/http/bcrypt.h"

#define SCRATCH_BYTES 8192

/* Of libxcrypt's lib/crypt-bcrypt.c, by itself: exporter/windows/libraries.sh. Writes nothing where
 * it fails. */
void crypt_bcrypt_rn(const char *phrase, size_t phrase_size, const char *setting,
		     size_t setting_size, uint8_t *output, size_t output_size, void *scratch,
		     size_t scratch_size);

bool bcrypt_make(const char *phrase, const char *setting, char made[BCRYPT_BYTES])
{
	void *scratch = calloc(1, SCRATCH_BYTES);

	if (!scratch)
		return false;
	made[0] = '\0';
	crypt_bcrypt_rn(phrase, 0, setting, 0, (uint8_t *)made, BCRYPT_BYTES, scratch,
			SCRATCH_BYTES);
	wipe(scratch, SCRATCH_BYTES);
	free(scratch);
	return made[0];
}
