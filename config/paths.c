#include "config/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/files.h"
#include "config/glob.h"
#include "config/path_form.h"

/* Paths beyond what there is room for are kept until there are as many of them, then thrown away.
 */
#define SLACK 1024

/* What one call finds that the list does not hold. */
struct finder {
	char **held; /* the list's paths, sorted; borrowed strings */
	size_t held_count;
	struct path_list found;
	size_t capacity;
	size_t room; /* for so many more paths */
	long refused;
};

bool path_is_stdin(const char *path)
{
	return strcmp(path, PATH_STDIN) == 0;
}

bool path_is_special(const char *path)
{
	return path_is_stdin(path) || strncmp(path, PATH_BUILTIN, strlen(PATH_BUILTIN)) == 0;
}

bool path_is_glob(const char *path)
{
	struct file_status status;

	return !path_is_special(path) && strpbrk(path + path_prefix(path), GLOB_CHARACTERS) &&
	       file_status(path, &status) != 0;
}

void paths_done(struct path_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct path_list){0};
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(char **paths, size_t count)
{
	if (count)
		qsort(paths, count, sizeof(*paths), compare);
}

/* Leaves the first ones that there is room for, sorted. */
static void cut(struct finder *finder)
{
	struct path_list *found = &finder->found;

	sort(found->paths, found->count);
	while (found->count > finder->room) {
		free(found->paths[--found->count]);
		finder->refused++;
	}
}

static int grow(struct finder *finder)
{
	size_t capacity = finder->capacity ? finder->capacity * 2 : 16;
	char **paths = realloc(finder->found.paths, capacity * sizeof(*paths));

	if (!paths)
		return -1;
	finder->found.paths = paths;
	finder->capacity = capacity;
	return 0;
}

static int add(void *context, const char *path)
{
	struct finder *finder = context;
	struct path_list *found = &finder->found;

	if (finder->held_count &&
	    bsearch(&path, finder->held, finder->held_count, sizeof(*finder->held), compare))
		return 0;
	if (found->count / 2 >= SLACK && found->count / 2 - SLACK >= finder->room)
		cut(finder);
	if (found->count == finder->capacity && grow(finder))
		return -1;
	found->paths[found->count] = strdup(path);
	if (!found->paths[found->count])
		return -1;
	found->count++;
	return 0;
}

static int find(struct finder *finder, const char *path, const char *suffix)
{
	struct file_status status;

	if (path_is_glob(path))
		return glob_walk(path, add, finder);
	if (!path_is_special(path) && file_status(path, &status) == 0 &&
	    status.kind == FILE_KIND_FOLDER)
		return glob_directory(path, suffix, add, finder);
	return add(finder, path);
}

/* Moves what was found to the list. */
static int append(struct path_list *list, struct finder *finder)
{
	size_t count;
	char **paths;

	cut(finder);
	if (!finder->found.count)
		return 0;
	count = list->count + finder->found.count;
	paths = realloc(list->paths, count * sizeof(*paths));
	if (!paths)
		return -1;
	memcpy(paths + list->count, finder->found.paths, finder->found.count * sizeof(*paths));
	list->paths = paths;
	list->count = count;
	finder->found.count = 0;
	return 0;
}

static int finder_init(struct finder *finder, const struct path_list *list, size_t limit)
{
	*finder = (struct finder){.room = limit > list->count ? limit - list->count : 0};
	if (!list->count)
		return 0;
	finder->held = malloc(list->count * sizeof(*finder->held));
	if (!finder->held)
		return -1;
	memcpy(finder->held, list->paths, list->count * sizeof(*finder->held));
	finder->held_count = list->count;
	sort(finder->held, finder->held_count);
	return 0;
}

long paths_expand_suffix(struct path_list *list, const char *path, const char *suffix, size_t limit)
{
	struct finder finder;
	int result, error;

	result = finder_init(&finder, list, limit);
	if (!result)
		result = find(&finder, path, suffix);
	if (!result)
		result = append(list, &finder);
	error = errno;
	paths_done(&finder.found);
	free(finder.held);
	errno = error;
	return result ? -1 : finder.refused;
}

long paths_expand(struct path_list *list, const char *path, size_t limit)
{
	return paths_expand_suffix(list, path, ".etl", limit);
}
