#include "exporter/session/sessions.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/path_form.h"
#include "config/paths.h"
#include "exporter/session/sessions_private.h"
#include "metrics/utf8.h"

/* A configured name, a path, and what is put between and behind. */
#define NAME_SIZE 4600

bool sessions_started(const struct sessions *sessions)
{
	return atomic_load(&sessions->started);
}

void sessions_look(const struct sessions *sessions)
{
	pthread_mutex_lock(sessions->looking);
}

void sessions_looked(const struct sessions *sessions)
{
	pthread_mutex_unlock(sessions->looking);
}

const struct rule_set *sessions_rules(const struct sessions *sessions)
{
	return sessions->context.rules;
}

size_t sessions_count(const struct sessions *sessions)
{
	return atomic_load(&sessions->count);
}

const struct session *sessions_get(const struct sessions *sessions, size_t index)
{
	return sessions->list[index].session;
}

uint64_t sessions_refused(const struct sessions *sessions)
{
	return atomic_load(&sessions->refused);
}

void sessions_file_config_free(struct session_config *config)
{
	if (!config)
		return;
	free(config->name);
	free(config->paths[0]);
	free(config->paths);
	free(config);
}

/* A configuration like `from`, for one of its files. */
static struct session_config *file_config_new(const struct session_config *from, const char *name,
					      const char *path)
{
	struct session_config *config = malloc(sizeof(*config));

	if (!config)
		return NULL;
	*config = *from;
	config->name = strdup(name);
	config->paths = calloc(1, sizeof(*config->paths));
	config->path_count = 1;
	if (config->paths)
		config->paths[0] = strdup(path);
	if (config->name && config->paths && config->paths[0])
		return config;
	free(config->name);
	free(config->paths);
	free(config);
	return NULL;
}

int sessions_start_member(struct sessions *sessions, struct member *member, struct error *error)
{
	const struct session_config *config = session_config(member->session);

	member->waits = session_start(member->session, error) != 0;
	if (member->waits)
		return -1;
	log_line(sessions->context.log, LOG_INFO, "session started", "session", config->name,
		 "source", config->source, NULL);
	return 0;
}

/*
 * Owns `file_config` (NULL: none), also where it fails. What cannot be started while others run
 * stays and is tried again: a registry does not forget a session's shard.
 */
static int add(struct sessions *sessions, const struct session_config *from,
	       struct session_config *file_config, struct error *error)
{
	const struct session_config *config = file_config ? file_config : from;
	size_t count = sessions_count(sessions);
	struct member *member = &sessions->list[count];
	int result;

	*member = (struct member){
		.from = from, .file_config = file_config, .made_by = sessions->config};
	member->session = session_new(config, &sessions->context, error);
	result = member->session ? sessions_start_member(sessions, member, error) : -1;
	if (!member->session || (result && !sessions_started(sessions))) {
		session_free(member->session);
		sessions_file_config_free(file_config);
		return -1;
	}
	atomic_store(&sessions->count, count + 1);
	return result;
}

static bool has_path(const struct sessions *sessions, const struct session_config *from,
		     const char *path)
{
	size_t i;

	for (i = 0; i < sessions_count(sessions); i++)
		if (sessions->list[i].from == from &&
		    strcmp(session_config(sessions_get(sessions, i))->paths[0], path) == 0)
			return true;
	return false;
}

static bool has_name(const struct sessions *sessions, const char *name)
{
	size_t i;

	for (i = 0; i < sessions->config->session_count; i++)
		if (strcmp(sessions->config->sessions[i].name, name) == 0)
			return true;
	for (i = 0; i < sessions_count(sessions); i++)
		if (strcmp(session_config(sessions_get(sessions, i))->name, name) == 0)
			return true;
	return false;
}

/* Two file names that are not UTF-8 would be the same label value. */
static void make_utf8(char *name)
{
	size_t length;

	for (; *name; name += length) {
		length = utf8_sequence(name);
		if (length)
			continue;
		*name = '?';
		length = 1;
	}
}

/* False: the name is taken, or would be cut where it is a label value. */
static bool try_name(const struct sessions *sessions, const char *parent, const char *file,
		     char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s/%s", parent, file);
	make_utf8(name);
	return strlen(name) <= sessions->config->limits.label_bytes && !has_name(sessions, name);
}

/* NAME/FILE; where files of two directories are called the same, NAME/PATH; else with a number. */
static void choose_name(const struct sessions *sessions, const char *parent, const char *path,
			char name[NAME_SIZE])
{
	uint64_t room = sessions->config->limits.label_bytes;
	const char *base = path_name(path);
	size_t length, at, n;
	char number[24];

	if (try_name(sessions, parent, base, name) || try_name(sessions, parent, path, name))
		return;
	try_name(sessions, parent, base, name);
	length = strlen(name);
	for (n = 2;; n++) {
		size_t digits = (size_t)snprintf(number, sizeof(number), "~%zu", n);

		at = digits < room ? room - digits : 0;
		at = length > at ? utf8_cut(name, at) : length;
		memcpy(name + at, number, digits + 1);
		if (!has_name(sessions, name))
			return;
	}
}

static int add_file(struct sessions *sessions, const struct session_config *config,
		    const char *path, struct error *error)
{
	struct session_config *file_config;
	char name[NAME_SIZE];

	choose_name(sessions, config->name, path, name);
	file_config = file_config_new(config, name, path);
	if (!file_config)
		return error_set(error, "session %s: out of memory", name);
	return add(sessions, config, file_config, error);
}

static void refuse(struct sessions *sessions, const char *path, uint64_t refused)
{
	if (refused <= atomic_load(&sessions->refused))
		return;
	if (!atomic_load(&sessions->refused))
		log_line(sessions->context.log, LOG_WARN,
			 "limit of sessions reached, files are left out", "first", path, "raise",
			 "limits.sessions, limits.files", NULL);
	atomic_store(&sessions->refused, refused);
}

/* The files of one configured session that have no session yet. Adds to *refused those without
 * room. */
int sessions_add_files(struct sessions *sessions, const struct session_config *config,
		       uint64_t *refused, struct error *error)
{
	struct path_list list = {0};
	size_t i;
	int result = 0;

	for (i = 0; i < config->path_count; i++) {
		long more = paths_expand(&list, config->paths[i], sessions->config->limits.files);

		if (more > 0)
			refuse(sessions, config->paths[i], *refused += (uint64_t)more);
		else if (more < 0 && !config->follow)
			result = error_set(error, "session %s: cannot read %s", config->name,
					   config->paths[i]);
	}
	for (i = 0; !result && i < list.count; i++) {
		if (has_path(sessions, config, list.paths[i]))
			continue;
		if (sessions_count(sessions) >= sessions->config->limits.sessions)
			refuse(sessions, list.paths[i], ++*refused);
		else
			result = add_file(sessions, config, list.paths[i], error);
	}
	paths_done(&list);
	return result;
}

void sessions_look_around(struct sessions *sessions)
{
	const struct config *config = sessions->config;
	uint64_t refused = sessions->refused_for_good;
	struct error error;
	bool failing = false;
	size_t i;

	for (i = 0; !failing && i < sessions_count(sessions); i++)
		failing = sessions->list[i].waits &&
			  sessions_start_member(sessions, &sessions->list[i], &error);
	for (i = 0; !failing && i < config->session_count; i++)
		failing = config->sessions[i].per_file && config->sessions[i].follow &&
			  sessions_add_files(sessions, &config->sessions[i], &refused, &error);
	if (failing && !sessions->failing)
		log_line(sessions->context.log, LOG_ERROR,
			 "session could not be started, will be tried again", "error", error.text,
			 NULL);
	sessions->failing = failing;
}

static int add_all(struct sessions *sessions, struct error *error)
{
	const struct config *config = sessions->config;
	uint64_t refused = 0, before;
	size_t i;
	int result = 0;

	for (i = 0; !result && i < config->session_count; i++) {
		before = refused;
		if (config->sessions[i].per_file)
			result =
				sessions_add_files(sessions, &config->sessions[i], &refused, error);
		else if (sessions_count(sessions) < config->limits.sessions)
			result = add(sessions, &config->sessions[i], NULL, error);
		else
			result = error_set(error, "more sessions than limits.sessions (%zu) allows",
					   (size_t)config->limits.sessions);
		if (!config->sessions[i].follow)
			sessions->refused_for_good += refused - before;
	}
	return result;
}

struct sessions *sessions_new(const struct config *config, const struct session_context *context)
{
	struct sessions *sessions = calloc(1, sizeof(*sessions));

	if (!sessions)
		return NULL;
	sessions->config = config;
	sessions->context = *context;
	sessions->list = calloc(config->limits.sessions, sizeof(*sessions->list));
	sessions->looking = malloc(sizeof(*sessions->looking));
	if (sessions->looking)
		pthread_mutex_init(sessions->looking, NULL);
	if (sessions->list && sessions->looking)
		return sessions;
	sessions_free(sessions);
	return NULL;
}

void sessions_set_cuts(struct sessions *sessions, struct event_cuts *cuts)
{
	sessions->context.cuts = cuts;
}

int sessions_start(struct sessions *sessions, struct error *error)
{
	if (!add_all(sessions, error)) {
		atomic_store(&sessions->started, true);
		return 0;
	}
	sessions_stop(sessions, 0);
	sessions_wait(sessions);
	return -1;
}

void sessions_wait(struct sessions *sessions)
{
	size_t i;

	for (i = 0; i < sessions_count(sessions); i++)
		session_join(sessions->list[i].session, NULL);
}

bool sessions_stop(struct sessions *sessions, int seconds)
{
	struct timespec deadline;
	bool ended = true;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += seconds;
	for (i = 0; i < sessions_count(sessions); i++)
		session_stop(sessions->list[i].session);
	for (i = 0; i < sessions_count(sessions); i++)
		ended = session_join(sessions->list[i].session, &deadline) && ended;
	return ended;
}

void sessions_free(struct sessions *sessions)
{
	size_t i;

	if (!sessions)
		return;
	for (i = 0; sessions->list && i < sessions_count(sessions); i++) {
		session_free(sessions->list[i].session);
		sessions_file_config_free(sessions->list[i].file_config);
	}
	if (sessions->looking)
		pthread_mutex_destroy(sessions->looking);
	free(sessions->looking);
	free(sessions->list);
	free(sessions);
}
