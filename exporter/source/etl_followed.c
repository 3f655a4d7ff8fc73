#include "exporter/source/etl_followed.h"
#include "exporter/record/log_file_mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is copied has its header by then. */
#define HEADER_LATE_BYTES 4096
/*
 * After so many looks that found no change there is none. File systems tell times roughly, so that
 * what follows a change at once may not be seen; and a copy that is being made may halt.
 */
#define LOOKS_TO_SETTLE 10
/* No doubt. */
#define FILE_CHANGE_NONE FILE_CHANGE_COUNT

static bool is_open(const struct etl_followed *file)
{
	return !file->finalised && !file->failed && !file->gone;
}

static void leave_state(const struct etl_followed *file)
{
	if (is_open(file))
		health_sub(&file->context->health->files_open, 1);
}

static void set_failed(struct etl_followed *file, const struct error *error)
{
	if (file->failed)
		return;
	leave_state(file);
	file->failed = true;
	health_add(&file->context->health->files_failed, 1);
	log_line(file->context->log, LOG_WARN, "recording cannot be read, will be tried again",
		 "session", file->context->config->name, "file", file->path, "error", error->text,
		 NULL);
}

static void set_open(struct etl_followed *file)
{
	if (is_open(file))
		return;
	file->failed = false;
	file->finalised = false;
	health_add(&file->context->health->files_open, 1);
}

static void set_finalised(struct etl_followed *file)
{
	if (!file->finalised) {
		leave_state(file);
		file->finalised = true;
		health_malformed(file->context->health, etl_framer_end(&file->reader.framer));
		health_add(&file->context->health->files_done, 1);
	}
	file->failed = false;
}

static void note_change(const struct etl_followed *file, enum file_change change)
{
	static const char *const texts[FILE_CHANGE_COUNT] = {
		[FILE_CHANGE_SHRUNK] = "recording shrank",
		[FILE_CHANGE_REPLACED] = "recording was replaced",
		[FILE_CHANGE_DISAPPEARED] = "recording is gone",
	};

	health_add(&file->context->health->file_changes[change], 1);
	log_line(file->context->log, change == FILE_CHANGE_DISAPPEARED ? LOG_INFO : LOG_WARN,
		 texts[change], "session", file->context->config->name, "file", file->path, NULL);
}

static void doubt(struct etl_followed *file, enum file_change change)
{
	if (file->doubt != FILE_CHANGE_NONE)
		return;
	file->doubt = change;
	if (change == FILE_CHANGE_SHRUNK)
		note_change(file, change);
}

/* The file is another recording now: begins it anew. */
static int begin_again(struct etl_followed *file, struct error *error)
{
	if (file->doubt == FILE_CHANGE_NONE || file->doubt == FILE_CHANGE_REPLACED)
		note_change(file, FILE_CHANGE_REPLACED);
	file->doubt = FILE_CHANGE_NONE;
	etl_reader_done(&file->reader);
	file->offset = 0;
	file->start_unix_ns = 0;
	set_open(file);
	return etl_reader_init(&file->reader, file->context, error);
}

/* What the header buffer says now; false where there is none that can be read. */
static bool look_at_header(struct etl_followed *file, struct input *input,
			   struct etl_header *header, size_t *bytes, struct error *error)
{
	struct event_record record;
	struct etl_buffer buffer;
	ssize_t got;

	memset(file->scratch, 0, ETL_BUFFER_HEADER_BYTES);
	input_seek(input, 0);
	got = input_read(input, file->scratch, ETL_FOLLOWED_SCRATCH_BYTES, NULL, error);
	if (got < ETL_BUFFER_HEADER_BYTES)
		return false;
	etl_buffer_read(file->scratch, &buffer);
	*bytes = buffer.bytes < (size_t)got ? buffer.bytes : (size_t)got;
	if (etl_find_header(file->scratch, *bytes, &record) && etl_header_parse(&record, header))
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
static enum verdict judge(const struct etl_followed *file, const struct etl_header *header,
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

static int read_from_offset(struct etl_followed *file, struct input *input, bool last,
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
static bool has_all(const struct etl_followed *file, const struct etl_header *header)
{
	return file->same >= LOOKS_TO_SETTLE ||
	       (header->buffers_written && file->reader.buffers >= header->buffers_written);
}

static int read_to_end(struct etl_followed *file, struct input *input,
		       const struct etl_header *header, struct error *error)
{
	file->ending = header->end_unix_ns != 0;
	if (read_from_offset(file, input, false, error))
		return -1;
	if (file->ending && has_all(file, header)) {
		if (read_from_offset(file, input, true, error))
			return -1;
		file->ending = stop_is_set(file->context->stop);
		if (!file->ending)
			set_finalised(file);
		return 0;
	}
	if (file->reader.looked && !file->reader.buffers)
		return etl_reader_not_a_recording(&file->reader, input, error);
	set_open(file);
	return 0;
}

/*
 * A circular recording is written over from its beginning: it can only be read once it is
 * finalised. Others are read as they grow; the end of a finalised one is the end.
 */
static int read_more(struct etl_followed *file, struct input *input, struct error *error)
{
	struct etl_header header = {0};
	size_t header_bytes = 0;
	bool has_header = look_at_header(file, input, &header, &header_bytes, error);
	enum verdict verdict =
		judge(file, has_header ? &header : NULL, file->scratch, input->bytes);

	if (verdict == VERDICT_LATER)
		return 0;
	if (verdict == VERDICT_ANOTHER && begin_again(file, error))
		return -1;
	file->doubt = FILE_CHANGE_NONE;
	if (header.log_file_mode & LOG_FILE_MODE_CIRCULAR && !header.end_unix_ns) {
		set_open(file);
		return 0;
	}
	if (has_header) {
		file->start_unix_ns = header.start_unix_ns;
		if (file->offset)
			etl_reader_header_again(&file->reader, file->scratch, header_bytes);
	}
	return read_to_end(file, input, &header, error);
}

static bool is_same_status(const struct file_status *a, const struct file_status *b)
{
	return file_identity_equal(&a->identity, &b->identity) && a->bytes == b->bytes &&
	       a->modified_ns == b->modified_ns;
}

static bool is_unchanged(const struct etl_followed *file, const struct file_status *status)
{
	return file->looked_at && !file->failed && !file->ending &&
	       is_same_status(&file->status, status) && file->same >= LOOKS_TO_SETTLE;
}

static void note_status(struct etl_followed *file, const struct file_status *status)
{
	if (file->looked_at && is_same_status(&file->status, status))
		file->same += file->same < LOOKS_TO_SETTLE;
	else
		file->same = 0;
	file->status = *status;
	file->looked_at = true;
}

/* A preallocated file has its size from the start, and its time may be told late. */
static bool may_change_unseen(const struct etl_followed *file)
{
	return !file->finalised &&
	       file->reader.framer.header.log_file_mode & LOG_FILE_MODE_PREALLOCATE;
}

static int look_at_input(struct etl_followed *file, struct input *input, struct error *error)
{
	struct file_status status;

	if (!file->reader.recording && etl_reader_init(&file->reader, file->context, error))
		return -1;
	if (file_status_open(input->fd, &status))
		return error_set(error, "cannot read %s: %s", file->path, strerror(errno));
	/* Reads of others may wait for ever. */
	if (status.kind != FILE_KIND_REGULAR)
		return error_set(error, "cannot follow %s: it is not a regular file", file->path);
	if (is_unchanged(file, &status) && !may_change_unseen(file))
		return 0;
	if (file->looked_at && !file_identity_equal(&file->status.identity, &status.identity))
		doubt(file, FILE_CHANGE_REPLACED);
	else if (status.bytes < file->offset)
		doubt(file, FILE_CHANGE_SHRUNK);
	note_status(file, &status);
	return read_more(file, input, error);
}

/* Opening it makes a network share tell the file's size as it is now. */
bool etl_followed_look(struct etl_followed *file)
{
	struct error error;
	struct input input;

	if (input_open(&input, file->path, &error)) {
		if (errno == ENOENT)
			return false;
		set_failed(file, &error);
		return true;
	}
	if (look_at_input(file, &input, &error))
		set_failed(file, &error);
	input_close(&input);
	return true;
}

bool etl_followed_is_settled(const struct etl_followed *file, const struct file_status *status)
{
	return file->finalised && !file->gone && is_unchanged(file, status);
}

void etl_followed_leave(struct etl_followed *file)
{
	note_change(file, FILE_CHANGE_DISAPPEARED);
	leave_state(file);
	file->gone = true;
}

void etl_followed_come_back(struct etl_followed *file)
{
	file->gone = false;
	health_add(&file->context->health->files_open, is_open(file));
	doubt(file, FILE_CHANGE_DISAPPEARED);
}

int etl_followed_init(struct etl_followed *file, const struct source_context *context,
		      const char *path, uint8_t *scratch)
{
	struct error error;

	memset(file, 0, sizeof(*file));
	file->context = context;
	file->scratch = scratch;
	file->doubt = FILE_CHANGE_NONE;
	file->path = strdup(path);
	if (!file->path || etl_reader_init(&file->reader, context, &error)) {
		free(file->path);
		return -1;
	}
	health_add(&context->health->files_open, 1);
	return 0;
}

void etl_followed_done(struct etl_followed *file)
{
	leave_state(file);
	etl_reader_done(&file->reader);
	free(file->path);
}
