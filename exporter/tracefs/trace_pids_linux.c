#include "exporter/tracefs/trace_pids_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "exporter/tracefs/trace_file_linux.h"
#include "metrics/text.h"

/* The kernel takes them in any number of writes; each is less than a page. */
#define PIDS_AT_ONCE   256
#define PID_BYTES      12 /* of one in digits, with a space */
#define PIDS_TEXT_SIZE ((size_t)PIDS_AT_ONCE * PID_BYTES)

struct writer {
	int directory;
	size_t count;
	struct text text;
};

static int flush(struct writer *writer, struct error *error)
{
	int result = 0;

	if (!writer->count)
		return 0;
	text_char(&writer->text, '\0');
	if (writer->text.failed)
		result = error_set(error, "cannot set pids: out of memory");
	else if (trace_file_write(writer->directory, "set_event_pid", writer->text.bytes))
		result = trace_file_error(error, errno, "cannot set set_event_pid");
	text_clear(&writer->text);
	writer->count = 0;
	return result;
}

static int add(struct writer *writer, const char *thread, struct error *error)
{
	text_printf(&writer->text, " %.*s", PID_BYTES - 2, thread);
	return ++writer->count < PIDS_AT_ONCE ? 0 : flush(writer, error);
}

static int add_process(struct writer *writer, uint64_t pid, struct error *error)
{
	struct trace_names threads;
	char number[32], path[64];
	int result = 0;
	size_t i;

	snprintf(number, sizeof(number), "%" PRIu64, pid);
	snprintf(path, sizeof(path), "/proc/%s/task", number);
	if (trace_names_read(AT_FDCWD, path, &threads))
		return add(writer, number, error);
	for (i = 0; !result && i < threads.count; i++)
		result = add(writer, threads.list[i], error);
	trace_names_done(&threads);
	return result;
}

int trace_pids_add(int directory, const struct scalar_list *pids, struct error *error)
{
	struct writer writer = {.directory = directory};
	int result = 0;
	size_t i;

	text_init(&writer.text, PIDS_TEXT_SIZE + 1);
	for (i = 0; !result && i < pids->count; i++)
		result = add_process(&writer, pids->list[i].magnitude, error);
	if (!result)
		result = flush(&writer, error);
	text_done(&writer.text);
	return result;
}
