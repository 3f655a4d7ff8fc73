#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/file_reader.h"
#include "config/fnv.h"
#include "config/path_form.h"
#include "config/report.h"

static void session_done(struct session_config *session)
{
	size_t i;

	for (i = 0; i < session->path_count; i++)
		free(session->paths[i]);
	free(session->paths);
	free(session->said);
	free(session->name);
	free(session->source);
	tracefs_config_done(&session->tracefs);
	etw_config_done(&session->etw);
}

static void free_texts(char **texts, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

void config_free(struct config *config)
{
	size_t i;

	if (!config)
		return;
	for (i = 0; i < config->session_count; i++)
		session_done(&config->sessions[i]);
	free(config->sessions);
	for (i = 0; i < config->rule_count; i++)
		rule_config_done(&config->rules[i]);
	free(config->rules);
	free_texts(config->manifests, config->manifest_count);
	free_texts(config->included, config->included_count);
	free(config->file);
	free(config->user);
	free(config->baseline_file);
	free(config);
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
	int shift;

	for (shift = 0; shift < 64; shift += 8)
		hash = fnv_byte(hash, (unsigned char)(number >> shift));
	return hash;
}

uint64_t config_rules_hash(const struct config *config)
{
	uint64_t hash = FNV_BEGIN;
	size_t i;

	for (i = 0; i < config->rule_count; i++)
		hash = fnv_bytes(hash, config->rules[i].said, strlen(config->rules[i].said) + 1);
	hash = hash_number(hash, config->limits.series);
	hash = hash_number(hash, config->limits.event_types);
	return hash_number(hash, config->limits.label_bytes);
}

static struct config *config_new(const char *file)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->hash = FNV_BEGIN;
	config->file = strdup(file);
	if (config->file)
		return config;
	free(config);
	return NULL;
}

/* Rules with errors are needed until all are read: names are compared with theirs. */
static void drop_wrong_rules(struct config *config)
{
	size_t i, count = 0;

	for (i = 0; i < config->rule_count; i++) {
		if (config->rules[i].is_wrong)
			rule_config_done(&config->rules[i]);
		else
			config->rules[count++] = config->rules[i];
	}
	config->rule_count = count;
}

/* `reading` says what is looked at, `file` is complete but for its name. */
static struct config *read_files(const char *name, struct files_reading *reading,
				 struct file_reading *file)
{
	struct report report = {name, reading->problems};
	size_t errors = reading->problems->errors;

	reading->config = config_new(name);
	if (!reading->config) {
		report_out_of_memory(&report);
		return NULL;
	}
	file->file = reading->config->file;
	file_reader_read(reading, file);
	free(reading->seen);
	drop_wrong_rules(reading->config);
	reading->config->is_partial = reading->problems->errors - errors > reading->other_errors;
	return reading->config;
}

static struct config *parse(const char *file, const char *text, size_t length, bool disk,
			    struct problems *problems)
{
	struct files_reading reading = {.problems = problems, .disk = disk};
	struct file_reading first = {.text = text, .length = length};
	size_t errors = problems->errors;
	struct config *config = read_files(file, &reading, &first);

	if (problems->errors == errors)
		return config;
	config_free(config);
	return NULL;
}

struct config *config_parse(const char *file, const char *text, size_t length,
			    struct problems *problems)
{
	return parse(file, text, length, true, problems);
}

struct config *config_parse_text(const char *file, const char *text, size_t length,
				 struct problems *problems)
{
	return parse(file, text, length, false, problems);
}

static struct config *load_text(const char *file, const struct file_text *text,
				struct files_reading *reading)
{
	struct report report = {file, reading->problems};
	char *folder = path_folder(file);
	struct file_reading first = {
		.folder = folder,
		.text = text->bytes,
		.length = text->length,
		.identity = &text->identity,
	};
	struct config *config = NULL;

	if (folder)
		config = read_files(file, reading, &first);
	else
		report_out_of_memory(&report);
	free(folder);
	return config;
}

static struct config *load(const char *file, struct files_reading *reading)
{
	struct report report = {file, reading->problems};
	struct config *config;
	struct file_text text;

	if (file_text_read(&text, file, false)) {
		report_error(&report, (struct place){0}, "cannot read the configuration: %s",
			     strerror(errno));
		return NULL;
	}
	config = load_text(file, &text, reading);
	file_text_done(&text);
	return config;
}

struct config *config_load(const char *file, struct problems *problems)
{
	struct files_reading reading = {.problems = problems, .disk = true};

	return load(file, &reading);
}

struct config *config_load_rules(const char *file, struct problems *problems)
{
	struct files_reading reading = {.problems = problems, .disk = true, .rules_alone = true};

	return load(file, &reading);
}
