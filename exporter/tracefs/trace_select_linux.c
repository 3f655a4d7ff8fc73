#include "exporter/tracefs/trace_select_linux.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"

struct selection {
	int directory;
	const char *system;
	const struct scalar_list *events;
	bool *matched; /* of each of `events` */
	struct trace_names *into;
	const char *refused; /* a system that matches, of which none can be enabled; NULL: none */
	struct trace_names others; /* events of the systems, for what is near */
};

/* What has no file `enable` is not traced by enabling it. */
static bool can_be_enabled(int directory, const char *name)
{
	char path[TRACE_PATH_SIZE];

	return (size_t)snprintf(path, sizeof(path), "events/%s/enable", name) < sizeof(path) &&
	       trace_file_exists(directory, path);
}

static bool is_selected(struct selection *selection, const char *event)
{
	bool selected = !selection->events->count;
	size_t i;

	for (i = 0; i < selection->events->count; i++) {
		if (fnmatch(selection->events->list[i].text, event, 0) != 0)
			continue;
		selection->matched[i] = true;
		selected = true;
	}
	return selected;
}

static int take_event(struct selection *selection, const char *system, const char *event)
{
	char name[TRACE_PATH_SIZE];

	if ((size_t)snprintf(name, sizeof(name), "%s/%s", system, event) >= sizeof(name) ||
	    !can_be_enabled(selection->directory, name))
		return 0;
	if (!is_selected(selection, event))
		return trace_names_add(&selection->others, event);
	return trace_names_add(selection->into, name);
}

static int take_system(struct selection *selection, const char *system)
{
	struct trace_names events;
	char path[TRACE_PATH_SIZE];
	int result = 0;
	size_t i;

	if ((size_t)snprintf(path, sizeof(path), "events/%s", system) >= sizeof(path))
		return 0;
	if (trace_names_read(selection->directory, path, &events))
		return errno == ENOENT ? 0 : -1; /* its module went away */
	for (i = 0; !result && i < events.count; i++)
		result = take_event(selection, system, events.list[i]);
	trace_names_done(&events);
	return result;
}

/* What is near a word that matched nothing, as the end of a sentence. */
static const char *hint(const char *word, const struct trace_names *names, char text[128])
{
	size_t near = nearest(word, trace_names_known, names);

	text[0] = '\0';
	if (near != NEAREST_NONE)
		snprintf(text, 128, "; did you mean \"%s\"?", names->list[near]);
	return text;
}

static int no_system(const struct selection *selection, const struct trace_names *systems,
		     struct error *error)
{
	char near[128];

	if (selection->refused)
		return error_set(error,
				 "the events of \"%s\" cannot be enabled: the kernel's tracers "
				 "write them",
				 selection->refused);
	return error_set(error, "no event system is called \"%s\" here%s", selection->system,
			 hint(selection->system, systems, near));
}

static int no_event(const struct selection *selection, size_t i, struct error *error)
{
	const char *event = selection->events->list[i].text;
	char near[128];

	return error_set(error, "no event of \"%s\" is called \"%s\" here%s", selection->system,
			 event, hint(event, &selection->others, near));
}

static int check(const struct selection *selection, const struct trace_names *systems,
		 struct error *error)
{
	size_t i;

	if (!selection->into->count && !selection->others.count)
		return no_system(selection, systems, error);
	for (i = 0; i < selection->events->count; i++)
		if (!selection->matched[i])
			return no_event(selection, i, error);
	return 0;
}

static int select_from(struct selection *selection, const struct trace_names *systems,
		       struct error *error)
{
	size_t i;

	for (i = 0; i < systems->count; i++) {
		if (fnmatch(selection->system, systems->list[i], 0) != 0)
			continue;
		if (!can_be_enabled(selection->directory, systems->list[i]))
			selection->refused = systems->list[i];
		else if (take_system(selection, systems->list[i]))
			return trace_file_error(error, errno, "cannot read events/%s",
						systems->list[i]);
	}
	return check(selection, systems, error);
}

int trace_select(int directory, const char *system, const struct scalar_list *events,
		 struct trace_names *selected, struct error *error)
{
	struct selection selection = {
		.directory = directory,
		.system = system,
		.events = events,
		.matched = calloc(events->count + 1, sizeof(bool)),
		.into = selected,
	};
	struct trace_names systems = {NULL, 0};
	int result;

	*selected = (struct trace_names){NULL, 0};
	if (!selection.matched)
		result = error_set(error, "cannot look for events: out of memory");
	else if (trace_names_read(directory, "events", &systems))
		result = trace_file_error(error, errno, "cannot read the folder events of tracefs");
	else
		result = select_from(&selection, &systems, error);
	trace_names_done(&systems);
	trace_names_done(&selection.others);
	free(selection.matched);
	if (result)
		trace_names_done(selected);
	return result;
}
