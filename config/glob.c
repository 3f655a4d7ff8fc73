#include "config/glob.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "config/utf8.h"

/* Text of which the beginning is used up. */
struct span {
	const char *at;
	const char *end;
};

static uint32_t take(struct span *span)
{
	uint32_t code;
	size_t bytes = utf8_next(span->at, (size_t)(span->end - span->at), &code);

	if (!bytes) {
		/* Beyond all code points, so that it is equal to the same byte alone. */
		code = 0x110000u + (unsigned char)*span->at;
		bytes = 1;
	}
	span->at += bytes;
	return code;
}

/* One of a class's characters or ranges. */
static bool take_member(struct span *class, uint32_t code)
{
	uint32_t low = take(class), high = low;

	if (class->end - class->at >= 2 && class->at[0] == '-' && class->at[1] != ']') {
		class->at++;
		high = take(class);
	}
	return code >= low && code <= high;
}

/* `class` is behind the `[`. False: no `]` ends it, so that the `[` is meant as it is. */
static bool match_class(struct span *class, uint32_t code, bool *matches)
{
	bool first = true, negated;

	negated = class->at < class->end && (*class->at == '!' || *class->at == '^');
	class->at += negated;
	*matches = false;
	while (class->at < class->end && (first || *class->at != ']')) {
		*matches |= take_member(class, code);
		first = false;
	}
	if (class->at == class->end)
		return false;
	class->at++;
	*matches ^= negated;
	return true;
}

/* One character of the name by what stands for one in the pattern; moves both. */
static bool match_one(struct span *pattern, struct span *name)
{
	uint32_t wanted = take(pattern), code = take(name);
	struct span class = *pattern;
	bool matches;

	if (wanted == '?')
		return true;
	if (wanted == '[' && match_class(&class, code, &matches)) {
		*pattern = class;
		return matches;
	}
	return wanted == code;
}

bool glob_match(const char *pattern, size_t length, const char *name)
{
	struct span wanted = {pattern, pattern + length}, rest = {name, name + strlen(name)};
	struct span star = {NULL, NULL}, from = rest;

	if (*name == '.' && (!length || *pattern != '.'))
		return false;
	for (;;) {
		if (wanted.at < wanted.end && *wanted.at == '*') {
			wanted.at++;
			star = wanted;
			from = rest;
		} else if (rest.at == rest.end) {
			return wanted.at == wanted.end;
		} else if (wanted.at == wanted.end || !match_one(&wanted, &rest)) {
			/* The last star takes one character more; those before it need not. */
			if (!star.at || from.at == from.end)
				return false;
			take(&from);
			wanted = star;
			rest = from;
		}
	}
}

struct walk {
	char path[PATH_MAX];
	int (*found)(void *context, const char *path);
	void *context;
};

/* The length with `name` behind the path's first `length` bytes; 0: too long. */
static size_t append(struct walk *walk, size_t length, const char *name, size_t name_length)
{
	if (name_length >= sizeof(walk->path) - length) {
		errno = ENAMETOOLONG;
		return 0;
	}
	memcpy(walk->path + length, name, name_length);
	walk->path[length + name_length] = '\0';
	return length + name_length;
}

static bool is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int walk_from(struct walk *walk, size_t length, const char *pattern);

/* The path is complete, or a directory to go on in with `rest`. */
static int go_on(struct walk *walk, size_t length, const char *rest)
{
	if (*rest)
		return walk_from(walk, length, rest);
	return is_directory(walk->path) ? 0 : walk->found(walk->context, walk->path);
}

/* Every entry of the directory in walk->path that matches; `rest` is behind the component. */
static int walk_entries(struct walk *walk, DIR *entries, size_t length, const char *component,
			const char *rest)
{
	struct dirent *entry;
	size_t longer;
	int result = 0;

	while (!result) {
		errno = 0;
		entry = readdir(entries);
		if (!entry)
			return errno ? -1 : 0;
		if (!glob_match(component, (size_t)(rest - component), entry->d_name))
			continue;
		if (*rest && entry->d_type == DT_REG)
			continue;
		longer = append(walk, length, entry->d_name, strlen(entry->d_name));
		if (!longer)
			return -1;
		result = *rest == '\0' && entry->d_type == DT_REG
				 ? walk->found(walk->context, walk->path)
				 : go_on(walk, longer, rest);
	}
	return result;
}

static int walk_matches(struct walk *walk, size_t length, const char *component, const char *rest)
{
	DIR *entries;
	int result, error;

	walk->path[length] = '\0';
	entries = opendir(length ? walk->path : ".");
	if (!entries)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	result = walk_entries(walk, entries, length, component, rest);
	error = errno;
	closedir(entries);
	errno = error;
	return result;
}

/* `pattern` goes on behind the path's first `length` bytes; as deep as it has components. */
static int walk_from(struct walk *walk, size_t length, const char *pattern)
{
	size_t slashes = strspn(pattern, "/"), bytes = strcspn(pattern + slashes, "/");
	const char *component = pattern + slashes;
	struct stat status;

	if (slashes) {
		length = append(walk, length, pattern, slashes);
		if (!length)
			return -1;
	}
	if (!bytes)
		return 0;
	if (strcspn(component, GLOB_CHARACTERS) < bytes)
		return walk_matches(walk, length, component, component + bytes);
	length = append(walk, length, component, bytes);
	if (!length)
		return -1;
	if (component[bytes] == '\0' && stat(walk->path, &status))
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	return go_on(walk, length, component + bytes);
}

int glob_walk(const char *pattern, int (*found)(void *context, const char *path), void *context)
{
	struct walk walk = {.found = found, .context = context};

	return walk_from(&walk, 0, pattern);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t length = strlen(name), wanted = strlen(suffix);

	return length >= wanted && strcasecmp(name + length - wanted, suffix) == 0;
}

static bool is_file(const struct dirent *entry, const char *path)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_REG;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int list_entries(struct walk *walk, DIR *entries, size_t length, const char *suffix)
{
	struct dirent *entry;
	int result = 0;

	while (!result) {
		errno = 0;
		entry = readdir(entries);
		if (!entry)
			return errno ? -1 : 0;
		if (!ends_in(entry->d_name, suffix))
			continue;
		if (!append(walk, length, entry->d_name, strlen(entry->d_name)))
			return -1;
		if (is_file(entry, walk->path))
			result = walk->found(walk->context, walk->path);
	}
	return result;
}

int glob_directory(const char *directory, const char *suffix,
		   int (*found)(void *context, const char *path), void *context)
{
	struct walk walk = {.found = found, .context = context};
	DIR *entries = opendir(directory);
	size_t length;
	int result = -1, error;

	if (!entries)
		return -1;
	length = append(&walk, 0, directory, strlen(directory));
	if (length && walk.path[length - 1] != '/')
		length = append(&walk, length, "/", 1);
	if (length)
		result = list_entries(&walk, entries, length, suffix);
	error = errno;
	closedir(entries);
	errno = error;
	return result;
}
