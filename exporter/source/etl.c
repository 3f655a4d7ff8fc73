/*
 * Recordings (.etl): reads all files of a session to their ends, one after the other, by name.
 *
 * Sessions that follow are served by etl_follow.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/files.h"
#include "config/paths.h"
#include "exporter/source/etl_follow.h"
#include "exporter/source/etl_ordered.h"
#include "exporter/source/etl_reader.h"

struct etl {
	struct source_context context;
	struct etl_follow *follow; /* NULL: a replay */
	bool looping;		   /* the first pass is over: it has logged what is wrong */
};

static void *etl_open(const struct source_context *context, struct error *error)
{
	struct etl *etl = calloc(1, sizeof(*etl));

	if (!etl) {
		error_set(error, "out of memory");
		return NULL;
	}
	etl->context = *context;
	if (context->config->follow) {
		etl->follow = etl_follow_new(context);
		if (!etl->follow) {
			error_set(error, "out of memory");
			free(etl);
			return NULL;
		}
	}
	return etl;
}

static void etl_close(void *source)
{
	struct etl *etl = source;

	etl_follow_free(etl->follow);
	free(etl);
}

/* What became of a file while it was read. */
static void note_changes(struct session_health *health, const struct input *input)
{
	struct file_status opened, named;

	if (input->memory || !input->bytes || file_status_open(input->fd, &opened))
		return;
	if (opened.bytes < input->at)
		health_add(&health->file_changes[FILE_CHANGE_SHRUNK], 1);
	if (file_status(input->path, &named))
		health_add(&health->file_changes[FILE_CHANGE_DISAPPEARED], errno == ENOENT);
	else if (!file_identity_equal(&named.identity, &opened.identity))
		health_add(&health->file_changes[FILE_CHANGE_REPLACED], 1);
}

/* Standard input comes but once. */
static bool can_learn(const struct etl *etl, const struct input *input)
{
	return atomic_load(&etl->context.wants->learn) && (input->memory || input->bytes);
}

/* What is known of a recording before the pass that counts. */
struct first_pass {
	struct session_health health; /* of reading and framing; nothing of it is reported yet */
	struct etl_index index;
	bool is_ordered; /* the index can be used */
};

/*
 * Reads the whole recording: lets the aggregator see it for what it says of processes, files and
 * schemas, which often stands behind the events that need it; and notes its buffers, so that they
 * can be read in the order of their events.
 */
static void make_first_pass(const struct etl *etl, struct input *input, bool learn, bool order,
			    struct first_pass *pass)
{
	struct session_config config = *etl->context.config;
	struct source_context context = etl->context;
	struct etl_reader reader;
	struct error error;

	config.pace = PACE_FAST;
	context.config = &config;
	context.health = &pass->health;
	if (etl_reader_init(&reader, &context, &error))
		return;
	reader.recording->is_learning = true;
	reader.is_silent = !learn;
	reader.index = order ? &pass->index : NULL;
	pass->index.sorts_all = atomic_load(&etl->context.wants->sort);
	pass->is_ordered = !etl_reader_read(&reader, input, true, &error) && order &&
			   !stop_is_set(etl->context.stop) && etl_index_sort(&pass->index);
	health_malformed(&pass->health, etl_framer_end(&reader.framer));
	etl_reader_done(&reader);
	input_seek(input, 0);
}

/* What framing found in the first pass, where the second does not frame. */
static void adopt_health(struct session_health *health, const struct session_health *pass)
{
	size_t i;

	health_add(&health->bytes, health_get(&pass->bytes));
	health_add(&health->bytes_skipped, health_get(&pass->bytes_skipped));
	for (i = 0; i < MALFORMED_COUNT; i++)
		health_add(&health->malformed[i], health_get(&pass->malformed[i]));
}

static int read_in_order(const struct etl *etl, struct input *input, const struct first_pass *pass,
			 bool is_learnt, struct error *error)
{
	struct recording *recording = recording_new();

	if (!recording)
		return error_set(error, "cannot read %s: out of memory", input->path);
	recording->is_learnt = is_learnt;
	recording->comes_again = etl->context.config->loop;
	adopt_health(etl->context.health, &pass->health);
	return etl_ordered_read(&etl->context, recording, &pass->index, input, error);
}

static int read_as_it_is(const struct etl *etl, struct input *input, bool is_learnt,
			 struct error *error)
{
	struct etl_reader reader;
	int result;

	if (etl_reader_init(&reader, &etl->context, error))
		return -1;
	reader.recording->is_learnt = is_learnt;
	reader.recording->comes_again = etl->context.config->loop;
	result = etl_reader_read(&reader, input, true, error);
	if (!stop_is_set(etl->context.stop))
		health_malformed(etl->context.health, etl_framer_end(&reader.framer));
	etl_reader_done(&reader);
	return result;
}

/* At recorded speed buffers come when they came, not when their first event happened. */
static bool can_order(const struct etl *etl, const struct input *input)
{
	return atomic_load(&etl->context.wants->order) && etl->context.config->pace == PACE_FAST &&
	       (input->memory || input->bytes);
}

static int read_input(struct etl *etl, struct input *input, struct error *error)
{
	bool is_learnt = can_learn(etl, input), order = can_order(etl, input);
	bool learn = is_learnt && !etl->looping;
	struct first_pass pass = {.is_ordered = false};
	int result;

	session_health_init(&pass.health);
	if (order)
		etl_index_init(&pass.index);
	if (learn || order)
		make_first_pass(etl, input, learn, order, &pass);
	if (order && pass.index.is_incomplete)
		log_line(etl->context.log, LOG_WARN,
			 "recording has too many buffers to be read in the order of its events",
			 "session", etl->context.config->name, "file", input->path, NULL);
	result = pass.is_ordered ? read_in_order(etl, input, &pass, is_learnt, error)
				 : read_as_it_is(etl, input, is_learnt, error);
	etl_index_done(&pass.index);
	note_changes(etl->context.health, input);
	return result;
}

/* A file that the stop cut short is neither done nor failed. */
static void note_result(struct etl *etl, const char *path, int result, const struct error *error)
{
	struct session_health *health = etl->context.health;

	if (result)
		health_add(&health->files_failed, 1);
	else if (!stop_is_set(etl->context.stop))
		health_add(&health->files_done, 1);
	log_line(etl->context.log, result && !etl->looping ? LOG_ERROR : LOG_DEBUG,
		 result ? "recording could not be read" : "recording read", "session",
		 etl->context.config->name, "file", path, result ? "error" : NULL, error->text,
		 NULL);
}

static int read_file(struct etl *etl, const char *path, struct error *error)
{
	struct session_health *health = etl->context.health;
	struct input input;
	int result;

	result = input_open(&input, path, error);
	if (!result) {
		health_add(&health->files_open, 1);
		result = read_input(etl, &input, error);
		input_close(&input);
		health_sub(&health->files_open, 1);
	}
	note_result(etl, path, result, error);
	return result;
}

static int expand(struct etl *etl, struct path_list *list, struct error *error)
{
	const struct session_config *config = etl->context.config;
	size_t i, before;
	long refused;

	for (i = 0; i < config->path_count; i++) {
		before = list->count;
		refused = paths_expand(list, config->paths[i], etl->context.limits->files);
		if (refused < 0)
			return error_set(error, "cannot read %s: %s", config->paths[i],
					 strerror(errno));
		health_add(&etl->context.health->files_refused, (uint64_t)refused);
		if (refused && !etl->looping)
			log_line(etl->context.log, LOG_WARN,
				 "limit of files reached, the rest is not read", "session",
				 config->name, "path", config->paths[i], "raise", "limits.files",
				 NULL);
		if (list->count == before && !refused && !etl->looping)
			log_line(etl->context.log, LOG_WARN, "no file matches", "session",
				 config->name, "path", config->paths[i], NULL);
	}
	if (!list->count)
		return error_set(error, "no file to read: nothing matches the session's path");
	return 0;
}

/* Reads all files once. -1: none of them could be read. */
static int read_all(struct etl *etl, struct error *error)
{
	struct path_list list = {0};
	size_t i, read = 0;
	int result;

	result = expand(etl, &list, error);
	for (i = 0; !result && i < list.count && !stop_is_set(etl->context.stop); i++)
		if (!read_file(etl, list.paths[i], error))
			read++;
	if (!result && i && !read)
		result = -1;
	paths_done(&list);
	return result;
}

static int etl_run(void *source, struct error *error)
{
	struct etl *etl = source;

	if (etl->follow)
		return etl_follow_run(etl->follow, error);
	etl->looping = false;
	for (;;) {
		if (read_all(etl, error))
			return -1;
		etl->looping = true;
		if (!etl->context.config->loop || stop_is_set(etl->context.stop))
			return 0;
		health_add(&etl->context.health->loops, 1);
	}
}

const struct source_type etl_source = {
	.name = "etl",
	.open = etl_open,
	.run = etl_run,
	.close = etl_close,
};
