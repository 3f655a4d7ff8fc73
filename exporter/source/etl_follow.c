#include "exporter/source/etl_follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "config/paths.h"
#include "exporter/source/etl_reader.h"

/* Header buffers are no larger than other buffers; Windows' own tools do not go beyond this. */
#define HEADER_BYTES ((size_t)1 << 20)

struct followed {
	char *path; /* the key */
	struct etl_reader reader;
	uint64_t offset;       /* of the first byte that was not handed on */
	struct stat status;    /* when it was looked at last */
	int64_t start_unix_ns; /* of the recording, by its header; 0: not known */
	bool looked_at;
	bool finalised; /* and read to its end */
	bool failed;
	bool seen; /* in this round */
	UT_hash_handle hh;
};

struct etl_follow {
	struct source_context context;
	struct followed *files; /* by path */
	uint64_t refused;	/* files, by the limit, at most so far */
	uint8_t *header;	/* HEADER_BYTES, for a look at a file's header buffer */
};

struct etl_follow *etl_follow_new(const struct source_context *context)
{
	struct etl_follow *follow = calloc(1, sizeof(*follow));

	if (!follow)
		return NULL;
	follow->context = *context;
	follow->header = malloc(HEADER_BYTES);
	if (!follow->header) {
		free(follow);
		return NULL;
	}
	return follow;
}

static bool is_open(const struct followed *file)
{
	return !file->finalised && !file->failed;
}

static void leave_state(struct etl_follow *follow, const struct followed *file)
{
	if (is_open(file))
		health_sub(&follow->context.health->files_open, 1);
}

static void set_failed(struct etl_follow *follow, struct followed *file, const struct error *error)
{
	if (file->failed)
		return;
	leave_state(follow, file);
	file->failed = true;
	file->finalised = false;
	health_add(&follow->context.health->files_failed, 1);
	log_line(follow->context.log, LOG_WARN, "recording cannot be read, will be tried again",
		 "session", follow->context.config->name, "file", file->path, "error", error->text,
		 NULL);
}

static void set_open(struct etl_follow *follow, struct followed *file)
{
	if (is_open(file))
		return;
	file->failed = false;
	file->finalised = false;
	health_add(&follow->context.health->files_open, 1);
}

static void set_finalised(struct etl_follow *follow, struct followed *file)
{
	if (file->finalised)
		return;
	leave_state(follow, file);
	file->failed = false;
	file->finalised = true;
	health_add(&follow->context.health->files_done, 1);
}

static struct followed *add(struct etl_follow *follow, const char *path)
{
	struct followed *file = calloc(1, sizeof(*file));
	struct error error;

	if (!file)
		return NULL;
	file->path = strdup(path);
	if (!file->path || etl_reader_init(&file->reader, &follow->context, &error)) {
		free(file->path);
		free(file);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, follow->files, file->path, strlen(file->path), file);
	if (!file->hh.tbl) {
		etl_reader_done(&file->reader);
		free(file->path);
		free(file);
		return NULL;
	}
	health_add(&follow->context.health->files_open, 1);
	return file;
}

static void drop(struct etl_follow *follow, struct followed *file)
{
	leave_state(follow, file);
	HASH_DEL(follow->files, file);
	etl_reader_done(&file->reader);
	free(file->path);
	free(file);
}

void etl_follow_free(struct etl_follow *follow)
{
	struct followed *file, *next;

	if (!follow)
		return;
	HASH_ITER(hh, follow->files, file, next)
	drop(follow, file);
	free(follow->header);
	free(follow);
}

static const char *change_text(enum file_change change)
{
	return change == FILE_CHANGE_SHRUNK ? "recording shrank, is read from its beginning"
					    : "recording was replaced, is read from its beginning";
}

/* The file is another one now: begins it anew. */
static int begin_again(struct etl_follow *follow, struct followed *file, enum file_change change,
		       struct error *error)
{
	health_add(&follow->context.health->file_changes[change], 1);
	log_line(follow->context.log, LOG_WARN, change_text(change), "session",
		 follow->context.config->name, "file", file->path, NULL);
	etl_reader_done(&file->reader);
	file->offset = 0;
	file->start_unix_ns = 0;
	set_open(follow, file);
	return etl_reader_init(&file->reader, &follow->context, error);
}

/* What the header buffer says now; false where there is none that can be read. */
static bool look_at_header(struct etl_follow *follow, struct input *input,
			   struct etl_header *header, size_t *bytes, struct error *error)
{
	struct event_record record;
	struct etl_buffer buffer;
	ssize_t got;

	input_seek(input, 0);
	got = input_read(input, follow->header, HEADER_BYTES, NULL, error);
	if (got < ETL_BUFFER_HEADER_BYTES)
		return false;
	etl_buffer_read(follow->header, &buffer);
	*bytes = buffer.bytes < (size_t)got ? buffer.bytes : (size_t)got;
	return etl_find_header(follow->header, *bytes, &record) &&
	       etl_header_parse(&record, header);
}

/*
 * A circular recording is written over from its beginning: it can only be read once it is
 * finalised. Others are read as they grow; the end of a finalised one is the end.
 */
static int read_more(struct etl_follow *follow, struct followed *file, struct input *input,
		     struct error *error)
{
	struct etl_header header = {0};
	size_t header_bytes = 0;
	bool has_header = look_at_header(follow, input, &header, &header_bytes, error);
	bool finalised = has_header && header.end_unix_ns != 0;

	if (has_header && file->start_unix_ns && file->start_unix_ns != header.start_unix_ns &&
	    begin_again(follow, file, FILE_CHANGE_REPLACED, error))
		return -1;
	if (has_header && header.log_file_mode & LOG_FILE_MODE_CIRCULAR && !finalised)
		return 0;
	if (has_header) {
		file->start_unix_ns = header.start_unix_ns;
		if (file->offset)
			etl_reader_header_again(&file->reader, follow->header, header_bytes);
	}
	input_seek(input, file->offset);
	if (etl_reader_read(&file->reader, input, finalised, error))
		return -1;
	file->offset = input->at - etl_reader_forget(&file->reader);
	if (finalised && !stop_is_set(follow->context.stop))
		set_finalised(follow, file);
	else
		set_open(follow, file);
	return 0;
}

static bool is_unchanged(const struct followed *file, const struct stat *status)
{
	return file->looked_at && !file->failed && file->status.st_size == status->st_size &&
	       file->status.st_mtim.tv_sec == status->st_mtim.tv_sec &&
	       file->status.st_mtim.tv_nsec == status->st_mtim.tv_nsec;
}

/* A preallocated file has its size from the start, and its time may be told late. */
static bool may_change_unseen(const struct followed *file)
{
	return !file->finalised &&
	       file->reader.framer.header.log_file_mode & LOG_FILE_MODE_PREALLOCATE;
}

static int look_at_input(struct etl_follow *follow, struct followed *file, struct input *input,
			 struct error *error)
{
	struct stat status;

	if (!file->reader.recording && etl_reader_init(&file->reader, &follow->context, error))
		return -1;
	if (fstat(input->fd, &status))
		return error_set(error, "cannot read %s: %s", file->path, strerror(errno));
	if (file->looked_at &&
	    (file->status.st_ino != status.st_ino || file->status.st_dev != status.st_dev)) {
		if (begin_again(follow, file, FILE_CHANGE_REPLACED, error))
			return -1;
	} else if ((uint64_t)status.st_size < file->offset) {
		if (begin_again(follow, file, FILE_CHANGE_SHRUNK, error))
			return -1;
	} else if (is_unchanged(file, &status) && !may_change_unseen(file)) {
		return 0;
	}
	file->status = status;
	file->looked_at = true;
	return read_more(follow, file, input, error);
}

/* Opening it makes a network share tell the file's size as it is now. */
static int look_at_file(struct etl_follow *follow, struct followed *file, struct error *error)
{
	struct input input;
	int result;

	if (input_open(&input, file->path, error))
		return -1;
	result = look_at_input(follow, file, &input, error);
	input_close(&input);
	return result;
}

static void look_at_path(struct etl_follow *follow, const char *path)
{
	struct followed *file;
	struct error error;
	struct stat status;

	HASH_FIND_STR(follow->files, path, file);
	if (stat(path, &status)) {
		if (errno == ENOENT)
			return;
	} else if (file && file->finalised && is_unchanged(file, &status) &&
		   file->status.st_ino == status.st_ino) {
		file->seen = true;
		return;
	}
	if (!file)
		file = add(follow, path);
	if (!file)
		return;
	file->seen = true;
	if (look_at_file(follow, file, &error))
		set_failed(follow, file, &error);
}

static void drop_unseen(struct etl_follow *follow)
{
	struct followed *file, *next;

	HASH_ITER(hh, follow->files, file, next)
	{
		if (file->seen) {
			file->seen = false;
			continue;
		}
		health_add(&follow->context.health->file_changes[FILE_CHANGE_DISAPPEARED], 1);
		log_line(follow->context.log, LOG_INFO, "recording is gone", "session",
			 follow->context.config->name, "file", file->path, NULL);
		drop(follow, file);
	}
}

static int look_around(struct etl_follow *follow, struct error *error)
{
	const struct session_config *config = follow->context.config;
	struct path_list list = {0};
	uint64_t all_refused = 0;
	size_t i;
	int result = 0;

	for (i = 0; !result && i < config->path_count; i++) {
		long refused = paths_expand(&list, config->paths[i], follow->context.limits->files);

		if (refused < 0)
			result = error_set(error, "cannot read %s: %s", config->paths[i],
					   strerror(errno));
		else
			all_refused += (uint64_t)refused;
	}
	if (all_refused > follow->refused) {
		health_add(&follow->context.health->files_refused, all_refused - follow->refused);
		follow->refused = all_refused;
	}
	for (i = 0; !result && i < list.count && !stop_is_set(follow->context.stop); i++)
		look_at_path(follow, list.paths[i]);
	if (!result && i == list.count)
		drop_unseen(follow);
	paths_done(&list);
	return result;
}

int etl_follow_run(struct etl_follow *follow, struct error *error)
{
	struct stop *stop = follow->context.stop;

	do {
		if (look_around(follow, error))
			return -1;
	} while (!stop_wait(stop, follow->context.config->poll_ns));
	return 0;
}
