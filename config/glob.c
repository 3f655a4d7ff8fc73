#include "config/glob.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config/files.h"
#include "config/path_form.h"
#include "config/utf8.h"

/* Text of which the beginning is used up. */
struct span {
	const char *at;
	const char *end;
	bool any_case; /* of A to Z */
};

#define GLOB_PATH_BYTES 4096

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
	return span->any_case && code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
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

static bool match(struct span wanted, struct span rest)
{
	struct span star = {NULL, NULL, false}, from = rest;

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

bool glob_match(const char *pattern, size_t length, const char *name)
{
	if (*name == '.' && (!length || *pattern != '.'))
		return false;
	return match((struct span){pattern, pattern + length, path_ignores_case},
		     (struct span){name, name + strlen(name), path_ignores_case});
}

bool glob_match_any_case(const char *pattern, const char *name)
{
	return match((struct span){pattern, pattern + strlen(pattern), true},
		     (struct span){name, name + strlen(name), true});
}

struct walk {
	char path[GLOB_PATH_BYTES];
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
	struct file_status status;

	return file_status(path, &status) == 0 && status.kind == FILE_KIND_FOLDER;
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
static int walk_entries(struct walk *walk, struct folder *entries, size_t length,
			const char *component, const char *rest)
{
	enum file_kind kind;
	const char *name;
	size_t longer;
	int result = 0;

	while (!result) {
		name = folder_next(entries, &kind);
		if (!name)
			return errno ? -1 : 0;
		if (!glob_match(component, (size_t)(rest - component), name))
			continue;
		if (*rest && kind == FILE_KIND_REGULAR)
			continue;
		longer = append(walk, length, name, strlen(name));
		if (!longer)
			return -1;
		result = *rest == '\0' && kind == FILE_KIND_REGULAR
				 ? walk->found(walk->context, walk->path)
				 : go_on(walk, longer, rest);
	}
	return result;
}

static int walk_matches(struct walk *walk, size_t length, const char *component, const char *rest)
{
	struct folder *entries;
	int result;

	walk->path[length] = '\0';
	entries = folder_open(length ? walk->path : ".");
	if (!entries)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	result = walk_entries(walk, entries, length, component, rest);
	folder_close(entries);
	return result;
}

/* `pattern` goes on behind the path's first `length` bytes; as deep as it has components. */
static int walk_from(struct walk *walk, size_t length, const char *pattern)
{
	size_t slashes = strspn(pattern, path_separators);
	size_t bytes = strcspn(pattern + slashes, path_separators);
	const char *component = pattern + slashes;
	struct file_status status;

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
	if (component[bytes] == '\0' && file_status(walk->path, &status))
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	return go_on(walk, length, component + bytes);
}

int glob_walk(const char *pattern, int (*found)(void *context, const char *path), void *context)
{
	struct walk walk = {.found = found, .context = context};
	size_t prefix = path_prefix(pattern);

	memcpy(walk.path, pattern, prefix);
	return walk_from(&walk, prefix, pattern + prefix);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t length = strlen(name), wanted = strlen(suffix);

	return length >= wanted && strcasecmp(name + length - wanted, suffix) == 0;
}

static bool is_file(enum file_kind kind, const char *path)
{
	struct file_status status;

	if (kind != FILE_KIND_UNKNOWN)
		return kind == FILE_KIND_REGULAR;
	return file_status(path, &status) == 0 && status.kind == FILE_KIND_REGULAR;
}

static int list_entries(struct walk *walk, struct folder *entries, size_t length,
			const char *suffix)
{
	enum file_kind kind;
	const char *name;
	int result = 0;

	while (!result) {
		name = folder_next(entries, &kind);
		if (!name)
			return errno ? -1 : 0;
		if (!ends_in(name, suffix))
			continue;
		if (!append(walk, length, name, strlen(name)))
			return -1;
		if (is_file(kind, walk->path))
			result = walk->found(walk->context, walk->path);
	}
	return result;
}

int glob_directory(const char *directory, const char *suffix,
		   int (*found)(void *context, const char *path), void *context)
{
	struct walk walk = {.found = found, .context = context};
	struct folder *entries = folder_open(directory);
	size_t length;
	int result = -1;

	if (!entries)
		return -1;
	length = append(&walk, 0, directory, strlen(directory));
	if (length && !strchr(path_separators, walk.path[length - 1]))
		length = append(&walk, length, "/", 1);
	if (length)
		result = list_entries(&walk, entries, length, suffix);
	folder_close(entries);
	return result;
}
