#include "exporter/tracefs/trace_probe_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/tracefs/elf_symbol_linux.h"
#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_words_linux.h"

/* What the kernel takes at once (WRITE_BUFSIZE in kernel/trace/trace.c). */
#define DEFINITION_SIZE 4096

/* `-:SYSTEM/EVENT`, each at most MAX_EVENT_NAME_LEN. */
#define REMOVAL_SIZE 160

struct probe_kind {
	const char *name;
	const char *file;
	const char *needs; /* of the kernel */
};

static const struct probe_kind kinds[] = {
	[TRACE_PROVIDER_UPROBE] = {"uprobe", "uprobe_events", "CONFIG_UPROBE_EVENTS"},
	[TRACE_PROVIDER_KPROBE] = {"kprobe", "kprobe_events", "CONFIG_KPROBE_EVENTS"},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static int too_long(const struct probe_config *probe, struct error *error)
{
	return error_set(error,
			 "the definition of the probe %s is too long: the kernel takes %d bytes",
			 probe->name, DEFINITION_SIZE - 2);
}

/* As the kernel lists it, too. */
static int define(const struct probe_config *probe, const char *system, const char *place,
		  char definition[DEFINITION_SIZE], struct error *error)
{
	int length =
		snprintf(definition, DEFINITION_SIZE, "%c:%s/%s %s%s%s",
			 probe->on_return ? 'r' : 'p', system, probe->name, place,
			 probe->arguments ? " " : "", probe->arguments ? probe->arguments : "");

	return length < DEFINITION_SIZE - 1 ? 0 : too_long(probe, error);
}

/* As the kernel lists it, `PATH:0x` and as many digits as a pointer has. */
static int place_uprobe(const struct probe_config *probe, char *place, size_t size,
			struct error *error)
{
	char path[PATH_MAX];
	uint64_t offset = probe->offset;

	if (!realpath(probe->binary, path))
		return error_set(error, "cannot find the binary %s of the uprobe %s: %s",
				 probe->binary, probe->name, strerror(errno));
	if (strpbrk(path, " \t\n#"))
		return error_set(error,
				 "the uprobe %s cannot be made: the path of its binary, %s, must "
				 "be without spaces and #",
				 probe->name, path);
	if (probe->symbol && elf_symbol_offset(path, probe->symbol, &offset, error))
		return -1;
	if ((size_t)snprintf(place, size, "%s:0x%0*" PRIx64, path, (int)(2 * sizeof(void *)),
			     offset) >= size)
		return too_long(probe, error);
	return 0;
}

/* Calls `take` with each line of a list of probes until that returns other than 0; errno. */
static int each_line(int tracefs, const char *name, int (*take)(void *context, const char *line),
		     void *context)
{
	int file = openat(tracefs, name, O_RDONLY | O_CLOEXEC), result = 0;
	FILE *stream = file < 0 ? NULL : fdopen(file, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (!stream) {
		if (file >= 0)
			close(file);
		return -1;
	}
	while (!result && (length = getline(&line, &size, stream)) > 0) {
		line[length - 1] = '\0';
		result = take(context, line);
	}
	free(line);
	fclose(stream);
	return result;
}

/* The `SYSTEM/EVENT` of a line, if it is of the system; its length, or 0. */
static size_t find_event(const char *line, const char *system, const char **event)
{
	const char *colon = strchr(line, ':');
	size_t length = strlen(system);

	if (!colon || strncmp(colon + 1, system, length) != 0 || colon[1 + length] != '/')
		return 0;
	*event = colon + 1;
	return strcspn(*event, " ");
}

struct comparison {
	const char *system;
	const char *name;
	const char *definition;
	bool is_there;
	bool is_same;
};

static int compare_line(void *context, const char *line)
{
	struct comparison *comparison = context;
	size_t length, skip = strlen(comparison->system) + 1;
	const char *event;

	length = find_event(line, comparison->system, &event);
	if (!length || length != skip + strlen(comparison->name) ||
	    memcmp(event + skip, comparison->name, length - skip) != 0)
		return 0;
	comparison->is_there = true;
	/* Return probes have the number that may wait behind the `r`. */
	comparison->is_same = line[0] == comparison->definition[0] &&
			      strcmp(event, strchr(comparison->definition, ':') + 1) == 0;
	return 1;
}

static int remove_event(int tracefs, const char *file, const char *event, size_t length)
{
	char removal[REMOVAL_SIZE];

	if ((size_t)snprintf(removal, sizeof(removal), "-:%.*s\n", (int)length, event) >=
	    sizeof(removal)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return trace_file_write(tracefs, file, removal);
}

static int refused(int tracefs, const struct probe_kind *kind, const char *definition, int code,
		   struct error *error)
{
	char words[TRACE_WORDS_SIZE];

	if (code == EACCES || code == EPERM)
		return trace_file_error(error, code, "cannot make the %s \"%s\"", kind->name,
					definition);
	if (!trace_words_read(tracefs, definition, words))
		snprintf(words, sizeof(words), "%s", strerror(code));
	return error_set(error, "the kernel refuses the %s \"%.250s\": %s", kind->name, definition,
			 words);
}

static int add(int tracefs, const struct probe_kind *kind, const char *system,
	       const struct probe_config *probe, const char *definition, struct error *error)
{
	struct comparison comparison = {
		.system = system, .name = probe->name, .definition = definition};
	char event[REMOVAL_SIZE], line[DEFINITION_SIZE + 1];

	each_line(tracefs, kind->file, compare_line, &comparison);
	if (comparison.is_same)
		return 0;
	snprintf(event, sizeof(event), "%s/%s", system, probe->name);
	if (comparison.is_there && remove_event(tracefs, kind->file, event, strlen(event)))
		return trace_file_error(error, errno, "cannot replace the %s %s", kind->name,
					event);
	snprintf(line, sizeof(line), "%s\n", definition);
	if (trace_file_write(tracefs, kind->file, line))
		return refused(tracefs, kind, definition, errno, error);
	return 0;
}

static int add_probe(int tracefs, const char *path, const char *system,
		     const struct trace_provider_config *provider, struct error *error)
{
	const struct probe_kind *kind = &kinds[provider->kind];
	const struct probe_config *probe = &provider->probe;
	char definition[DEFINITION_SIZE], place[DEFINITION_SIZE];

	if (!trace_file_exists(tracefs, kind->file))
		return error_set(error,
				 "cannot make the %s %s: this kernel has no %ss (no %s in %s; it "
				 "needs %s)",
				 kind->name, probe->name, kind->name, kind->file, path,
				 kind->needs);
	if (provider->kind == TRACE_PROVIDER_KPROBE)
		snprintf(place, sizeof(place), "%s", probe->symbol);
	else if (place_uprobe(probe, place, sizeof(place), error))
		return -1;
	if (define(probe, system, place, definition, error))
		return -1;
	return add(tracefs, kind, system, probe, definition, error);
}

int trace_probes_add(int tracefs, const char *path, const char *system,
		     const struct tracefs_config *config, struct error *error)
{
	size_t i;

	for (i = 0; i < config->provider_count; i++)
		if (config->providers[i].kind != TRACE_PROVIDER_SYSTEM &&
		    add_probe(tracefs, path, system, &config->providers[i], error))
			return -1;
	return 0;
}

/* The list changes while it is read, so its probes are taken one by one from the beginning. */
struct first_event {
	const char *system;
	char name[REMOVAL_SIZE];
};

static int take_first(void *context, const char *line)
{
	struct first_event *first = context;
	const char *event;
	size_t length = find_event(line, first->system, &event);

	if (!length || length >= sizeof(first->name))
		return 0;
	memcpy(first->name, event, length);
	first->name[length] = '\0';
	return 1;
}

static int remove_kind(int tracefs, const struct probe_kind *kind, const char *system,
		       struct error *error)
{
	struct first_event first = {.system = system};
	int found;

	while ((found = each_line(tracefs, kind->file, take_first, &first)) > 0)
		if (remove_event(tracefs, kind->file, first.name, strlen(first.name)))
			return trace_file_error(error, errno, "cannot remove the %s %s", kind->name,
						first.name);
	if (found < 0)
		return trace_file_error(error, errno, "cannot read %s", kind->file);
	return 0;
}

int trace_probes_remove(int tracefs, const char *system, struct error *error)
{
	int result = 0;
	size_t i;

	for (i = TRACE_PROVIDER_UPROBE; i < KIND_COUNT; i++)
		if (trace_file_exists(tracefs, kinds[i].file) &&
		    remove_kind(tracefs, &kinds[i], system, error))
			result = -1;
	return result;
}
