#include "exporter/command/record_reader.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/aggregator/buffer_walk.h"
#include "exporter/command/operand.h"
#include "exporter/source/source.h"

#define QUEUE_BYTES ((size_t)8 << 20)

struct reader {
	struct source_context context;
	struct session_health health;
	struct buffer_walk walk;
	record_reader_take *take;
	void *take_context;
	bool enough;	    /* nothing more is wanted of what has been read */
	struct error error; /* of the source; likewise result */
	int result;
};

static void take_records(void *context, const struct recording *recording,
			 struct record_cursor *cursor, int64_t shift_ns)
{
	struct reader *reader = context;
	struct event_record record;

	(void)shift_ns;
	while (!reader->enough && buffer_walk_next(&reader->walk, cursor, &record)) {
		reader->enough = !reader->take(reader->take_context, recording, &record);
		if (reader->enough)
			stop_set(reader->context.stop);
	}
}

static void *run_source(void *argument)
{
	struct reader *reader = argument;
	void *source = etl_source.open(&reader->context, &reader->error);

	reader->result = source ? etl_source.run(source, &reader->error) : -1;
	if (source)
		etl_source.close(source);
	trace_queue_stop(reader->context.queue);
	return NULL;
}

static void consume(struct reader *reader)
{
	for (;;) {
		struct trace_buffer *buffer = trace_queue_get(reader->context.queue);

		if (buffer->flags & TRACE_BUFFER_STOP)
			return;
		buffer_walk_feed(&reader->walk, buffer);
		if (buffer->flags & TRACE_BUFFER_RECORDING_END)
			recording_free(buffer->recording);
		trace_queue_recycle(reader->context.queue, buffer);
	}
}

static int run(struct reader *reader, struct error *error)
{
	pthread_t thread;
	int failed = pthread_create(&thread, NULL, run_source, reader);

	if (failed)
		return error_set(error, "cannot start a thread: %s", strerror(failed));
	consume(reader);
	pthread_join(thread, NULL);
	if (reader->result)
		*error = reader->error;
	return reader->result;
}

int record_reader_run(char *path, bool learn, record_reader_take *take, void *context,
		      struct error *error)
{
	static char name[] = "reader", source[] = "etl";
	const struct session_config config = {.name = name,
					      .source = source,
					      .paths = &path,
					      .path_count = 1,
					      .queue_bytes = QUEUE_BYTES};
	const struct limits_config limits = {.files = 1};
	const struct source_wants wants = {.learn = learn};
	struct reader *reader;
	int result;

	if (operand_check_file(path, "read", error))
		return -1;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return error_set(error, "cannot read %s: out of memory", path);
	session_health_init(&reader->health);
	reader->walk = (struct buffer_walk){
		.health = &reader->health, .records = take_records, .context = reader};
	reader->take = take;
	reader->take_context = context;
	reader->context = (struct source_context){
		.config = &config,
		.limits = &limits,
		.queue = trace_queue_new(QUEUE_BYTES),
		.health = &reader->health,
		.stop = stop_new(),
		.wants = &wants,
	};
	if (reader->context.queue && reader->context.stop)
		result = run(reader, error);
	else
		result = error_set(error, "cannot read %s: out of memory", path);
	buffer_walk_done(&reader->walk);
	trace_queue_free(reader->context.queue);
	stop_free(reader->context.stop);
	free(reader);
	return result;
}
