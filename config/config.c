#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/encoding.h"
#include "config/keys.h"
#include "config/mapping.h"
#include "config/session_reader.h"
#include "config/yaml.h"

#define FILE_BYTES_MAX ((size_t)4 << 20)

/* A configuration file's bytes, and how they are to be read; all borrowed. */
struct input {
	const char *text;
	size_t length;
	const char *folder; /* of relative paths, with the `/`; NULL: they stay as they are */
	bool disk;	    /* look whether files are there */
};

/* FNV-1a, 64 bits (RFC 9923). */
static uint64_t hash(const char *text, size_t length)
{
	uint64_t value = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < length; i++)
		value = (value ^ (unsigned char)text[i]) * 0x100000001b3;
	return value;
}

static void session_done(struct session_config *session)
{
	size_t i;

	for (i = 0; i < session->path_count; i++)
		free(session->paths[i]);
	free(session->paths);
	free(session->name);
	free(session->source);
}

void config_free(struct config *config)
{
	size_t i;

	if (!config)
		return;
	for (i = 0; i < config->session_count; i++)
		session_done(&config->sessions[i]);
	free(config->sessions);
	free(config->file);
	free(config);
}

static void read_root(struct config *config, const struct input *input,
		      const struct yaml_node *root, const struct report *report)
{
	struct session_reader reader = {
		.config = config,
		.folder = input->folder,
		.disk = input->disk,
		.report = report,
	};
	const struct yaml_node *sessions;
	struct mapping mapping;

	if (!root || yaml_is_null(root)) {
		report_error(report, (struct place){0},
			     "the file is empty; it needs the key \"sessions\"");
		return;
	}
	mapping_open(&mapping, &config_keys, root, report);
	mapping_read(&mapping, config, report);
	sessions = mapping_value(&mapping, "sessions");
	if (sessions)
		session_reader_read(&reader, sessions);
}

static struct config *config_new(const char *file, const struct input *input)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->hash = hash(input->text, input->length);
	config->file = strdup(file);
	if (config->file)
		return config;
	free(config);
	return NULL;
}

static void read_text(struct config *config, const struct input *input, const struct report *report)
{
	const char *text = input->text;
	size_t length = input->length;
	struct yaml_tree *tree;

	if (length > FILE_BYTES_MAX) {
		report_error(report, (struct place){0}, "the file is larger than 4MiB");
		return;
	}
	if (!encoding_check(&text, &length, report))
		return;
	tree = yaml_tree_read(text, length, report);
	if (tree)
		read_root(config, input, yaml_tree_root(tree), report);
	yaml_tree_free(tree);
}

static struct config *read_input(const char *file, const struct input *input,
				 struct problems *problems)
{
	struct report report = {file, problems};
	size_t errors = problems->errors;
	struct config *config = config_new(file, input);

	if (config)
		read_text(config, input, &report);
	else
		report_out_of_memory(&report);
	if (problems->errors == errors)
		return config;
	config_free(config);
	return NULL;
}

struct config *config_parse(const char *file, const char *text, size_t length,
			    struct problems *problems)
{
	struct input input = {text, length, NULL, true};

	return read_input(file, &input, problems);
}

struct config *config_parse_text(const char *file, const char *text, size_t length,
				 struct problems *problems)
{
	struct input input = {text, length, NULL, false};

	return read_input(file, &input, problems);
}

/* As much as fits, so that a file that is too large is seen to be. -1: see errno. */
static ssize_t read_all(int fd, char *to, size_t capacity)
{
	size_t length = 0;
	ssize_t got;

	while (length < capacity) {
		got = read(fd, to + length, capacity - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

/* -1: see errno. A directory can be opened, but not read. */
static ssize_t read_file(const char *file, char *to, size_t capacity)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), error;
	ssize_t length;

	if (fd < 0)
		return -1;
	length = read_all(fd, to, capacity);
	error = errno;
	close(fd);
	errno = error;
	return length;
}

/* The file's folder with its `/`; empty where the name has none. NULL: no memory. */
static char *folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return strndup(file, slash ? (size_t)(slash + 1 - file) : 0);
}

struct config *config_load(const char *file, struct problems *problems)
{
	struct report report = {file, problems};
	char *text = malloc(FILE_BYTES_MAX + 1), *folder = folder_of(file);
	struct input input = {text, 0, folder, true};
	struct config *config = NULL;
	ssize_t length = 0;

	if (text && folder)
		length = read_file(file, text, FILE_BYTES_MAX + 1);
	if (!text || !folder) {
		report_out_of_memory(&report);
	} else if (length < 0) {
		report_error(&report, (struct place){0}, "cannot read the configuration: %s",
			     strerror(errno));
	} else {
		input.length = (size_t)length;
		config = read_input(file, &input, problems);
	}
	free(folder);
	free(text);
	return config;
}
