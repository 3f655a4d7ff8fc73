/* inspect: reads recordings and says what is in them. */
#include "exporter/command/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"
#include "exporter/command/command.h"
#include "exporter/command/operand.h"
#include "exporter/command/suggest.h"
#include "exporter/decoder/event_names.h"
#include "exporter/source/input.h"

#define REPORT_LIMIT	 ((size_t)1 << 30)
#define EVENT_TYPE_LIMIT ((size_t)1 << 20)
#define QUEUE_BYTES	 ((uint64_t)8 << 20)
#define PROGRESS_COLUMNS 40
/* Shorter files are read before a bar could be seen. */
#define PROGRESS_FROM_BYTES  ((uint64_t)64 << 20)
#define PROGRESS_INTERVAL_NS 200000000

struct job {
	const char *path;
	bool json;
	bool with_fields;
	const struct manifests *manifests; /* NULL: none are given */
	struct session_config config;
	struct limits_config limits;
	struct registry *registry;
	struct event_families families;
	struct session *session;
};

static uint64_t file_bytes(const char *path)
{
	struct file_status status;

	if (strcmp(path, INPUT_STDIN_PATH) == 0 || file_status(path, &status) ||
	    status.kind != FILE_KIND_REGULAR)
		return 0;
	return status.bytes;
}

static void draw_progress(const char *path, uint64_t done, uint64_t all)
{
	char bar[PROGRESS_COLUMNS + 1];
	size_t full = done < all ? (size_t)(done * PROGRESS_COLUMNS / all) : PROGRESS_COLUMNS;

	memset(bar, ' ', PROGRESS_COLUMNS);
	memset(bar, '=', full);
	bar[PROGRESS_COLUMNS] = '\0';
	fprintf(stderr, "\r%s [%s] %3u%%", path, bar,
		(unsigned int)(done < all ? done * 100 / all : 100));
	fflush(stderr);
}

/* Waits for the end, and shows the way there to a person who waits, too. */
static void wait_for_end(struct job *job)
{
	uint64_t all = file_bytes(job->path);
	bool drawn = false;
	struct timespec deadline;

	if (job->json || all < PROGRESS_FROM_BYTES || !isatty(STDERR_FILENO)) {
		session_join(job->session, NULL);
		return;
	}
	do {
		if (drawn)
			draw_progress(job->path, health_get(&session_health(job->session)->bytes),
				      all);
		drawn = true;
		clock_gettime(CLOCK_REALTIME, &deadline);
		deadline.tv_nsec += PROGRESS_INTERVAL_NS;
		deadline.tv_sec += deadline.tv_nsec / 1000000000;
		deadline.tv_nsec %= 1000000000;
	} while (!session_join(job->session, &deadline));
	fprintf(stderr, "\r\033[K");
}

static int compare_types(const void *a, const void *b)
{
	const struct event_type *left = *(const struct event_type *const *)a;
	const struct event_type *right = *(const struct event_type *const *)b;
	uint64_t left_count = event_type_events(left), right_count = event_type_events(right);
	int order;

	if (left_count != right_count)
		return left_count < right_count ? 1 : -1;
	order = strcmp(left->provider, right->provider);
	if (!order)
		order = (int)left->id - (int)right->id;
	if (!order)
		order = (int)left->opcode - (int)right->opcode;
	if (!order)
		order = (int)left->version - (int)right->version;
	return order ? order : strcmp(left->event, right->event);
}

static int report(const struct job *job, struct error *error)
{
	struct aggregator *aggregator = session_aggregator(job->session);
	const struct event_types *types = aggregator_event_types(aggregator);
	struct inspection inspection = {
		.path = job->path,
		.health = session_health(job->session),
		.header = aggregator_header(aggregator),
		.aggregator = aggregator,
		.with_fields = job->with_fields,
	};
	struct text text;
	size_t i;
	int result = 0;

	aggregator_name_event_types(aggregator);
	inspection.types = malloc((types->count + 1) * sizeof(*inspection.types));
	if (!inspection.types)
		return error_set(error, "cannot inspect %s: out of memory", job->path);
	for (i = 0; i <= types->mask; i++)
		if (types->slots[i].type)
			inspection.types[inspection.type_count++] = types->slots[i].type;
	if (cell_value(types->overflow.events))
		inspection.types[inspection.type_count++] = &types->overflow;
	qsort(inspection.types, inspection.type_count, sizeof(*inspection.types), compare_types);
	text_init(&text, REPORT_LIMIT);
	if (job->json)
		inspect_json(&inspection, &text);
	else
		inspect_text(&inspection, &text);
	if (text.failed || fwrite(text.bytes, 1, text.length, stdout) != text.length ||
	    fflush(stdout))
		result = error_set(error, "cannot write to standard output");
	text_done(&text);
	free(inspection.types);
	return result;
}

static int start(struct job *job, struct error *error)
{
	/* Two series for each event type. */
	const struct registry_limits limits = {.series = 2 * EVENT_TYPE_LIMIT,
					       .label_bytes = EVENT_NAME_SIZE};
	struct session_context context = {
		.families = &job->families, .manifests = job->manifests, .limits = &job->limits};

	job->registry = registry_new(&limits);
	if (!job->registry || event_families_add(&job->families, job->registry))
		return error_set(error, "cannot inspect %s: out of memory", job->path);
	context.registry = job->registry;
	job->session = session_new(&job->config, &context, error);
	return job->session ? session_start(job->session, error) : -1;
}

/* `wanted` says how. */
static int inspect_file(const char *path, const struct job *wanted, struct error *error)
{
	char name[] = "inspect", source[] = "etl";
	char *file = strdup(path);
	struct job job = {
		.path = path,
		.json = wanted->json,
		.with_fields = wanted->with_fields,
		.manifests = wanted->manifests,
		.config = {.name = name,
			   .source = source,
			   .paths = &file,
			   .path_count = 1,
			   .queue_bytes = QUEUE_BYTES},
		.limits = {.event_types = EVENT_TYPE_LIMIT, .files = 1},
	};
	int result = operand_check_file(path, "inspect", error);

	if (!result)
		result = file ? start(&job, error) : error_set(error, "out of memory");
	if (!result) {
		wait_for_end(&job);
		if (session_state(job.session) != SESSION_FINISHED)
			result = error_set(error, "%s", session_failure(job.session)->text);
		else
			result = report(&job, error);
	}
	session_free(job.session);
	registry_free(job.registry);
	free(file);
	return result;
}

static int inspect_files(const struct invocation *invocation, const struct job *wanted,
			 struct error *error)
{
	int code = EXIT_DONE, i;

	for (i = 0; i < invocation->operand_count; i++) {
		if (!inspect_file(invocation->operands[i], wanted, error))
			continue;
		code = EXIT_FAILED;
		fprintf(stderr, "etw_exporter: %s\n", error->text);
		error->text[0] = '\0';
	}
	return code;
}

static int inspect(const struct invocation *invocation, struct error *error)
{
	bool json = invocation_wants_json(invocation);
	const char *manifests = invocation_option(invocation, "manifests");
	struct job wanted = {
		.json = json,
		.with_fields = invocation_option(invocation, "fields") != NULL,
	};
	struct manifests *loaded = NULL;
	int code;

	if (json && invocation_option(invocation, "suggest")) {
		error_set(error, "--suggest prints YAML, not --format=json");
		return EXIT_USAGE;
	}
	if (!invocation->operand_count) {
		error_set(error, "inspect needs a file: etw_exporter inspect FILE...");
		return EXIT_USAGE;
	}
	if (invocation_option(invocation, "suggest"))
		return suggest(invocation->operands, (size_t)invocation->operand_count, manifests,
			       error);
	if (manifests) {
		loaded = operand_manifests(manifests, error);
		if (!loaded)
			return EXIT_USAGE;
	}
	wanted.manifests = loaded;
	code = inspect_files(invocation, &wanted, error);
	manifests_free(loaded);
	return code;
}

const struct command inspect_command = {
	.name = "inspect",
	.operands = "FILE...",
	.summary = "Says what is in recordings: the log file header, losses, damage, event types.",
	.options = {{"format", "FORMAT", "text or json (one object on one line for each file)",
		     "text"},
		    {"fields", NULL, "with the fields of each event type, in text too", NULL},
		    {"suggest", NULL, "prints a configuration to start from", NULL},
		    {"manifests", "PATH", "instrumentation manifests: file, glob or folder", NULL}},
	.option_count = 4,
	.run = inspect,
};
