/*
 * filetime: how Windows counts time: in units of 100 ns since the beginning of 1601, UTC.
 */
#ifndef CONFIG_FILETIME_H
#define CONFIG_FILETIME_H

/* Of 1970, where Unix' time begins. */
#define FILETIME_UNIX_EPOCH 116444736000000000

#endif
