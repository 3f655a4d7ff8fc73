/*
 * wide_path: paths and other texts as Windows takes them. Any thread.
 */
#ifndef CONFIG_WIDE_PATH_WINDOWS_H
#define CONFIG_WIDE_PATH_WINDOWS_H

#include <wchar.h>

/*
 * The path in UTF-16, the caller's to free; behind the prefix that lets it be longer than 260
 * characters where it needs that. NULL: see errno.
 */
wchar_t *wide_path(const char *path);

/* Any text between UTF-8 and UTF-16, the caller's to free. NULL: see errno. */
wchar_t *wide_from_utf8(const char *text);
char *wide_to_utf8(const wchar_t *wide);

/* Where this program's file is, the caller's to free. NULL: it cannot be found out. */
wchar_t *wide_own_path(void);

/* The errno that GetLastError()'s number means. */
int wide_path_errno(void);

#endif
