/*
 * random: numbers that nobody can foretell, from the system. Any thread.
 */
#ifndef METRICS_RANDOM_H
#define METRICS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Fills `count` bytes, at most 256. False: there are none (yet: nothing is waited for), and what is
 * there is undefined.
 */
bool random_fill(void *to, size_t count);

#endif
