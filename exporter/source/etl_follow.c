#include "exporter/source/etl_follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "config/paths.h"
#include "exporter/source/etl_reader.h"

/* A buffer header and the longest record that there is, the log file header. */
#define HEADER_BYTES ((size_t)ETL_BUFFER_HEADER_BYTES + 65536)
/* What is copied has its header by then. */
#define HEADER_LATE_BYTES 4096
/*
 * After so many looks that found no change there is none. File systems tell times roughly, so that
 * what follows a change at once may not be seen; and a copy that is being made may halt.
 */
#define LOOKS_TO_SETTLE 10
/* So many files that are gone are remembered, lest they are counted again if they come back. */
#define GONE_MAX 1024
/* No doubt. */
#define FILE_CHANGE_NONE FILE_CHANGE_COUNT

struct followed {
	char *path; /* the key */
	struct etl_reader reader;
	uint64_t offset;       /* of the first byte that was not handed on */
	struct stat status;    /* when it was looked at last */
	unsigned int same;     /* looks since then that found the same status */
	int64_t start_unix_ns; /* of the recording, by its header; 0: not known */
	/*
	 * Why it may be another recording now, until its header says whether it is. That it shrank
	 * or disappeared has been counted then.
	 */
	enum file_change doubt;
	bool looked_at;
	bool ending;	/* finalised by its header, but there may be more of it to come */
	bool finalised; /* and read to its end */
	bool failed;
	bool seen; /* in this round */
	bool gone; /* in the last round already */
	UT_hash_handle hh;
};

struct etl_follow {
	struct source_context context;
	struct followed *files; /* by path; those gone, too */
	size_t gone;		/* of them */
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
	return !file->finalised && !file->failed && !file->gone;
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
	health_malformed(follow->context.health, etl_framer_end(&file->reader.framer));
	health_add(&follow->context.health->files_done, 1);
}

static struct followed *add(struct etl_follow *follow, const char *path)
{
	struct followed *file = calloc(1, sizeof(*file));
	struct error error;

	if (!file)
		return NULL;
	file->doubt = FILE_CHANGE_NONE;
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
	follow->gone -= file->gone;
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

static void note_change(struct etl_follow *follow, const struct followed *file,
			enum file_change change)
{
	static const char *const texts[FILE_CHANGE_COUNT] = {
		[FILE_CHANGE_SHRUNK] = "recording shrank",
		[FILE_CHANGE_REPLACED] = "recording was replaced",
		[FILE_CHANGE_DISAPPEARED] = "recording is gone",
	};

	health_add(&follow->context.health->file_changes[change], 1);
	log_line(follow->context.log, change == FILE_CHANGE_DISAPPEARED ? LOG_INFO : LOG_WARN,
		 texts[change], "session", follow->context.config->name, "file", file->path, NULL);
}

static void doubt(struct etl_follow *follow, struct followed *file, enum file_change change)
{
	if (file->doubt != FILE_CHANGE_NONE)
		return;
	file->doubt = change;
	if (change == FILE_CHANGE_SHRUNK)
		note_change(follow, file, change);
}

/* The file is another recording now: begins it anew. */
static int begin_again(struct etl_follow *follow, struct followed *file, struct error *error)
{
	if (file->doubt == FILE_CHANGE_NONE || file->doubt == FILE_CHANGE_REPLACED)
		note_change(follow, file, FILE_CHANGE_REPLACED);
	file->doubt = FILE_CHANGE_NONE;
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

	memset(follow->header, 0, ETL_BUFFER_HEADER_BYTES);
	input_seek(input, 0);
	got = input_read(input, follow->header, HEADER_BYTES, NULL, error);
	if (got < ETL_BUFFER_HEADER_BYTES)
		return false;
	etl_buffer_read(follow->header, &buffer);
	*bytes = buffer.bytes < (size_t)got ? buffer.bytes : (size_t)got;
	if (etl_find_header(follow->header, *bytes, &record) && etl_header_parse(&record, header))
		return true;
	memset(header, 0, sizeof(*header));
	return false;
}

enum verdict {
	VERDICT_SAME,
	VERDICT_ANOTHER,
	VERDICT_LATER, /* what it is cannot be said yet */
};

/*
 * Whether the file is the recording that it was. Its start time tells: programs that copy make a
 * new file, or write over the one that is there from its beginning, and copy the same recording
 * again when it has grown.
 */
static enum verdict judge(const struct followed *file, const struct etl_header *header,
			  const uint8_t *bytes, uint64_t count)
{
	bool zeros = bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0;

	if (file->start_unix_ns && header) {
		if (file->start_unix_ns != header->start_unix_ns)
			return VERDICT_ANOTHER;
		return count < file->offset ? VERDICT_LATER : VERDICT_SAME;
	}
	if (file->doubt == FILE_CHANGE_NONE)
		return VERDICT_SAME;
	return file->start_unix_ns && (zeros || count < HEADER_LATE_BYTES) ? VERDICT_LATER
									   : VERDICT_ANOTHER;
}

static int read_from_offset(struct followed *file, struct input *input, bool last,
			    struct error *error)
{
	int result;

	input_seek(input, file->offset);
	result = etl_reader_read(&file->reader, input, last, error);
	/* Where it failed, too, what came before was handed on. */
	file->offset = input->at - etl_reader_forget(&file->reader);
	return result;
}

/*
 * The header of a finalised recording does not say that the file is complete, if it is a copy that
 * is being made: the number of buffers does; or, in one that is cut, that nothing more comes.
 */
static bool has_all(const struct followed *file, const struct etl_header *header)
{
	return file->same >= LOOKS_TO_SETTLE ||
	       (header->buffers_written && file->reader.buffers >= header->buffers_written);
}

static int read_to_end(struct etl_follow *follow, struct followed *file, struct input *input,
		       const struct etl_header *header, struct error *error)
{
	file->ending = header->end_unix_ns != 0;
	if (read_from_offset(file, input, false, error))
		return -1;
	if (file->ending && has_all(file, header)) {
		if (read_from_offset(file, input, true, error))
			return -1;
		file->ending = stop_is_set(follow->context.stop);
		if (!file->ending)
			set_finalised(follow, file);
		return 0;
	}
	if (file->reader.looked && !file->reader.buffers)
		return etl_reader_not_a_recording(&file->reader, input, error);
	set_open(follow, file);
	return 0;
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
	enum verdict verdict =
		judge(file, has_header ? &header : NULL, follow->header, input->bytes);

	if (verdict == VERDICT_LATER)
		return 0;
	if (verdict == VERDICT_ANOTHER && begin_again(follow, file, error))
		return -1;
	file->doubt = FILE_CHANGE_NONE;
	if (header.log_file_mode & LOG_FILE_MODE_CIRCULAR && !header.end_unix_ns) {
		set_open(follow, file);
		return 0;
	}
	if (has_header) {
		file->start_unix_ns = header.start_unix_ns;
		if (file->offset)
			etl_reader_header_again(&file->reader, follow->header, header_bytes);
	}
	return read_to_end(follow, file, input, &header, error);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static bool is_same_status(const struct stat *a, const struct stat *b)
{
	return is_same_file(a, b) && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool is_unchanged(const struct followed *file, const struct stat *status)
{
	return file->looked_at && !file->failed && !file->ending &&
	       is_same_status(&file->status, status) && file->same >= LOOKS_TO_SETTLE;
}

static void note_status(struct followed *file, const struct stat *status)
{
	if (file->looked_at && is_same_status(&file->status, status))
		file->same += file->same < LOOKS_TO_SETTLE;
	else
		file->same = 0;
	file->status = *status;
	file->looked_at = true;
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
	/* Reads of others may wait for ever. */
	if (!S_ISREG(status.st_mode))
		return error_set(error, "cannot follow %s: it is not a regular file", file->path);
	if (is_unchanged(file, &status) && !may_change_unseen(file))
		return 0;
	if (file->looked_at && !is_same_file(&file->status, &status))
		doubt(follow, file, FILE_CHANGE_REPLACED);
	else if ((uint64_t)status.st_size < file->offset)
		doubt(follow, file, FILE_CHANGE_SHRUNK);
	note_status(file, &status);
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

static void come_back(struct etl_follow *follow, struct followed *file)
{
	file->gone = false;
	follow->gone--;
	health_add(&follow->context.health->files_open, is_open(file));
	doubt(follow, file, FILE_CHANGE_DISAPPEARED);
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
	} else if (file && file->finalised && !file->gone && is_unchanged(file, &status)) {
		file->seen = true;
		return;
	}
	if (!file)
		file = add(follow, path);
	if (!file)
		return;
	file->seen = true;
	if (file->gone)
		come_back(follow, file);
	if (look_at_file(follow, file, &error))
		set_failed(follow, file, &error);
}

static void leave(struct etl_follow *follow, struct followed *file)
{
	note_change(follow, file, FILE_CHANGE_DISAPPEARED);
	leave_state(follow, file);
	file->gone = true;
	follow->gone++;
}

static void note_unseen(struct etl_follow *follow)
{
	struct followed *file, *next;

	HASH_ITER(hh, follow->files, file, next)
	{
		if (!file->seen && !file->gone)
			leave(follow, file);
		file->seen = false;
	}
	/* Those that came first are forgotten first. */
	HASH_ITER(hh, follow->files, file, next)
	{
		if (follow->gone <= GONE_MAX)
			break;
		if (file->gone)
			drop(follow, file);
	}
}

/* The limit of files keeps more out than it did so far. */
static void refuse(struct etl_follow *follow, uint64_t refused)
{
	if (!follow->refused)
		log_line(follow->context.log, LOG_WARN,
			 "limit of files reached, the rest is not read", "session",
			 follow->context.config->name, "raise", "limits.files", NULL);
	health_add(&follow->context.health->files_refused, refused - follow->refused);
	follow->refused = refused;
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
	if (all_refused > follow->refused)
		refuse(follow, all_refused);
	for (i = 0; !result && i < list.count && !stop_is_set(follow->context.stop); i++)
		look_at_path(follow, list.paths[i]);
	if (!result && i == list.count)
		note_unseen(follow);
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
