/* providers: the event systems of tracefs, their events and fields. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/command.h"
#include "exporter/decoder/ftrace_format.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_select_linux.h"
#include "metrics/text.h"

#define LIST_LIMIT  ((size_t)1 << 30)
#define FORMAT_SIZE ((size_t)256 << 10)

struct listing {
	bool json;
	const char *system; /* globs */
	const char *event;
	int tracefs; /* open on its directory */
	char *format;
	struct text out;
};

static void add_field_text(const struct tep_format_field *field, struct text *to)
{
	text_string(to, "  ");
	text_printable(to, field->name);
	text_char(to, ' ');
	text_printable(to, field->type);
	text_char(to, '\n');
}

static void add_field_json(const struct tep_format_field *field, struct text *to)
{
	text_string(to, "{\"name\":");
	text_json(to, field->name);
	text_string(to, ",\"type\":");
	text_json(to, field->type);
	text_printf(to, ",\"offset\":%d,\"size\":%d,\"signed\":%s}", field->offset, field->size,
		    field->flags & TEP_FIELD_IS_SIGNED ? "true" : "false");
}

/* What all events have (common_*) is left out. */
static void add_text(const struct tep_event *event, struct text *to)
{
	const struct tep_format_field *field;

	text_printable(to, event->system);
	text_char(to, ':');
	text_printable(to, event->name);
	text_char(to, '\n');
	for (field = event->format.fields; field; field = field->next)
		add_field_text(field, to);
}

static void add_json(const struct tep_event *event, struct text *to)
{
	const struct tep_format_field *field;

	text_string(to, "{\"provider\":");
	text_json(to, event->system);
	text_string(to, ",\"event\":");
	text_json(to, event->name);
	text_printf(to, ",\"id\":%d,\"fields\":[", event->id);
	for (field = event->format.fields; field; field = field->next) {
		add_field_json(field, to);
		if (field->next)
			text_char(to, ',');
	}
	text_string(to, "]}\n");
}

/* `name` is SYSTEM/EVENT. */
static int add_event(struct listing *listing, const char *name, struct error *error)
{
	const char *slash = strchr(name, '/');
	char path[TRACE_PATH_SIZE + 16], system[TRACE_PATH_SIZE];
	struct tep_handle *tep;
	struct tep_event *event;
	ssize_t length;

	snprintf(system, sizeof(system), "%.*s", (int)(slash - name), name);
	snprintf(path, sizeof(path), "events/%s/format", name);
	length = trace_file_read(listing->tracefs, path, listing->format, FORMAT_SIZE);
	if (length < 0 && errno == ENOENT)
		return 0; /* its module went away */
	if (length < 0)
		return trace_file_error(error, errno, "cannot read %s", path);
	tep = ftrace_format_parse(system, listing->format, (size_t)length, &event);
	if (!tep)
		return error_set(error, "cannot understand %s", path);
	if (listing->json)
		add_json(event, &listing->out);
	else
		add_text(event, &listing->out);
	tep_free(tep);
	return 0;
}

static int list(struct listing *listing, struct error *error)
{
	char event[TRACE_PATH_SIZE];
	struct scalar_config glob = {.text = event};
	struct scalar_list events = {&glob, 1};
	struct trace_names names;
	int result;
	size_t i;

	snprintf(event, sizeof(event), "%s", listing->event);
	result = trace_select(listing->tracefs, listing->system, &events, &names, error);
	if (result)
		return -1;
	for (i = 0; !result && i < names.count; i++)
		result = add_event(listing, names.list[i], error);
	trace_names_done(&names);
	if (!result && listing->out.failed)
		return error_set(error, "cannot list the providers: out of memory");
	if (!result)
		fwrite(listing->out.bytes, 1, listing->out.length, stdout);
	return result;
}

/* SYSTEM or SYSTEM:EVENT. */
static int split(char *glob, struct listing *listing)
{
	char *colon = strchr(glob, ':');

	listing->system = glob;
	listing->event = "*";
	if (!colon)
		return 0;
	*colon = '\0';
	listing->event = colon + 1;
	return listing->system[0] && listing->event[0] ? 0 : -1;
}

static int run(const struct invocation *invocation, struct error *error)
{
	const char *format = invocation_option(invocation, "format");
	struct listing listing = {.json = strcmp(format, "json") == 0, .system = "*", .event = "*"};
	char path[PATH_MAX];
	int result;

	if (!listing.json && strcmp(format, "text") != 0) {
		error_set(error, "--format=%s: must be text or json", format);
		return EXIT_USAGE;
	}
	if (invocation->operand_count > 1 ||
	    (invocation->operand_count && split(invocation->operands[0], &listing))) {
		error_set(error, "providers takes one glob: SYSTEM or SYSTEM:EVENT");
		return EXIT_USAGE;
	}
	listing.tracefs = trace_mount_open(false, path, error);
	if (listing.tracefs < 0)
		return EXIT_FAILED;
	text_init(&listing.out, LIST_LIMIT);
	listing.format = malloc(FORMAT_SIZE);
	result = listing.format ? list(&listing, error) : error_set(error, "out of memory");
	free(listing.format);
	text_done(&listing.out);
	close(listing.tracefs);
	return result ? EXIT_FAILED : EXIT_DONE;
}

const struct command providers_command = {
	.name = "providers",
	.operands = "[GLOB]",
	.summary = "Lists what tracefs sessions can trace here: event systems, events, fields.",
	.options = {{"format", "FORMAT", "text or json (an object on a line for each)", "text"}},
	.option_count = 1,
	.run = run,
};
