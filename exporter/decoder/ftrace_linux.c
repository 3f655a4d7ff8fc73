#include "exporter/decoder/ftrace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/decoder/ftrace_private.h"

/* The longest that there are have some 20 KiB. */
#define FORMAT_BYTES_MAX ((size_t)256 << 10)

/* IDs have 16 bits in a record. */
#define IDS 65536

/* In a row: IDs that there are not come from damaged records, and each look takes milliseconds. */
#define MISSES_MAX 8

struct ftrace_formats {
	char *path;
	char *names[IDS]; /* SYSTEM/EVENT; NULL: not known */
	uint16_t version; /* for which names are known */
	int misses;	  /* looks that did not find what they were for */
	struct ftrace_maps *maps;
};

struct ftrace_formats *ftrace_formats_new(const char *path)
{
	struct ftrace_formats *formats = calloc(1, sizeof(*formats));

	if (!formats)
		return NULL;
	formats->path = strdup(path);
	if (!formats->path) {
		ftrace_formats_free(formats);
		return NULL;
	}
	return formats;
}

static void forget_names(struct ftrace_formats *formats)
{
	size_t i;

	for (i = 0; i < IDS; i++) {
		free(formats->names[i]);
		formats->names[i] = NULL;
	}
}

void ftrace_formats_free(struct ftrace_formats *formats)
{
	if (!formats)
		return;
	forget_names(formats);
	free(formats->path);
	ftrace_maps_free(formats->maps);
	free(formats);
}

/* Files of tracefs have no size. NULL: it cannot be read, is empty, or too long. */
static char *read_file(const char *path, size_t limit, size_t *length)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	char *text = file < 0 ? NULL : malloc(limit + 1);
	ssize_t got = 1;

	*length = 0;
	while (text && got > 0 && *length <= limit) {
		got = read(file, text + *length, limit + 1 - *length);
		*length += got > 0 ? (size_t)got : 0;
	}
	if (file >= 0)
		close(file);
	if (text && got == 0 && *length > 0 && *length <= limit) {
		text[*length] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

/* Events of the system `ftrace` have no file `id`, but all have their ID in `format`. */
static long read_format_id(const char *path)
{
	static const char label[] = "\nID: ";
	char file[PATH_MAX], *text, *at;
	size_t length;
	long id = -1;

	if ((size_t)snprintf(file, sizeof(file), "%s/format", path) >= sizeof(file))
		return -1;
	text = read_file(file, FORMAT_BYTES_MAX, &length);
	at = text ? strstr(text, label) : NULL;
	if (at)
		id = strtol(at + sizeof(label) - 1, NULL, 10);
	free(text);
	return id;
}

/* -1: it has none. */
static long read_id(const char *path)
{
	char file[PATH_MAX], *text;
	size_t length;
	long id;

	if ((size_t)snprintf(file, sizeof(file), "%s/id", path) >= sizeof(file))
		return -1;
	text = read_file(file, 32, &length);
	if (!text)
		return read_format_id(path);
	id = strtol(text, NULL, 10);
	free(text);
	return id;
}

static void note_event(struct ftrace_formats *formats, const char *name)
{
	char path[PATH_MAX];
	long id;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", formats->path, name) >= sizeof(path))
		return;
	id = read_id(path);
	if (id < 0 || id >= IDS || formats->names[id])
		return;
	formats->names[id] = strdup(name);
}

/* Calls for each folder in one that is meant to be looked at. */
static void each_folder(struct ftrace_formats *formats, const char *inside,
			void (*visit)(struct ftrace_formats *formats, const char *name))
{
	char path[PATH_MAX], name[2 * NAME_MAX + 2];
	struct dirent *entry;
	DIR *folder;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", formats->path, inside) >= sizeof(path))
		return;
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%.255s%s%.255s", inside, *inside ? "/" : "",
			 entry->d_name);
		visit(formats, name);
	}
	if (folder)
		closedir(folder);
}

static void note_system(struct ftrace_formats *formats, const char *name)
{
	each_folder(formats, name, note_event);
}

/* Modules come and go, and with them their events. */
static const char *find_name(struct ftrace_formats *formats, uint16_t id, uint16_t version)
{
	if (version != formats->version) {
		forget_names(formats);
		formats->misses = 0;
	}
	formats->version = version;
	if (formats->names[id] || formats->misses == MISSES_MAX)
		return formats->names[id];
	forget_names(formats);
	each_folder(formats, "", note_system);
	formats->misses = formats->names[id] ? 0 : formats->misses + 1;
	return formats->names[id];
}

/*
 * Probes have arrays of texts, `char[][3] name`, of which libtraceevent understands nothing, nor of
 * their events. How many they are their size says, too. NULL: no memory.
 */
static char *without_counts(const char *text, size_t length)
{
	char *copy = malloc(length + 1), *at;

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	for (at = copy; (at = strstr(at, "char[][")); at += strlen("char[]"))
		memset(at + strlen("char[]"), ' ', strcspn(at + strlen("char[]"), " ;\n"));
	return copy;
}

static bool parse_text(struct tep_handle *tep, const char *system, const char *text, size_t length)
{
	char *copy = without_counts(text, length);

	if (copy)
		tep_parse_event(tep, copy, length, system);
	free(copy);
	return copy != NULL;
}

struct tep_handle *ftrace_format_parse(const char *system, const char *text, size_t length,
				       struct tep_event **event)
{
	struct tep_handle *tep = tep_alloc();

	*event = NULL;
	if (!tep)
		return NULL;
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_long_size(tep, sizeof(long));
	tep_set_file_bigendian(tep, TEP_LITTLE_ENDIAN);
	tep_set_local_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	if (parse_text(tep, system, text, length))
		*event = tep_get_first_event(tep);
	if (*event)
		return tep;
	tep_free(tep);
	return NULL;
}

struct schema *ftrace_schema_parse(struct ftrace_formats *formats, const char *system,
				   const char *text, size_t length)
{
	struct tep_event *event;
	struct tep_handle *tep = ftrace_format_parse(system, text, length, &event);
	struct schema *schema = NULL;

	if (!tep)
		return NULL;
	if (event->format.nr_common)
		schema = ftrace_schema_make(&formats->maps, event);
	tep_free(tep);
	return schema;
}

static struct schema *read_schema(struct ftrace_formats *formats, const char *name)
{
	char path[PATH_MAX], system[NAME_MAX + 1];
	struct schema *schema = NULL;
	size_t length;
	char *text;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s/format", formats->path, name) >=
	    sizeof(path))
		return NULL;
	snprintf(system, sizeof(system), "%.*s", (int)strcspn(name, "/"), name);
	text = read_file(path, FORMAT_BYTES_MAX, &length);
	if (text)
		schema = ftrace_schema_parse(formats, system, text, length);
	free(text);
	return schema;
}

struct schema *ftrace_schema_new(struct ftrace_formats *formats, uint16_t id, uint16_t version)
{
	const char *name = find_name(formats, id, version);

	return name ? read_schema(formats, name) : NULL;
}

struct schema *ftrace_schema_named(struct ftrace_formats *formats, const char *name, uint16_t *id)
{
	char path[PATH_MAX];
	long number;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", formats->path, name) >= sizeof(path))
		return NULL;
	number = read_id(path);
	if (number < 0 || number >= IDS)
		return NULL;
	*id = (uint16_t)number;
	return read_schema(formats, name);
}
