/*
 * config_check: what is said of a configuration. One thread.
 */
#ifndef TESTS_SUPPORT_CONFIG_CHECK_H
#define TESTS_SUPPORT_CONFIG_CHECK_H

#include <stddef.h>
#include <string.h>

/*
 * Fails the test unless the text has these problems, each as `line:column: text`, in this order,
 * and no others. A configuration is there unless one of them is no warning. NULL ends `wanted`.
 */
void config_check(const char *text, size_t length, const char *const *wanted);

#define CHECK(text, ...) config_check(text, strlen(text), (const char *const[]){__VA_ARGS__, NULL})

#endif
