/*
 * thread_limit: lets a test run out of threads.
 */
#ifndef TESTS_SUPPORT_THREAD_LIMIT_H
#define TESTS_SUPPORT_THREAD_LIMIT_H

#include <stddef.h>

/* So many more threads can be started, until thread_limit_end(). What cannot be had aborts. */
void thread_limit_begin(size_t threads);
void thread_limit_end(void);

#endif
