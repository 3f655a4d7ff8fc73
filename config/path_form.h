/*
 * path_form: how paths are written on this system. Pure functions, any thread.
 */
#ifndef CONFIG_PATH_FORM_H
#define CONFIG_PATH_FORM_H

#include <stdbool.h>
#include <stddef.h>

/* The characters that stand between the folders of a path; "/" is one everywhere. */
extern const char path_separators[];

/* Whether names that differ in case alone mean the same file. */
extern const bool path_ignores_case;

/* Whether it means the same wherever the program was started. */
bool path_is_absolute(const char *path);

/* How many characters at its beginning are no part of a name: those of "\\?\" on Windows. */
size_t path_prefix(const char *path);

/* What is behind the last folder; all of it where there is none. */
const char *path_name(const char *path);

/* A copy of what is before path_name(), the caller's; "" where the path has no folder. NULL: no
 * memory. */
char *path_folder(const char *path);

#endif
