/*
 * paths: which files a configured path means. Any thread; a list belongs to one.
 */
#ifndef CONFIG_PATHS_H
#define CONFIG_PATHS_H

#include <stdbool.h>
#include <stddef.h>

struct path_list {
	char **paths;
	size_t count;
};

/*
 * Appends the files that `path` means now: a glob's matches (`*`, `?`, `[...]`) but directories, of
 * a directory the files that end in .etl in any case (not of its subdirectories), else the path
 * itself, whether it exists or not. A glob's `*`, `?` and `[...]` match no `/`, and no `.` that a
 * name begins with; a directory that is not there has no files. Sorted by name bytewise within this
 * call; duplicates of what the list holds are left out; no more than `limit` paths in the list.
 * Returns the number of paths that the limit kept out, or -1 when out of memory or a directory
 * cannot be read (errno); then the list is as before.
 */
long paths_expand(struct path_list *list, const char *path, size_t limit);
/* The same with the files of a directory that end in `suffix`. */
long paths_expand_suffix(struct path_list *list, const char *path, const char *suffix,
			 size_t limit);
void paths_done(struct path_list *list);

/* True where the path has a glob character and no file of just that name exists. */
bool path_is_glob(const char *path);

#define PATH_STDIN   "-"
#define PATH_BUILTIN "builtin:" /* begins the name of a recording that is part of the program */

/* True where the path names no file: standard input, or what is built in. */
bool path_is_special(const char *path);
bool path_is_stdin(const char *path);

#endif
