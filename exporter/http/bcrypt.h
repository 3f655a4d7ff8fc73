/*
 * bcrypt: the hash itself, libxcrypt's. Any thread.
 */
#ifndef EXPORTER_BCRYPT_H
#define EXPORTER_BCRYPT_H

#include <stdbool.h>

#define BCRYPT_BYTES 61 /* with its end */

/* `setting` is $2b$, cost and salt; what is behind them does not matter. False: out of memory. */
bool bcrypt_make(const char *phrase, const char *setting, char made[BCRYPT_BYTES]);

#endif
