/* The event systems of tracefs, their events and fields. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/command/json.h"
#include "exporter/command/providers.h"
#include "exporter/decoder/ftrace_format.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_select_linux.h"
#include "metrics/text.h"

#define FORMAT_SIZE ((size_t)256 << 10)

const char providers_glob_form[] = "SYSTEM or SYSTEM:EVENT";

struct listing {
	bool json;
	char system[TRACE_PATH_SIZE], event[TRACE_PATH_SIZE]; /* globs */
	int tracefs;					      /* open on its directory */
	char *format;
	struct text *out;
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
	json_next(to);
	text_char(to, '{');
	json_string(to, "name", field->name);
	json_string(to, "type", field->type);
	text_printf(to, ",\"offset\":%d,\"size\":%d", field->offset, field->size);
	json_bool(to, "signed", field->flags & TEP_FIELD_IS_SIGNED);
	text_char(to, '}');
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

	text_char(to, '{');
	json_string(to, "provider", event->system);
	json_string(to, "event", event->name);
	text_printf(to, ",\"id\":%d,\"fields\":[", event->id);
	for (field = event->format.fields; field; field = field->next)
		add_field_json(field, to);
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
		add_json(event, listing->out);
	else
		add_text(event, listing->out);
	tep_free(tep);
	return 0;
}

static int list(struct listing *listing, struct error *error)
{
	struct scalar_config glob = {.text = listing->event};
	struct scalar_list events = {&glob, 1};
	struct trace_names names;
	int result;
	size_t i;

	result = trace_select(listing->tracefs, listing->system, &events, &names, error);
	if (result)
		return -1;
	for (i = 0; !result && i < names.count; i++)
		result = add_event(listing, names.list[i], error);
	trace_names_done(&names);
	return result;
}

bool providers_glob_is_valid(const char *glob)
{
	const char *colon = strchr(glob, ':');

	return *glob && strlen(glob) < TRACE_PATH_SIZE && colon != glob && !(colon && !colon[1]);
}

static void split(const char *glob, struct listing *listing)
{
	const char *colon = glob ? strchr(glob, ':') : NULL;

	snprintf(listing->system, sizeof(listing->system), "%.*s",
		 glob ? (int)strcspn(glob, ":") : 1, glob ? glob : "*");
	snprintf(listing->event, sizeof(listing->event), "%s", colon ? colon + 1 : "*");
}

int providers_list(const char *glob, bool json, struct text *to, struct error *error)
{
	struct listing listing = {.json = json, .out = to};
	char path[PATH_MAX];
	int result;

	split(glob, &listing);
	listing.tracefs = trace_mount_open(false, path, error);
	if (listing.tracefs < 0)
		return -1;
	listing.format = malloc(FORMAT_SIZE);
	result = listing.format ? list(&listing, error) : error_set(error, "out of memory");
	free(listing.format);
	close(listing.tracefs);
	return result;
}
