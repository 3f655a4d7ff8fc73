/* dump: every event of recordings, decoded. */
#include "exporter/command/dump.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/buffer_walk.h"
#include "exporter/command.h"
#include "exporter/manifest_files.h"
#include "exporter/source.h"
#include "exporter/source/input.h"

#define QUEUE_BYTES ((size_t)8 << 20)
#define LINE_LIMIT  ((size_t)64 << 20)

struct dump {
	struct dump_options options;
	struct manifests *manifests; /* NULL: none are given */
	struct decoding *decoding;
	const char *provider; /* a glob; NULL: all */
	long id;	      /* -1: all */
	uint64_t limit;
	uint64_t printed;
	bool learning; /* the first pass: nothing is printed */
	bool failed;   /* standard output */
	struct text line;
	struct buffer_walk walk;
	struct trace_queue *queue;
	struct stop *stop;
};

static bool is_wanted(const struct dump *dump, const struct event_record *record,
		      const struct event_names *names)
{
	if (dump->id >= 0 && record->id != dump->id)
		return false;
	return !dump->provider || fnmatch(dump->provider, names->provider, 0) == 0;
}

static void print_record(struct dump *dump, const struct recording *recording,
			 const struct event_record *record)
{
	struct dump_event event = {.record = record, .recording = recording};

	decoding_learn(dump->decoding, record);
	event.schema = decoding_find(dump->decoding, record);
	event_names_find(dump->decoding, event.schema, record, &event.names);
	if (!is_wanted(dump, record, &event.names))
		return;
	text_clear(&dump->line);
	dump_event(&event, &dump->options, &dump->line);
	if (fwrite(dump->line.bytes, 1, dump->line.length, stdout) != dump->line.length)
		dump->failed = true;
	dump->printed++;
}

static void take_records(void *context, const struct recording *recording,
			 struct etl_cursor *cursor, int64_t shift_ns)
{
	struct dump *dump = context;
	struct event_record record;

	(void)shift_ns;
	while (buffer_walk_next(&dump->walk, cursor, &record)) {
		if (dump->failed || dump->printed >= dump->limit)
			stop_set(dump->stop);
		else if (dump->learning)
			decoding_learn(dump->decoding, &record);
		else
			print_record(dump, recording, &record);
	}
}

struct reading {
	struct source_context context;
	struct error error;
	int result;
};

static void *run_source(void *argument)
{
	struct reading *reading = argument;
	void *source = etl_source.open(&reading->context, &reading->error);

	reading->result = source ? etl_source.run(source, &reading->error) : -1;
	if (source)
		etl_source.close(source);
	trace_queue_stop(reading->context.queue);
	return NULL;
}

static void consume(struct dump *dump)
{
	for (;;) {
		struct trace_buffer *buffer = trace_queue_get(dump->queue);

		if (buffer->flags & TRACE_BUFFER_STOP)
			return;
		buffer_walk_feed(&dump->walk, buffer);
		trace_queue_recycle(dump->queue, buffer);
	}
}

/* Reads the file once, in a thread of its own; this one takes it apart. */
static int read_file(struct dump *dump, struct source_context *context, struct error *error)
{
	struct reading reading = {.context = *context};
	pthread_t thread;
	int failed;

	failed = pthread_create(&thread, NULL, run_source, &reading);
	if (failed)
		return error_set(error, "cannot start a thread: %s", strerror(failed));
	consume(dump);
	pthread_join(thread, NULL);
	*error = reading.error;
	return reading.result;
}

/* Metadata often stands at the end of a recording, so it is read for that first; not so a stream.
 */
static int read_passes(struct dump *dump, const char *path, struct source_context *context,
		       struct error *error)
{
	int result = 0;

	dump->learning = strcmp(path, INPUT_STDIN_PATH) != 0;
	if (dump->learning)
		result = read_file(dump, context, error);
	dump->learning = false;
	return result ? result : read_file(dump, context, error);
}

static int dump_file(struct dump *dump, char *path, struct error *error)
{
	static char name[] = "dump", source[] = "etl";
	const struct session_config config = {.name = name,
					      .source = source,
					      .paths = &path,
					      .path_count = 1,
					      .queue_bytes = QUEUE_BYTES};
	const struct limits_config limits = {.files = 1};
	struct session_health *health = malloc(sizeof(*health));
	struct source_context context = {.config = &config, .limits = &limits, .health = health};
	int result;

	if (health)
		session_health_init(health);
	dump->walk =
		(struct buffer_walk){.health = health, .records = take_records, .context = dump};
	dump->decoding = decoding_new(dump->manifests);
	dump->queue = trace_queue_new(QUEUE_BYTES);
	dump->stop = stop_new();
	context.queue = dump->queue;
	context.stop = dump->stop;
	if (health && dump->decoding && dump->queue && dump->stop)
		result = read_passes(dump, path, &context, error);
	else
		result = error_set(error, "cannot read %s: out of memory", path);
	buffer_walk_done(&dump->walk);
	decoding_free(dump->decoding);
	trace_queue_free(dump->queue);
	stop_free(dump->stop);
	free(health);
	return result;
}

static bool parse_number(const char *text, uint64_t most, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && *number <= most;
}

static int parse(const struct invocation *invocation, struct dump *dump, struct error *error)
{
	const char *format = invocation_option(invocation, "format");
	const char *id = invocation_option(invocation, "id");
	const char *limit = invocation_option(invocation, "limit");
	uint64_t number;

	dump->options.json = strcmp(format, "json") == 0;
	dump->options.raw = invocation_option(invocation, "raw") != NULL;
	dump->provider = invocation_option(invocation, "provider");
	dump->id = -1;
	dump->limit = UINT64_MAX;
	if (!dump->options.json && strcmp(format, "text") != 0)
		return error_set(error, "--format=%s: must be text or json", format);
	if (id && !parse_number(id, UINT16_MAX, &number))
		return error_set(error, "--id=%s: must be a number from 0 to 65535", id);
	if (id)
		dump->id = (long)number;
	if (limit && !parse_number(limit, UINT64_MAX, &dump->limit))
		return error_set(error, "--limit=%s: must be a number", limit);
	if (!invocation->operand_count)
		return error_set(error, "dump needs a file: etw_exporter dump FILE...");
	return 0;
}

static int run(const struct invocation *invocation, struct error *error)
{
	const char *manifests = invocation_option(invocation, "manifests");
	struct dump dump = {.failed = false};
	int code = EXIT_DONE, i;

	if (parse(invocation, &dump, error))
		return EXIT_USAGE;
	if (manifests) {
		dump.manifests = manifest_files_load(&manifests, 1, error);
		if (!dump.manifests)
			return EXIT_USAGE;
	}
	text_init(&dump.line, LINE_LIMIT);
	for (i = 0; i < invocation->operand_count && !dump.failed; i++) {
		error->text[0] = '\0';
		if (!dump_file(&dump, invocation->operands[i], error))
			continue;
		code = EXIT_FAILED;
		fprintf(stderr, "etw_exporter: %s\n", error->text);
	}
	error->text[0] = '\0';
	text_done(&dump.line);
	manifests_free(dump.manifests);
	return code;
}

const struct command dump_command = {
	.name = "dump",
	.operands = "FILE...",
	.summary = "Prints every event of recordings, decoded.",
	.options = {{"format", "FORMAT", "text or json (JSON Lines)", "text"},
		    {"raw", NULL, "values by their types alone, without out-types and maps", NULL},
		    {"provider", "GLOB", "only of providers called so", NULL},
		    {"id", "N", "only events with this ID", NULL},
		    {"manifests", "PATH", "instrumentation manifests: file, glob or folder", NULL},
		    {"limit", "N", "only so many events", NULL}},
	.option_count = 6,
	.run = run,
};
