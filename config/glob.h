/*
 * glob: patterns for file names, and finding the files. Any thread; nothing is kept.
 */
#ifndef CONFIG_GLOB_H
#define CONFIG_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* The characters that make a path a pattern. */
#define GLOB_CHARACTERS "*?["

/*
 * Whether a name without `/` matches the first `length` bytes of a pattern: `*` any text, `?` one
 * character, `[a-z]` one of these, `[!a-z]` or `[^a-z]` one of none of these; a `.` at the
 * beginning only matches itself. Case matters where it does to files. Bytes that are not UTF-8 are
 * characters of their own.
 */
bool glob_match(const char *pattern, size_t length, const char *name);

/* The same of any text, where case from A to Z does not matter, nor a `.` at the beginning. */
bool glob_match_any_case(const char *pattern, const char *name);

/*
 * Calls `found` with every path that matches and is no directory, in no order; stops where that
 * returns other than 0, with what it returned. -1: a directory that is there cannot be read, or the
 * pattern is too long (errno).
 */
int glob_walk(const char *pattern, int (*found)(void *context, const char *path), void *context);

/*
 * The files in a directory that end in `suffix` in any case; as glob_walk(), but -1 as well where
 * the directory is not there.
 */
int glob_directory(const char *directory, const char *suffix,
		   int (*found)(void *context, const char *path), void *context);

#endif
